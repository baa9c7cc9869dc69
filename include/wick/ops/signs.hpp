#pragma once

// Signs, infinities and NaN: given to elements, looked for, left out.

#include <wick/ops/axes.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

struct OfSigns {};
struct Copysign {
  static constexpr const char* name = "copysign";
  using Subject = OfSigns;
  template <Floating T>
  static T apply(T x, T y) noexcept {
    return std::copysign(x, y);
  }
};
struct Fmax {
  static constexpr const char* name = "fmax";
  using Subject = OfSigns;
  template <Element T>
  static T apply(T x, T y) noexcept {
    return x != x || x < y ? y : x;
  }
};
struct Fmin {
  static constexpr const char* name = "fmin";
  using Subject = OfSigns;
  template <Element T>
  static T apply(T x, T y) noexcept {
    return x != x || y < x ? y : x;
  }
};
struct Heaviside {
  static constexpr const char* name = "heaviside";
  using Subject = OfSigns;
  template <Element T>
  static T apply(T x, T y) noexcept {
    return x == T(0) ? y : static_cast<T>(x > T(0) ? 1 : 0);
  }
};
/// Each infinity or NaN by a number.
template <Element T>
struct Replace {
  static constexpr const char* name = "nan_to_num";
  T nan;
  T positive;
  T negative;
  T operator()(T x) const noexcept {
    if constexpr (Floating<T>) {
      constexpr T endless = std::numeric_limits<T>::infinity();
      return x != x ? nan : x == endless ? positive : x == -endless ? negative : x;
    } else {
      return x;
    }
  }
};
template <class Tv>
struct SumOfNumbers : SumOperation<Tv> {
  template <class T>
  static Tv load(T x, Index /*output*/) noexcept {
    return x != x ? Tv(0) : static_cast<Tv>(x);
  }
};
template <class Tv>
struct CountOfNumbers : SumOperation<Tv> {
  template <class T>
  static Tv load(T x, Index /*output*/) noexcept {
    return x != x ? Tv(0) : Tv(1);
  }
};

}  // namespace detail

/// |x| with the sign of y, zeros and NaN included; operands broadcast, and one may be a number. Throws
/// ShapeError when they do not fit, as the next three do.
/// https://docs.pytorch.org/docs/stable/generated/torch.copysign.html
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto copysign(Tx&& x, Ty&& y) {
  return detail::binary<detail::Copysign, PromotedFloat<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// maximum() and minimum() that take the other one beside a NaN.
/// https://docs.pytorch.org/docs/stable/generated/torch.fmax.html
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto fmax(Tx&& x, Ty&& y) {
  return detail::binary<detail::Fmax, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto fmin(Tx&& x, Ty&& y) {
  return detail::binary<detail::Fmin, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// 0 for x < 0 and NaN, y for x = 0, 1 above.
/// https://docs.pytorch.org/docs/stable/generated/torch.heaviside.html
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto heaviside(Tx&& x, Ty&& y) {
  return detail::binary<detail::Heaviside, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}

/// sign(), which complex numbers would make a difference to.
template <TensorOperand Tx>
[[nodiscard]] auto sgn(Tx&& x) {
  return sign(std::forward<Tx>(x));
}
/// Whether each element is this infinity: a Tensor<bool>.
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> isposinf(const Tx& x) {
  return map([](auto v) { return detail::IsInf::apply(v) && v > ElementOf<Tx>(0); }, x);
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> isneginf(const Tx& x) {
  return map([](auto v) { return detail::IsInf::apply(v) && v < ElementOf<Tx>(0); }, x);
}

/// Numbers in place of NaN and the infinities: these, or 0, the largest number of the type and the least one.
/// https://docs.pytorch.org/docs/stable/generated/torch.nan_to_num.html
template <TensorOperand Tx>
[[nodiscard]] auto nan_to_num(Tx&& x, double nan = 0, std::optional<double> posinf = {},
                              std::optional<double> neginf = {}) {
  using T = ElementOf<Tx>;
  const auto number = [](std::optional<double> given, T otherwise) {
    return given ? detail::element_from<T>(*given) : otherwise;
  };
  return map(detail::Replace<T>{detail::element_from<T>(nan), number(posinf, (std::numeric_limits<T>::max)()),
                                number(neginf, std::numeric_limits<T>::lowest())},
             std::forward<Tx>(x));
}

/// sum() and mean() of what is no NaN; of nothing 0 and NaN. Dimensions are as theirs.
/// https://docs.pytorch.org/docs/stable/generated/torch.nansum.html
template <TensorOperand Tx>
[[nodiscard]] auto nansum(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using Tr = SumOf<ElementOf<Tx>>;
  return detail::reduced<Tr>(detail::SumOfNumbers<Tr>{}, x, dim.mask("nansum", x.dim()), keepdim);
}
template <detail::FloatOperand Tx>
[[nodiscard]] auto nanmean(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = ElementOf<Tx>;
  return nansum(x, dim, keepdim) /
         detail::reduced<T>(detail::CountOfNumbers<T>{}, x, dim.mask("nanmean", x.dim()), keepdim);
}

WICK_END_NAMESPACE

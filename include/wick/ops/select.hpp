#pragma once

// Choosing between elements: the larger one, one within bounds, one by a mask.

#include <wick/base/error.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

struct Maximum {
  static constexpr const char* name = "maximum";
  template <Element T>
  static T apply(T a, T b) noexcept {
    return a > b || a != a ? a : b;
  }
};
struct Minimum {
  static constexpr const char* name = "minimum";
  template <Element T>
  static T apply(T a, T b) noexcept {
    return a < b || a != a ? a : b;
  }
};

/// What clamp_min() and clamp_max() record: of equal ones the first has the gradient.
struct OfClamp {};
struct ClampMin : Maximum {
  static constexpr const char* name = "clamp_min";
  using Subject = OfClamp;
};
struct ClampMax : Minimum {
  static constexpr const char* name = "clamp_max";
  using Subject = OfClamp;
};

template <Element T>
struct Clamp {
  static constexpr const char* name = "clamp";
  T low;
  T high;

  template <Element Ta>
  T operator()(Ta a) const noexcept {
    return Minimum::apply(Maximum::apply(static_cast<T>(a), low), high);
  }
};

template <Element T>
struct Where {
  static constexpr const char* name = "where";
  template <Element Ta, Element Tb>
  T operator()(bool condition, Ta a, Tb b) const noexcept {
    return condition ? static_cast<T>(a) : static_cast<T>(b);
  }
};

/// Element type of a tensor that is bounded by numbers.
template <class Tx, class Low, class High>
using Clamped = Promoted<Tensor<Promoted<Tx, Low>>, High>;

void check_fill(const Shape& value);

/// A number as an element, unless it is none.
template <Element T, Number Tx>
[[nodiscard]] T exact_element(const char* where, Tx x) {
  const T element = element_from<T>(x);
  if constexpr (std::is_integral_v<T> && std::is_integral_v<Tx>) {
    if (!std::in_range<std::int64_t>(x + Tx(0)) ||
        static_cast<std::int64_t>(element) != static_cast<std::int64_t>(x)) {
      throw Error(std::string(where) + ": value " + std::to_string(x) + " cannot be converted to type " +
                  std::string(name_of(dtype_of<T>)) + " without overflow");
    }
  }
  return element;
}

}  // namespace detail

/// The larger of x_i and y_i, or the smaller; NaN if one of both is NaN. Operands broadcast and are promoted;
/// one of both may be a number. Throws ShapeError when the shapes do not fit.
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto maximum(Tx&& x, Ty&& y) {
  return detail::binary<detail::Maximum, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto minimum(Tx&& x, Ty&& y) {
  return detail::binary<detail::Minimum, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
void maximum_out(TensorView<Promoted<Tx, Ty>> out, const Tx& x, const Ty& y) {
  detail::binary_out<detail::Maximum, Promoted<Tx, Ty>>(out, x, y);
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
void minimum_out(TensorView<Promoted<Tx, Ty>> out, const Tx& x, const Ty& y) {
  detail::binary_out<detail::Minimum, Promoted<Tx, Ty>>(out, x, y);
}

/// min(max(x, low), high): `high` where low > high, NaN where one of the three is NaN. Numbers promote
/// integers as they do in sums. Throws Error for a bound that the element type does not have.
template <TensorOperand Tx, Number Low, Number High>
[[nodiscard]] auto clamp(Tx&& x, Low low, High high) {
  using Tc = detail::Clamped<Tx, Low, High>;
  return map(
      detail::Clamp<Tc>{detail::exact_element<Tc>("clamp", low), detail::exact_element<Tc>("clamp", high)},
      std::forward<Tx>(x));
}
template <TensorOperand Tx, Number Low>
[[nodiscard]] auto clamp_min(Tx&& x, Low low) {
  static_cast<void>(detail::exact_element<Promoted<Tx, Low>>("clamp_min", low));
  return maximum(std::forward<Tx>(x), low);
}
template <TensorOperand Tx, Number High>
[[nodiscard]] auto clamp_max(Tx&& x, High high) {
  static_cast<void>(detail::exact_element<Promoted<Tx, High>>("clamp_max", high));
  return minimum(std::forward<Tx>(x), high);
}

/// The same with bounds for each element, which broadcast. Throws ShapeError when they do not fit.
template <TensorOperand Tx, TensorOperand Tb>
[[nodiscard]] auto clamp_min(Tx&& x, const Tb& low) {
  return maximum(std::forward<Tx>(x), low);
}
template <TensorOperand Tx, TensorOperand Tb>
[[nodiscard]] auto clamp_max(Tx&& x, const Tb& high) {
  return minimum(std::forward<Tx>(x), high);
}
template <TensorOperand Tx, TensorOperand Low, TensorOperand High>
[[nodiscard]] auto clamp(Tx&& x, const Low& low, const High& high) {
  return minimum(maximum(std::forward<Tx>(x), low), high);
}

/// x_i where the condition holds, else y_i. All three broadcast; x and y are promoted, and one of both may be
/// a number. Throws ShapeError when the shapes do not fit.
template <TensorOperand Tm, class Tx, class Ty>
requires Operands<Tx, Ty> && std::same_as < ElementOf<Tm>,
bool > [[nodiscard]] auto where(const Tm& condition, Tx&& x, Ty&& y) {
  using Tc = Promoted<Tx, Ty>;
  return detail::with_tensors<Tc>(std::forward<Tx>(x), std::forward<Ty>(y), [&](auto&& a, auto&& b) {
    return map(detail::Where<Tc>{}, condition, std::forward<decltype(a)>(a), std::forward<decltype(b)>(b));
  });
}
template <TensorOperand Tm, class Tx, class Ty>
requires Operands<Tx, Ty> && std::same_as < ElementOf<Tm>,
bool > void where_out(TensorView<Promoted<Tx, Ty>> out, const Tm& condition, const Tx& x, const Ty& y) {
  using Tc = Promoted<Tx, Ty>;
  detail::with_tensors<Tc>(
      x, y, [&](const auto& a, const auto& b) { map_out(out, detail::Where<Tc>{}, condition, a, b); });
}

/// `x` with `value` where the mask holds. Throws ShapeError when the shapes do not broadcast. A value that
/// would change the element type does not compile.
template <TensorOperand Tx, TensorOperand Tm, Number Tv>
requires std::same_as < ElementOf<Tm>,
bool > &&detail::CanHold<ElementOf<Tx>, Tv> [[nodiscard]] auto masked_fill(Tx&& x, const Tm& mask, Tv value) {
  return where(mask, value, std::forward<Tx>(x));
}
/// The same of truth values with a number, which is true unless it is 0.
template <TensorOperand Tx, TensorOperand Tm, std::integral Tv>
requires std::same_as < ElementOf<Tm>,
bool > &&std::same_as<ElementOf<Tx>, bool> &&
    (!std::same_as<Tv, bool>) [[nodiscard]] auto masked_fill(Tx&& x, const Tm& mask, Tv value) {
  return where(mask, value != 0, std::forward<Tx>(x));
}
/// The same with a value that has no dimensions. Throws ShapeError for others.
template <TensorOperand Tx, TensorOperand Tm, TensorOperand Tv>
requires std::is_same_v < ElementOf<Tm>,
bool > &&std::is_same_v<ElementOf<Tv>, ElementOf<Tx>> [[nodiscard]] auto masked_fill(Tx&& x, const Tm& mask,
                                                                                     const Tv& value) {
  detail::check_fill(value.shape());
  return where(mask, value, std::forward<Tx>(x));
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/select.ipp>
#endif

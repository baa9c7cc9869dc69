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

template <Element T>
struct Clamp {
  static constexpr const char* name = "clamp";
  T low;
  T high;

  template <Element A>
  T operator()(A a) const noexcept {
    return Minimum::apply(Maximum::apply(static_cast<T>(a), low), high);
  }
};

template <Element T>
struct Where {
  static constexpr const char* name = "where";
  template <Element A, Element B>
  T operator()(bool condition, A a, B b) const noexcept {
    return condition ? static_cast<T>(a) : static_cast<T>(b);
  }
};

/// Element type of a tensor that is bounded by numbers.
template <class X, class Low, class High>
using Clamped = Promoted<Tensor<Promoted<X, Low>>, High>;

/// A number as an element, unless it is none.
template <Element T, Number X>
[[nodiscard]] T exact_element(const char* where, X x) {
  const T element = element_from<T>(x);
  if constexpr (std::is_integral_v<T> && std::is_integral_v<X>) {
    if (!std::in_range<std::int64_t>(x + X(0)) ||
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
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto maximum(X&& x, Y&& y) {
  return detail::binary<detail::Maximum, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto minimum(X&& x, Y&& y) {
  return detail::binary<detail::Minimum, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
void maximum_out(TensorView<Promoted<X, Y>> out, const X& x, const Y& y) {
  detail::binary_out<detail::Maximum, Promoted<X, Y>>(out, x, y);
}
template <class X, class Y>
requires Operands<X, Y>
void minimum_out(TensorView<Promoted<X, Y>> out, const X& x, const Y& y) {
  detail::binary_out<detail::Minimum, Promoted<X, Y>>(out, x, y);
}

/// min(max(x, low), high): `high` where low > high, NaN where one of the three is NaN. Numbers promote
/// integers as they do in sums. Throws Error for a bound that the element type does not have.
template <TensorOperand X, Number Low, Number High>
[[nodiscard]] auto clamp(X&& x, Low low, High high) {
  using C = detail::Clamped<X, Low, High>;
  return map(
      detail::Clamp<C>{detail::exact_element<C>("clamp", low), detail::exact_element<C>("clamp", high)},
      std::forward<X>(x));
}
template <TensorOperand X, Number Low>
[[nodiscard]] auto clamp_min(X&& x, Low low) {
  static_cast<void>(detail::exact_element<Promoted<X, Low>>("clamp_min", low));
  return maximum(std::forward<X>(x), low);
}
template <TensorOperand X, Number High>
[[nodiscard]] auto clamp_max(X&& x, High high) {
  static_cast<void>(detail::exact_element<Promoted<X, High>>("clamp_max", high));
  return minimum(std::forward<X>(x), high);
}

/// x_i where the condition holds, else y_i. All three broadcast; x and y are promoted, and one of both may be
/// a number. Throws ShapeError when the shapes do not fit.
template <TensorOperand M, class X, class Y>
requires Operands<X, Y> && std::same_as < ElementOf<M>,
bool > [[nodiscard]] auto where(const M& condition, X&& x, Y&& y) {
  using C = Promoted<X, Y>;
  return detail::with_tensors<C>(std::forward<X>(x), std::forward<Y>(y), [&](auto&& a, auto&& b) {
    return map(detail::Where<C>{}, condition, std::forward<decltype(a)>(a), std::forward<decltype(b)>(b));
  });
}
template <TensorOperand M, class X, class Y>
requires Operands<X, Y> && std::same_as < ElementOf<M>,
bool > void where_out(TensorView<Promoted<X, Y>> out, const M& condition, const X& x, const Y& y) {
  using C = Promoted<X, Y>;
  detail::with_tensors<C>(
      x, y, [&](const auto& a, const auto& b) { map_out(out, detail::Where<C>{}, condition, a, b); });
}

/// `x` with `value` where the mask holds. Throws ShapeError when the shapes do not broadcast. A value that
/// would change the element type does not compile.
template <TensorOperand X, TensorOperand M, Number V>
requires std::same_as < ElementOf<M>,
bool > &&detail::CanHold<ElementOf<X>, V> [[nodiscard]] auto masked_fill(X&& x, const M& mask, V value) {
  return where(mask, value, std::forward<X>(x));
}

WICK_END_NAMESPACE

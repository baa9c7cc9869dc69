#pragma once

// From an operation on two numbers of one type to a function of tensors and numbers.

#include <wick/ops/map.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE
namespace detail {

/// `Operation` on elements of any type, computed in C.
template <class Operation, Element C>
struct ComputedIn {
  static constexpr const char* name = Operation::name;

  template <Element A, Element B>
  auto operator()(A a, B b) const {
    return Operation::apply(static_cast<C>(a), static_cast<C>(b));
  }
  template <Element A>
  auto operator()(A a) const {
    return Operation::apply(static_cast<C>(a));
  }
};

/// The same, converted to the type of a tensor that is updated in place.
template <class F, Element T>
struct ConvertedTo {
  static constexpr const char* name = F::name;

  template <Element... A>
  T operator()(A... a) const {
    return convert_element<T>(F{}(a...));
  }
};

/// f(x, y) with a number made a tensor without dimensions.
template <Element C, class X, class Y, class Function>
decltype(auto) with_tensors(X&& x, Y&& y, Function f) {
  if constexpr (Number<X>) {
    const C value = element_from<C>(x);
    return f(TensorView<const C>(&value, Shape{}), std::forward<Y>(y));
  } else if constexpr (Number<Y>) {
    const C value = element_from<C>(y);
    return f(std::forward<X>(x), TensorView<const C>(&value, Shape{}));
  } else {
    return f(std::forward<X>(x), std::forward<Y>(y));
  }
}

template <class Operation, Element C, class X, class Y>
[[nodiscard]] auto binary(X&& x, Y&& y) {
  return with_tensors<C>(std::forward<X>(x), std::forward<Y>(y), [](auto&& a, auto&& b) {
    return map(ComputedIn<Operation, C>{}, std::forward<decltype(a)>(a), std::forward<decltype(b)>(b));
  });
}
template <class Operation, Element C, Element R, class X, class Y>
void binary_out(TensorView<R> out, const X& x, const Y& y) {
  with_tensors<C>(x, y,
                  [out](const auto& a, const auto& b) { map_out(out, ComputedIn<Operation, C>{}, a, b); });
}
/// x = x op y, which broadcasts to x.
template <class Operation, Element C, Element T, class Y>
void binary_in_place(TensorView<T> x, const Y& y) {
  with_tensors<C>(x, y, [](const auto& a, const auto& b) {
    using To = std::remove_cvref_t<decltype(a)>;
    map_out(To(a), ConvertedTo<ComputedIn<Operation, C>, T>{}, a, b);
  });
}

/// What may be assigned to elements of type T: PyTorch refuses floats for integers and numbers for truth
/// values.
template <class T, class C>
concept CanHold = category<C>
<= category<T>;

}  // namespace detail
WICK_END_NAMESPACE

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
template <class Operation, Element Tc>
struct ComputedIn {
  static constexpr const char* name = Operation::name;

  template <Element Ta, Element Tb>
  auto operator()(Ta a, Tb b) const {
    return Operation::apply(static_cast<Tc>(a), static_cast<Tc>(b));
  }
  template <Element Ta>
  auto operator()(Ta a) const {
    return Operation::apply(static_cast<Tc>(a));
  }
  /// Over stretches of two operands, where the operation has a kernel for that.
  void loop(const Tc* a, const Tc* b, Index n, Tc* y) const requires requires { Operation::loop(a, b, n, y); }
  { Operation::loop(a, b, n, y); }
};

/// The same, converted to the type of a tensor that is updated in place.
template <class Tf, Element T>
struct ConvertedTo {
  static constexpr const char* name = Tf::name;

  template <Element... Ta>
  T operator()(Ta... a) const {
    return convert_element<T>(Tf{}(a...));
  }
};

/// f(x, y) with a number made a tensor without dimensions.
template <Element Tc, class Tx, class Ty, class Function>
decltype(auto) with_tensors(Tx&& x, Ty&& y, Function f) {
  if constexpr (Number<Tx>) {
    const Tc value = element_from<Tc>(x);
    return f(TensorView<const Tc>(&value, Shape{}), std::forward<Ty>(y));
  } else if constexpr (Number<Ty>) {
    const Tc value = element_from<Tc>(y);
    return f(std::forward<Tx>(x), TensorView<const Tc>(&value, Shape{}));
  } else {
    return f(std::forward<Tx>(x), std::forward<Ty>(y));
  }
}

template <class Operation, Element Tc, class Tx, class Ty>
[[nodiscard]] auto binary(Tx&& x, Ty&& y) {
  return with_tensors<Tc>(std::forward<Tx>(x), std::forward<Ty>(y), [](auto&& a, auto&& b) {
    return map(ComputedIn<Operation, Tc>{}, std::forward<decltype(a)>(a), std::forward<decltype(b)>(b));
  });
}
template <class Operation, Element Tc, Element Tr, class Tx, class Ty>
void binary_out(TensorView<Tr> out, const Tx& x, const Ty& y) {
  with_tensors<Tc>(x, y,
                   [out](const auto& a, const auto& b) { map_out(out, ComputedIn<Operation, Tc>{}, a, b); });
}
/// x = x op y, which broadcasts to x.
template <class Operation, Element Tc, Element T, class Ty>
void binary_in_place(TensorView<T> x, const Ty& y) {
  with_tensors<Tc>(x, y, [](const auto& a, const auto& b) {
    using To = std::remove_cvref_t<decltype(a)>;
    map_out(To(a), ConvertedTo<ComputedIn<Operation, Tc>, T>{}, a, b);
  });
}

/// What may be assigned to elements of type T: PyTorch refuses floats for integers and numbers for truth
/// values.
template <class T, class Tc>
concept CanHold = category<Tc>
<= category<T>;

}  // namespace detail
WICK_END_NAMESPACE

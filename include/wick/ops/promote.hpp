#pragma once

// Element types of tensors that compute, and the type of a result: PyTorch's promotion, found by the
// compiler.

#include <wick/tensor/dtype.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

WICK_BEGIN_NAMESPACE

/// The element types that operations compute with. Tensors of other types are for storage: convert them
/// first.
template <class T>
concept Element =
    Floating<T> || std::same_as<T, std::int64_t> || std::same_as<T, std::uint8_t> || std::same_as<T, bool>;

namespace detail {

template <class Tx>
struct ElementTrait {};
template <class T>
struct ElementTrait<Tensor<T>> {
  using type = T;
};
template <class T>
struct ElementTrait<TensorView<T>> {
  using type = std::remove_const_t<T>;
};
template <class T>
struct ElementTrait<TensorArg<T>> {
  using type = T;
};

/// Types in the order of promotion: of two, the later one.
template <class T>
inline constexpr int promotion_rank = std::is_same_v<T, double>         ? 4
                                      : std::is_same_v<T, float>        ? 3
                                      : std::is_same_v<T, std::int64_t> ? 2
                                      : std::is_same_v<T, std::uint8_t> ? 1
                                                                        : 0;
/// Of elements and of numbers alike: truth values, integers, floats.
template <class T>
inline constexpr int category = std::is_same_v<T, bool> ? 0
                                : std::is_integral_v<T> ? 1
                                                        : 2;

}  // namespace detail

/// A tensor or view, as an argument of an operation.
template <class Tx>
concept TensorOperand = requires {
  typename detail::ElementTrait<std::remove_cvref_t<Tx>>::type;
}
&&Element<typename detail::ElementTrait<std::remove_cvref_t<Tx>>::type>;

/// A plain number, as an argument beside a tensor.
template <class Tx>
concept Number = std::is_arithmetic_v<std::remove_cvref_t<Tx>>;

/// Element type of a tensor or view.
template <TensorOperand Tx>
using ElementOf = typename detail::ElementTrait<std::remove_cvref_t<Tx>>::type;

namespace detail {

template <class Tx, class Ty>
struct PromotedTrait {};
template <TensorOperand Tx, TensorOperand Ty>
struct PromotedTrait<Tx, Ty> {
  using type = std::conditional_t<(promotion_rank<ElementOf<Tx>>) < promotion_rank<ElementOf<Ty>>,
                                  ElementOf<Ty>, ElementOf<Tx>>;
};
template <TensorOperand Tx, Number Ty>
struct PromotedTrait<Tx, Ty> {
  static constexpr int wanted = category<std::remove_cvref_t<Ty>>;
  using type = std::conditional_t<(wanted <= category<ElementOf<Tx>>), ElementOf<Tx>,
                                  std::conditional_t<wanted == 2, float, std::int64_t>>;
};
template <Number Tx, TensorOperand Ty>
struct PromotedTrait<Tx, Ty> : PromotedTrait<Ty, Tx> {};

}  // namespace detail

/// Operands of an operation on two: two tensors, or a tensor and a number.
template <class Tx, class Ty>
concept Operands = (TensorOperand<Tx> && (TensorOperand<Ty> || Number<Ty>)) ||
                   (Number<Tx> && TensorOperand<Ty>);

/// Element type that `x + y` has, as torch.result_type gives it: the later of bool, uint8, int64, float,
/// double. A number beside a tensor counts by its category alone: an integer makes int64 of a bool, a
/// floating-point number makes float of integers, and neither changes anything else (so a float tensor times
/// 0.1 stays float).
///
/// A tensor without dimensions counts as a tensor here, where PyTorch takes it for a number: its type is
/// chosen before its shape is known.
template <class Tx, class Ty>
requires Operands<Tx, Ty>
using Promoted = typename detail::PromotedTrait<Tx, Ty>::type;

/// Promoted, but float instead of integers: the type of quotients.
template <class Tx, class Ty>
requires Operands<Tx, Ty>
using PromotedFloat = std::conditional_t<Floating<Promoted<Tx, Ty>>, Promoted<Tx, Ty>, float>;

namespace detail {

template <class Tx>
[[nodiscard]] auto view_of_operand(const Tx& x) noexcept {
  return TensorView<const ElementOf<Tx>>(x.data(), x.shape());
}

/// A number as an element: integers wrap around, as in PyTorch.
template <Element T, Number Tx>
[[nodiscard]] T element_from(Tx x) noexcept {
  if constexpr (std::is_same_v<Tx, bool>) {
    return static_cast<T>(x);
  } else if constexpr (std::is_integral_v<Tx>) {
    return convert_element<T>(static_cast<std::int64_t>(x));
  } else {
    return convert_element<T>(static_cast<double>(x));
  }
}

}  // namespace detail

/// The elements of `x` as elements of type T, converted as torch.Tensor.to does; see convert_element().
template <Element T, TensorOperand Tx>
[[nodiscard]] Tensor<T> to(const Tx& x) {
  Tensor<T> y(x.shape());
  const auto* const from = x.data();
  for (Index i = 0; i < y.numel(); ++i) y.data()[i] = convert_element<T>(from[i]);
  return y;
}

WICK_END_NAMESPACE

#pragma once

// Functions of two elements that fewer programs need, as operations of a program, and quotients that are
// rounded.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>

WICK_BEGIN_NAMESPACE

/// Two variables or symbols, or one of both and a number, a tensor or a parameter.
template <class Tx, class Ty>
concept RecordedPair = (Recorded<Tx> && (std::same_as<Tx, Ty> || std::is_arithmetic_v<Ty>)) ||
                       (std::is_arithmetic_v<Tx> && Recorded<Ty>) || MixedPair<Tx, Ty>;

namespace detail {

template <class Function, Floating T>
inline constexpr Operation<T> pair_reversed_operation{
    .name = Function::name, .operands = 2, .apply = &apply_pairs_reversed<Function, T>};
template <class Function, Floating T>
inline constexpr Operation<T> pair_operation{.name = Function::name,
                                             .operands = 2,
                                             .apply = &apply_pairs<Function, T>,
                                             .reversed = &pair_reversed_operation<Function, T>};

template <class Function, Floating T>
[[nodiscard]] Symbol<T> applied(Function /*which*/, const Symbol<T>& x, const Symbol<T>& y) {
  return traced(pair_operation<Function, T>, x, y);
}

/// The function of both, a number or what else stands for a value made one.
template <class Function, class Tx, class Ty>
[[nodiscard]] auto applied_pair(Function which, const Tx& x, const Ty& y) {
  if constexpr (MixedPair<Tx, Ty>) {
    if constexpr (Recorded<Tx>) {
      return applied(which, x, value_beside(x, y));
    } else {
      return applied(which, value_beside(y, x), y);
    }
  } else if constexpr (!Recorded<Tx>) {
    const auto number = static_cast<typename Ty::Scalar>(x);
    return applied(which, y.tape().constant(TensorView<const typename Ty::Scalar>(&number, Shape{})), y);
  } else if constexpr (!Recorded<Ty>) {
    const auto number = static_cast<typename Tx::Scalar>(y);
    return applied(which, x, x.tape().constant(TensorView<const typename Tx::Scalar>(&number, Shape{})));
  } else {
    return applied(which, x, y);
  }
}

}  // namespace detail

// Of variables and symbols, one of which may be a number, a tensor or a parameter; they broadcast. Values are
// those of the functions of tensors. Throws ShapeError when the shapes do not fit.

/// x - y trunc(x / y).
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto fmod(const Tx& x, const Ty& y) { return detail::applied_pair(detail::Fmod(), x, y); }
/// The quotient rounded down; its derivative is 0.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto floor_divide(const Tx& x, const Ty& y) {
  return detail::applied_pair(detail::FloorDivide(), x, y);
}
/// The quotient rounded towards 0 for "trunc", down for "floor"; its derivative is 0. Throws OptionError for
/// another mode.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto div(const Tx& x, const Ty& y, std::string_view rounding_mode) {
  if (rounding_mode == "floor") return floor_divide(x, y);
  if (rounding_mode != "trunc") detail::refuse_rounding(rounding_mode);
  return detail::applied_pair(detail::TruncDivide(), x, y);
}

WICK_END_NAMESPACE

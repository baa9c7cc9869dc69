#pragma once

// What is left of a division of elements, as an operation of a program.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Operation<T> remainder_reversed_operation{
    .name = "remainder", .operands = 2, .apply = &apply_pairs_reversed<Remainder, T>};
template <Floating T>
inline constexpr Operation<T> remainder_operation{.name = "remainder",
                                                  .operands = 2,
                                                  .apply = &apply_pairs<Remainder, T>,
                                                  .reversed = &remainder_reversed_operation<T>};

}  // namespace detail

/// What this computes is said at its namesake in autograd/remainder.hpp.

template <Floating T>
[[nodiscard]] Symbol<T> remainder(const Symbol<T>& x, const Symbol<T>& y) {
  return detail::traced(detail::remainder_operation<T>, x, y);
}

// Of variables and symbols.

/// remainder() with one number, of variables and symbols.
template <Recorded Value>
[[nodiscard]] Value remainder(const Value& x, typename Value::Scalar y) {
  return remainder(x, x.tape().constant(TensorView<const typename Value::Scalar>(&y, Shape{})));
}
template <Recorded Value>
[[nodiscard]] Value remainder(typename Value::Scalar x, const Value& y) {
  return remainder(y.tape().constant(TensorView<const typename Value::Scalar>(&x, Shape{})), y);
}
/// remainder(x, y), of variables and symbols, or of one and a number.
template <Recorded Value>
[[nodiscard]] Value operator%(const Value& x, const Value& y) {
  return remainder(x, y);
}
/// remainder(x, y), of variables and symbols, or of one and a number.
template <Recorded Value>
[[nodiscard]] Value operator%(const Value& x, typename Value::Scalar y) {
  return remainder(x, y);
}
/// remainder(x, y), of variables and symbols, or of one and a number.
template <Recorded Value>
[[nodiscard]] Value operator%(typename Value::Scalar x, const Value& y) {
  return remainder(x, y);
}

WICK_END_NAMESPACE

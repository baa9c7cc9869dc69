#pragma once

// Choosing between elements, as operations of a program: the larger one, the smaller one, one by a mask that
// is the same for all samples, those of a triangle.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/create.hpp>
#include <wick/ops/select.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <concepts>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

// Of two zeros, and of two NaN, the second is taken: the order counts.
template <Floating T>
inline constexpr Operation<T> maximum_reversed_operation{
    .name = "maximum", .operands = 2, .apply = &apply_pairs_reversed<Maximum, T>};
template <Floating T>
inline constexpr Operation<T> maximum_operation{.name = "maximum",
                                                .operands = 2,
                                                .apply = &apply_pairs<Maximum, T>,
                                                .reversed = &maximum_reversed_operation<T>};
template <Floating T>
inline constexpr Operation<T> minimum_reversed_operation{
    .name = "minimum", .operands = 2, .apply = &apply_pairs_reversed<Minimum, T>};
template <Floating T>
inline constexpr Operation<T> minimum_operation{.name = "minimum",
                                                .operands = 2,
                                                .apply = &apply_pairs<Minimum, T>,
                                                .reversed = &minimum_reversed_operation<T>};

/// x where the mask, of numbers, is `number`, else 0.
template <Floating T>
inline constexpr Operation<T> chosen_operation{
    .name = "where", .operands = 2, .apply = [](const Stretch<T>& s) {
      for (Index i = 0; i < s.n; ++i) s.out[i] = s.other[i] == s.number ? s.in[i] : T(0);
    }};

/// where() as a sum of two values that are 0 where they are not taken: choose(mask, values, whether the mask
/// is 1 where these are taken). `numbers` is memory for the condition as numbers.
template <Recorded Value, class Choose>
[[nodiscard]] Value recorded_where(const TensorArg<bool>& condition, typename Value::Scalar* numbers,
                                   const Value& x, const Value& y, const Choose& choose) {
  using T = typename Value::Scalar;
  const Shape both = broadcast_shapes("where", x.shape(), y.shape());
  const Shape shape = broadcast_shapes("where", condition.shape(), both);
  std::ranges::transform(condition.span(), numbers, [](bool set) { return set ? T(1) : T(0); });
  const Value mask = expand(x.tape().constant(TensorView<const T>(numbers, condition.shape())), shape);
  return choose(mask, expand(x, shape), true) + choose(mask, expand(y, shape), false);
}

template <Recorded Value, class Keep>
[[nodiscard]] Value triangle_of(const char* where, const Value& x, Keep keep) {
  if (x.dim() < 2) {
    throw ShapeError(std::string(where) + ": input tensor must have at least 2 dimensions, got shape " +
                     x.shape().str());
  }
  const Shape matrix{x.size(-2), x.size(-1)};
  if constexpr (std::same_as<Value, Symbol<typename Value::Scalar>>) {
    if (counts_samples(matrix[0]) || counts_samples(matrix[1])) refuse_samples(where, x.shape());
  }
  const Tensor<bool> all = full<bool>(matrix, true);
  return masked_fill(x, triangle(where, all, [=](Index d) { return !keep(d); }), 0);
}

}  // namespace detail

/// What these compute is said at their namesakes in autograd/select.hpp.

template <Floating T>
[[nodiscard]] Symbol<T> maximum(const Symbol<T>& x, const Symbol<T>& y) {
  return detail::traced(detail::maximum_operation<T>, x, y);
}
template <Floating T>
[[nodiscard]] Symbol<T> minimum(const Symbol<T>& x, const Symbol<T>& y) {
  return detail::traced(detail::minimum_operation<T>, x, y);
}
template <Floating T>
[[nodiscard]] Symbol<T> where(TensorArg<bool> condition, const Symbol<T>& x, const Symbol<T>& y) {
  Tensor<T> numbers(condition.shape());
  return detail::recorded_where(
      condition, numbers.data(), x, y, [](const Symbol<T>& mask, const Symbol<T>& values, bool where_set) {
        return values.tape().record(detail::chosen_operation<T>, {values, mask}, where_set ? T(1) : T(0));
      });
}

/// The same of variables and symbols beside a number.

template <Recorded Value>
[[nodiscard]] Value maximum(const Value& x, typename Value::Scalar y) {
  return maximum(x, x.tape().constant(TensorView<const typename Value::Scalar>(&y, Shape{})));
}
template <Recorded Value>
[[nodiscard]] Value minimum(const Value& x, typename Value::Scalar y) {
  return minimum(x, x.tape().constant(TensorView<const typename Value::Scalar>(&y, Shape{})));
}
template <Recorded Value>
[[nodiscard]] Value where(TensorArg<bool> condition, const Value& x, typename Value::Scalar y) {
  return where(condition, x, x.tape().constant(TensorView<const typename Value::Scalar>(&y, Shape{})));
}
template <Recorded Value>
[[nodiscard]] Value where(TensorArg<bool> condition, typename Value::Scalar x, const Value& y) {
  return where(condition, y.tape().constant(TensorView<const typename Value::Scalar>(&x, Shape{})), y);
}
/// x, but `value` where the mask is set. No gradient goes through what it replaces. Throws ShapeError when
/// the shapes do not fit.
template <Recorded Value>
[[nodiscard]] Value masked_fill(const Value& x, TensorArg<bool> mask, typename Value::Scalar value) {
  return where(mask, value, x);
}

/// The same with a value that has no dimensions. Throws ShapeError for others.
template <Recorded Value>
[[nodiscard]] Value masked_fill(const Value& x, TensorArg<bool> mask, const Value& value) {
  detail::check_fill(value.shape());
  return where(mask, value, x);
}

/// The lower triangle of each matrix, the last two dimensions, with the diagonals up to `diagonal` above the
/// main one; the upper triangle from there. 0 elsewhere. Allocates a mask at each call. Throws ShapeError for
/// fewer than two dimensions.
template <Recorded Value>
[[nodiscard]] Value tril(const Value& x, Index diagonal = 0) {
  return detail::triangle_of("tril", x, [=](Index d) { return d <= diagonal; });
}
template <Recorded Value>
[[nodiscard]] Value triu(const Value& x, Index diagonal = 0) {
  return detail::triangle_of("triu", x, [=](Index d) { return d >= diagonal; });
}

WICK_END_NAMESPACE

#pragma once

// Values put together along a dimension, as operations of a program.

#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// At most three values, along a dimension.
template <Floating T>
inline constexpr Operation<T> cat_operation{
    .name = "cat",
    .operands = 3,
    .shape =
        [](const ShapeCall& call) {
          check_attributes("cat", call, call.attributes.size() == 1);
          const Shape shape = joined_shape(
              call.in.size(), [&](std::size_t i) -> const Shape& { return *call.in[i]; }, call.attributes[0]);
          // Samples and something else do not sum to samples.
          const auto fits = [&](Index from, Index to) {
            return counts_samples(from) == counts_samples(to) || from == 0;
          };
          for (const Shape* const s : call.in) {
            if (*s == Shape{0}) continue;
            for (std::size_t d = 0; d < s->dim(); ++d) {
              if (!fits(s->dims()[d], shape.dims()[d]))
                refuse_samples("cat", counts_samples(s->dims()[d]) ? *s : shape);
            }
          }
          return shape;
        },
    .run =
        [](const Call<T>& call) {
          std::array<TensorArg<T>, 3> parts;
          std::size_t count = 0;
          for (const Operand<T>& in : call.in) {
            if (in.data != nullptr) parts[count++] = TensorView<const T>(in.data, *in.shape);
          }
          copy_joined<T>(std::span<const TensorArg<T>>(parts.data(), count), call.attributes[0], *call.shape,
                         call.out);
        },
    .uses_shapes = true};

/// Joins any number of values by `join_few`, which takes three at most: each element is copied as often as
/// their number can be cut in three.
template <class Value, class JoinFew>
[[nodiscard]] Value join(std::span<const Value> values, const JoinFew& join_few) {
  if (values.size() <= 3) return join_few(values);
  const std::size_t first = (values.size() + 2) / 3;
  const std::size_t second = (values.size() + 1) / 3;
  const std::array parts{join(values.first(first), join_few), join(values.subspan(first, second), join_few),
                         join(values.subspan(first + second), join_few)};
  return join_few(std::span<const Value>(parts));
}

}  // namespace detail

// What these compute is said at their namesakes in autograd/join.hpp.

/// Along the samples, only values that have as many rows as there are samples each.
template <Floating T>
[[nodiscard]] Symbol<T> cat(std::span<const Symbol<T>> values, Index dim = 0) {
  // All at once, so that a message counts from the first one.
  static_cast<void>(detail::joined_shape(
      values.size(), [&](std::size_t i) -> const Shape& { return values[i].shape(); }, dim));
  return detail::join(values, [&](std::span<const Symbol<T>> few) {
    return values.front().tape().record(detail::cat_operation<T>, few, T(0), {dim});
  });
}

// Of variables and symbols.

template <Recorded Value>
[[nodiscard]] Value cat(std::initializer_list<Value> values, Index dim = 0) {
  return cat(std::span<const Value>(values.begin(), values.size()), dim);
}

/// Values of one shape along a new dimension. Throws ShapeError when shapes differ.
/// https://docs.pytorch.org/docs/stable/generated/torch.stack.html
template <Recorded Value>
[[nodiscard]] Value stack(std::span<const Value> values, Index dim = 0) {
  detail::check_stacked(values.size(), [&](std::size_t i) { return values[i].shape(); });
  const Shape with_one = detail::unsqueezed_shape(values.front().shape(), dim);
  const auto axis = static_cast<Index>(detail::axis_of("stack", dim, with_one.dim()));
  const auto joined = [&](auto&& self, std::span<const Value> some) -> Value {
    if (some.size() == 1) return reshape(some.front(), with_one);
    const std::size_t half = some.size() / 2;
    return cat({self(self, some.first(half)), self(self, some.subspan(half))}, axis);
  };
  return joined(joined, values);
}
template <Recorded Value>
[[nodiscard]] Value stack(std::initializer_list<Value> values, Index dim = 0) {
  return stack(std::span<const Value>(values.begin(), values.size()), dim);
}

WICK_END_NAMESPACE

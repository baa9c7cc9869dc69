#pragma once

// Values put together along a dimension, and taken apart, as operations of a program.

#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Of a dimension.
template <Floating T>
inline constexpr Operation<T> cat_operation{
    .name = "cat",
    .operands = 2,
    .shape =
        [](const ShapeCall& call) {
          check_attributes("cat", call, call.attributes.size() == 1);
          const Shape shape = joined_shape(
              call.in.size(), [&](std::size_t i) -> const Shape& { return *call.in[i]; }, call.attributes[0]);
          // Samples and something else do not sum to samples.
          for (const Shape* const s : call.in) {
            if (*s == Shape{0}) continue;
            for (std::size_t d = 0; d < s->dim(); ++d) {
              const Index size = s->dims()[d];
              if (size > 0 && counts_samples(size) != counts_samples(shape.dims()[d]))
                refuse_samples("cat", counts_samples(size) ? *s : shape);
            }
          }
          return shape;
        },
    .run =
        [](const Call<T>& call) {
          const std::array<TensorArg<T>, 2> parts{TensorView<const T>(call.in[0].data, *call.in[0].shape),
                                                  TensorView<const T>(call.in[1].data, *call.in[1].shape)};
          copy_joined<T>(parts, call.attributes[0], *call.shape, call.out);
        },
    .uses_shapes = true};

/// Each element is copied as often as the number of values can be halved.
template <Floating T>
[[nodiscard]] Symbol<T> joined(std::span<const Symbol<T>> values, Index axis) {
  if (values.size() == 1) return values.front();
  const std::size_t half = values.size() / 2;
  const Symbol<T> first = joined(values.first(half), axis);
  return first.tape().record(cat_operation<T>, {first, joined(values.subspan(half), axis)}, T(0), {axis});
}

template <class List>
concept RecordedList = ListOfItems<List> && Recorded<ItemOf<List>>;

}  // namespace detail

/// What this computes is said at its namesake in autograd/join.hpp.

/// Along the samples, only values that have as many rows as there are samples each.
template <Floating T>
[[nodiscard]] Symbol<T> cat(std::span<const Symbol<T>> values, Index dim = 0) {
  // All at once, so that a message counts from the first one.
  const auto shape_of = [&](std::size_t i) -> const Shape& { return values[i].tape().shape(values[i].id()); };
  const Shape shape = detail::joined_shape(values.size(), shape_of, dim);
  return detail::joined(values, static_cast<Index>(detail::axis_of("cat", dim, shape.dim())));
}

// Of variables and symbols.

/// cat() of a list, of variables or symbols.
template <Recorded Value>
[[nodiscard]] Value cat(std::initializer_list<Value> values, Index dim = 0) {
  return cat(std::span<const Value>(values.begin(), values.size()), dim);
}

/// Of a vector or an array of them.
template <detail::RecordedList List>
[[nodiscard]] auto cat(const List& values, Index dim = 0) {
  return cat(detail::span_of(values), dim);
}

/// Values of one shape along a new dimension. Throws ShapeError when shapes differ.
/// https://docs.pytorch.org/docs/stable/generated/torch.stack.html
template <Recorded Value>
[[nodiscard]] Value stack(std::span<const Value> values, Index dim = 0) {
  detail::check_stacked(values.size(), [&](std::size_t i) { return values[i].shape(); });
  const Shape with_one = detail::unsqueezed_shape(values.front().shape(), dim);
  const auto axis = static_cast<Index>(detail::axis_of("stack", dim, with_one.dim()));
  const auto stacked = [&](auto&& self, std::span<const Value> some) -> Value {
    if (some.size() == 1) return reshape(some.front(), with_one);
    const std::size_t half = some.size() / 2;
    return cat({self(self, some.first(half)), self(self, some.subspan(half))}, axis);
  };
  return stacked(stacked, values);
}
template <Recorded Value>
[[nodiscard]] Value stack(std::initializer_list<Value> values, Index dim = 0) {
  return stack(std::span<const Value>(values.begin(), values.size()), dim);
}

template <detail::RecordedList List>
[[nodiscard]] auto stack(const List& values, Index dim = 0) {
  return stack(detail::span_of(values), dim);
}

/// Stretches of these sizes along a dimension. Throws ShapeError unless they sum to its size; in a program,
/// not along the samples.
template <Recorded Value>
[[nodiscard]] std::vector<Value> split(const Value& x, std::span<const Index> sizes, Index dim = 0) {
  detail::check_split(x.shape(), sizes, dim);
  std::vector<Value> parts;
  Index start = 0;
  for (const Index n : sizes) {
    parts.push_back(narrow(x, dim, start, n));
    start += n;
  }
  return parts;
}
template <Recorded Value>
[[nodiscard]] std::vector<Value> split(const Value& x, std::initializer_list<Index> sizes, Index dim = 0) {
  return split(x, std::span<const Index>(sizes.begin(), sizes.size()), dim);
}
/// The same in stretches of one size; the last may be shorter.
template <Recorded Value>
[[nodiscard]] std::vector<Value> split(const Value& x, Index size, Index dim = 0) {
  return split(x, std::span<const Index>(detail::equal_sizes(x.size(dim), size)), dim);
}
/// At most `chunks` stretches of equal size, but for the last.
template <Recorded Value>
[[nodiscard]] std::vector<Value> chunk(const Value& x, Index chunks, Index dim = 0) {
  return split(x, std::span<const Index>(detail::chunk_sizes(x.size(dim), chunks)), dim);
}

WICK_END_NAMESPACE

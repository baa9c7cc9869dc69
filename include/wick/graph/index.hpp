#pragma once

// Elements picked by indices, and added where indices say, as operations of a program: indices that are the
// same for all samples.

#include <wick/base/error.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/index.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The shape of index_select().
[[nodiscard]] inline Shape selected_shape(const Shape& x, Index dim, Index count) {
  check_scalar_index(x, count);
  return resized(x, axis_of("index_select", dim, x.dim()), count);
}

/// Where the elements of x are that `index`, a tensor of its rank, names along a dimension: at `offsets`.
void element_offsets(const char* where, const Shape& x, Index dim, TensorArg<std::int64_t> index,
                     Index* offsets);

/// Where the first elements along each dimension of `source` are, as many as `index` has: at `offsets`.
inline void leading_offsets(const Shape& index, const Shape& source, Index* offsets) {
  constexpr std::size_t none = Shape::max_rank;
  for_each_index(index, source, source, none, [&](Index i, Index offset, Index) { offsets[i] = offset; });
}

/// Adds `count` runs of `size` elements of `source` to those at offset_of(i), in their order.
template <Floating T, class OffsetOf>
void add_runs(const T* source, Index count, Index size, const OffsetOf& offset_of, T* to) {
  for (Index i = 0; i < count; ++i) {
    T* const run = to + offset_of(i);
    detail::kernels::add(run, source, run, size);
    source += size;
  }
}

/// The indices of a step, behind its dimension.
[[nodiscard]] std::span<const Index> indices_of(const ShapeCall& call, const char* where);

/// Of a dimension, and of indices.
template <Floating T>
inline constexpr Operation<T> index_select_operation{
    .name = "index_select",
    .shape =
        [](const ShapeCall& call) {
          const auto index = indices_of(call, "index_select");
          return selected_shape(*call.in[0], call.attributes[0], static_cast<Index>(index.size()));
        },
    .run =
        [](const Call<T>& call) {
          const Along result("index_select", call.attributes[0], *call.shape);
          take_slices(call.in[0].data, Along("index_select", call.attributes[0], *call.in[0].shape),
                      std::span<const Index>(call.attributes + 1, static_cast<std::size_t>(result.size)),
                      call.out);
        },
    .by_rows = 1,
    .uses_shapes = true};

/// Of a dimension, and of indices; the second operand has a slice for each.
template <Floating T>
inline constexpr Operation<T> index_add_operation{
    .name = "index_add",
    .operands = 2,
    .shape =
        [](const ShapeCall& call) {
          const auto index = indices_of(call, "index_add");
          check_index_add(*call.in[0], call.attributes[0], static_cast<Index>(index.size()), *call.in[1]);
          return *call.in[0];
        },
    .run =
        [](const Call<T>& call) {
          const Along along("index_add", call.attributes[0], *call.shape);
          const Along source("index_add", call.attributes[0], *call.in[1].shape);
          std::copy_n(call.in[0].data, call.shape->numel(), call.out);
          for (Index o = 0; o < along.outer; ++o) {
            add_runs(
                call.in[1].data + o * source.size * source.inner, source.size, along.inner,
                [&](Index i) { return call.attributes[1 + i] * along.inner; },
                call.out + o * along.size * along.inner);
          }
        },
    .by_rows = 2,
    .uses_shapes = true};

/// A dimension and indices, as a step has them.
[[nodiscard]] inline std::vector<Index> index_attributes(Index dim, TensorArg<std::int64_t> index) {
  std::vector<Index> attributes{dim};
  for (const std::int64_t i : index.span()) attributes.push_back(static_cast<Index>(i));
  return attributes;
}
/// 0, and the offsets of the elements of x that `index` names. Throws ShapeError for x of several samples,
/// each of which would need indices of its own.
template <Floating T>
[[nodiscard]] std::vector<Index> element_attributes(const char* where, const Symbol<T>& x, Index dim,
                                                    TensorArg<std::int64_t> index) {
  const Shape shape = x.shape();
  if (std::ranges::any_of(shape.dims(), [](Index d) { return counts_samples(d); })) {
    throw ShapeError(std::string(where) +
                     ": a program has the same indices for all samples, got an input of " +
                     program_shape(shape) + "; take index_select() or index_add() along another dimension");
  }
  std::vector<Index> attributes(1 + static_cast<std::size_t>(index.numel()));
  element_offsets(where, shape, dim, index, attributes.data() + 1);
  return attributes;
}
template <Floating T>
[[nodiscard]] Symbol<T> as_vector(const Symbol<T>& x) {
  return reshape(x, Shape{x.numel()});
}

}  // namespace detail

/// What these compute is said at their namesakes in autograd/index.hpp.

/// Not along the samples.
template <Floating T>
[[nodiscard]] Symbol<T> index_select(const Symbol<T>& x, Index dim, TensorArg<std::int64_t> index) {
  const Shape shape = x.shape();
  const std::size_t axis = detail::axis_of("index_select", dim, shape.dim());
  detail::check_scalar_index(shape, index.numel());
  detail::check_slices("index_select", shape, dim, index);
  return x.tape().record(detail::index_select_operation<T>, {x}, T(0),
                         detail::index_attributes(static_cast<Index>(axis), index));
}

/// Not along the samples.
template <Floating T>
[[nodiscard]] Symbol<T> index_add(const Symbol<T>& x, Index dim, TensorArg<std::int64_t> index,
                                  const Symbol<T>& source) {
  const std::size_t axis = detail::axis_of("index_add", dim, x.dim());
  detail::check_slices("index_add", x.shape(), dim, index);
  return x.tape().record(detail::index_add_operation<T>, {x, source}, T(0),
                         detail::index_attributes(static_cast<Index>(axis), index));
}

/// Of values that are the same for all samples.
template <Floating T>
[[nodiscard]] Symbol<T> gather(const Symbol<T>& x, Index dim, TensorArg<std::int64_t> index) {
  auto attributes = detail::element_attributes("gather", x, dim, index);
  return reshape(
      x.tape().record(detail::index_select_operation<T>, {detail::as_vector(x)}, T(0), std::move(attributes)),
      index.shape());
}

/// Of values that are the same for all samples.
template <Floating T>
[[nodiscard]] Symbol<T> scatter_add(const Symbol<T>& x, Index dim, TensorArg<std::int64_t> index,
                                    const Symbol<T>& source) {
  const Shape from = source.shape();
  detail::check_scatter_source(index.shape(), from);
  auto attributes = detail::element_attributes("scatter_add", x, dim, index);
  Symbol<T> part = detail::as_vector(source);
  if (!(from == index.shape())) {
    std::vector<Index> leading(attributes.size());
    detail::leading_offsets(index.shape(), from, leading.data() + 1);
    part = x.tape().record(detail::index_select_operation<T>, {part}, T(0), std::move(leading));
  }
  return reshape(x.tape().record(detail::index_add_operation<T>, {detail::as_vector(x), part}, T(0),
                                 std::move(attributes)),
                 x.shape());
}

// Of variables and symbols, to begin with a tensor, such as zeros.

/// index_add() that begins with a tensor.
template <Recorded Value>
[[nodiscard]] Value index_add(const TensorArg<typename Value::Scalar>& x, Index dim,
                              TensorArg<std::int64_t> index, const Value& source) {
  return index_add(source.tape().constant(x), dim, index, source);
}
/// scatter_add() that begins with a tensor.
template <Recorded Value>
[[nodiscard]] Value scatter_add(const TensorArg<typename Value::Scalar>& x, Index dim,
                                TensorArg<std::int64_t> index, const Value& source) {
  return scatter_add(source.tape().constant(x), dim, index, source);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/index.ipp>
#endif

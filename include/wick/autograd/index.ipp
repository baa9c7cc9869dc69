#pragma once

// Definitions of autograd/index.hpp.

#include <wick/autograd/detail/blocks.hpp>
#include <wick/autograd/index.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/index.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> index_select_rule = taking<T>("index_select");
template <Floating T>
inline constexpr Rule<T> gather_rule = taking<T>("gather");

/// x with runs added: the derivative by x is that by the result.
template <Floating T>
[[nodiscard]] constexpr Rule<T> adding(const char* name) {
  return {.name = name, .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
            const std::array<int, 3> in = tape.node(id).in;
            to.add(in[0], [&] { return dy; });
            to.add(in[1], [&] {
              return take_blocks(take_rule<T>, dy, blocks_of(tape, id), Shape(tape.shape(in[1])));
            });
          }};
}
template <Floating T>
inline constexpr Rule<T> index_add_rule = adding<T>("index_add");
template <Floating T>
inline constexpr Rule<T> scatter_add_rule = adding<T>("scatter_add");

template <Floating T>
[[nodiscard]] Var<T> recorded_sum(const Rule<T>& rule, const Var<T>& x, const Var<T>& source,
                                  const Blocks& blocks) {
  Tape<T>& tape = x.tape();
  const int a = tape.operand(x);
  const int b = tape.operand(source);
  const T* const before = tape.value(a);
  const T* const from = tape.value(b);
  const int id = tape.whole(rule, {a, b, no_node}, Shape(tape.shape(a)));
  tape.node(id).kept = const_cast<Blocks*>(&blocks);
  std::copy_n(before, tape.node(id).numel(), tape.node(id).value);
  add_blocks(from, blocks, tape.node(id).value);
  return tape.done(id);
}

/// The runs of x that `index` names along a dimension.
template <Floating T>
[[nodiscard]] const Blocks& slices(const char* where, Tape<T>& tape, const Shape& x, Index dim,
                                   TensorArg<std::int64_t> index) {
  const std::size_t axis = axis_of(where, dim, x.dim());
  if (index.dim() > 1) {
    throw ShapeError(std::string(where) + "(): Index is supposed to be a vector, got shape " +
                     index.shape().str());
  }
  const Along along(where, dim, x);
  for (const std::int64_t i : index.span()) static_cast<void>(checked_index(where, i, along.size, axis));
  const Index count = along.outer * index.numel();
  auto* const offsets = tape.arena().template take<Index>(count);
  Index* to = offsets;
  for (Index o = 0; o < along.outer; ++o) {
    for (const std::int64_t i : index.span()) {
      *to++ = (o * along.size + static_cast<Index>(i)) * along.inner;
    }
  }
  return keep_blocks(tape, offsets, count, along.inner);
}

/// The elements of x that `index`, a tensor of its rank, names along a dimension.
template <Floating T>
[[nodiscard]] const Blocks& elements(const char* where, Tape<T>& tape, const Shape& x, Index dim,
                                     TensorArg<std::int64_t> index) {
  const std::size_t axis = axis_of(where, dim, x.dim());
  check_index_shape(where, index.shape(), x, axis);
  const Index size = x.dim() == 0 ? 1 : x.dims()[axis];
  for (const std::int64_t i : index.span()) static_cast<void>(checked_index(where, i, size, axis));
  const Index stride = stride_of(x, axis);
  auto* const offsets = tape.arena().template take<Index>(index.numel());
  for_each_index(index.shape(), x, x, axis, [&](Index i, Index offset, Index) {
    offsets[i] = offset + static_cast<Index>(index.data()[i]) * stride;
  });
  return keep_blocks(tape, offsets, index.numel(), 1);
}

}  // namespace detail

template <Floating T>
Var<T> index_select(const Var<T>& x, Index dim, TensorArg<std::int64_t> index) {
  const Shape shape = x.shape();
  if (shape.dim() == 0 && index.numel() != 1) {
    throw ShapeError("index_select(): Index to scalar can have only 1 value, got " +
                     std::to_string(index.numel()) + " value(s)");
  }
  const detail::Blocks& blocks = detail::slices("index_select", x.tape(), shape, dim, index);
  return detail::take_blocks(
      detail::index_select_rule<T>, x, blocks,
      detail::resized(shape, detail::axis_of("index_select", dim, shape.dim()), index.numel()));
}

template <Floating T>
Var<T> index_add(const Var<T>& x, Index dim, TensorArg<std::int64_t> index, const Var<T>& source) {
  const Shape shape = x.shape();
  const Shape from = source.shape();
  const std::size_t axis = detail::axis_of("index_add", dim, shape.dim());
  if (from.dim() != shape.dim() || !(detail::resized(shape, axis, 0) == detail::resized(from, axis, 0))) {
    throw ShapeError(
        "index_add: source tensor shape must match self tensor shape, excluding the specified dimension. Got "
        "self.shape = " +
        shape.str() + " source.shape = " + from.str());
  }
  const detail::Blocks& blocks = detail::slices("index_add", x.tape(), shape, dim, index);
  if (blocks.count * blocks.size != from.numel() ||
      index.numel() != (from.dim() == 0 ? 1 : from.dims()[axis])) {
    throw ShapeError("index_add: Number of indices (" + std::to_string(index.numel()) +
                     ") should be equal to source.size(dim): (" +
                     std::to_string(from.dim() == 0 ? 1 : from.dims()[axis]) +
                     "), for dim: " + std::to_string(axis));
  }
  return detail::recorded_sum(detail::index_add_rule<T>, x, source, blocks);
}

template <Floating T>
Var<T> gather(const Var<T>& x, Index dim, TensorArg<std::int64_t> index) {
  const detail::Blocks& blocks = detail::elements("gather", x.tape(), x.shape(), dim, index);
  return detail::take_blocks(detail::gather_rule<T>, x, blocks, index.shape());
}

template <Floating T>
Var<T> scatter_add(const Var<T>& x, Index dim, TensorArg<std::int64_t> index, const Var<T>& source) {
  const Shape from = source.shape();
  bool fits = from.dim() == index.dim();
  for (std::size_t d = 0; fits && d < index.dim(); ++d) fits = index.shape().dims()[d] <= from.dims()[d];
  if (!fits) {
    throw ShapeError("scatter_add: Expected index " + index.shape().str() +
                     " to be no larger size than src " + from.str());
  }
  Tape<T>& tape = x.tape();
  const detail::Blocks& blocks = detail::elements("scatter_add", tape, x.shape(), dim, index);
  if (from == index.shape()) return detail::recorded_sum(detail::scatter_add_rule<T>, x, source, blocks);
  // Of a larger source, the part that the indices stand for.
  auto* const offsets = tape.arena().template take<Index>(index.numel());
  detail::for_each_index(index.shape(), from, from, from.dim(),
                         [&](Index i, Index offset, Index) { offsets[i] = offset; });
  const Var<T> part = detail::take_blocks(
      detail::take_rule<T>, source, detail::keep_blocks(tape, offsets, index.numel(), 1), index.shape());
  return detail::recorded_sum(detail::scatter_add_rule<T>, x, part, blocks);
}

#ifdef WICK_COMPILED
template Var<float> index_select(const Var<float>&, Index, TensorArg<std::int64_t>);
template Var<float> index_add(const Var<float>&, Index, TensorArg<std::int64_t>, const Var<float>&);
template Var<float> gather(const Var<float>&, Index, TensorArg<std::int64_t>);
template Var<float> scatter_add(const Var<float>&, Index, TensorArg<std::int64_t>, const Var<float>&);
template Var<double> index_select(const Var<double>&, Index, TensorArg<std::int64_t>);
template Var<double> index_add(const Var<double>&, Index, TensorArg<std::int64_t>, const Var<double>&);
template Var<double> gather(const Var<double>&, Index, TensorArg<std::int64_t>);
template Var<double> scatter_add(const Var<double>&, Index, TensorArg<std::int64_t>, const Var<double>&);
#endif

WICK_END_NAMESPACE

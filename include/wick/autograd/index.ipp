#pragma once

// Definitions of autograd/index.hpp.

#include <wick/autograd/detail/blocks.hpp>
#include <wick/autograd/index.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/index.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

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
  tape.node(id).keep(&blocks);
  std::copy_n(before, tape.node(id).numel(), tape.node(id).value);
  add_blocks(from, blocks, tape.node(id).value);
  return tape.done(id);
}

/// The runs of x that `index` names along a dimension.
template <Floating T>
[[nodiscard]] const Blocks& slices(const char* where, Tape<T>& tape, const Shape& x, Index dim,
                                   TensorArg<std::int64_t> index) {
  check_slices(where, x, dim, index);
  const Along along(where, dim, x);
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
  auto* const offsets = tape.arena().template take<Index>(index.numel());
  element_offsets(where, x, dim, index, offsets);
  return keep_blocks(tape, offsets, index.numel(), 1);
}

}  // namespace detail

template <Floating T>
Var<T> index_select(const Var<T>& x, Index dim, TensorArg<std::int64_t> index) {
  const Shape shape = x.shape();
  const Shape selected = detail::selected_shape(shape, dim, index.numel());
  const detail::Blocks& blocks = detail::slices("index_select", x.tape(), shape, dim, index);
  return detail::take_blocks(detail::index_select_rule<T>, x, blocks, selected);
}

template <Floating T>
Var<T> index_add(const Var<T>& x, Index dim, TensorArg<std::int64_t> index, const Var<T>& source) {
  const Shape shape = x.shape();
  detail::check_index_add(shape, dim, index.numel(), source.shape());
  const detail::Blocks& blocks = detail::slices("index_add", x.tape(), shape, dim, index);
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
  detail::check_scatter_source(index.shape(), from);
  Tape<T>& tape = x.tape();
  const detail::Blocks& blocks = detail::elements("scatter_add", tape, x.shape(), dim, index);
  if (from == index.shape()) return detail::recorded_sum(detail::scatter_add_rule<T>, x, source, blocks);
  // Of a larger source, the part that the indices stand for.
  auto* const offsets = tape.arena().template take<Index>(index.numel());
  detail::leading_offsets(index.shape(), from, offsets);
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

#pragma once

// Definitions of autograd/shapes.hpp.

#include <wick/autograd/detail/blocks.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> narrow_rule = taking<T>("narrow");

template <Floating T>
inline constexpr Rule<T> permute_rule{
    .name = "permute", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const std::size_t rank = tape.shape(id).dim();
      const auto* const order = static_cast<const Index*>(tape.node(id).kept);
      std::array<Index, Shape::max_rank> back{};
      for (std::size_t d = 0; d < rank; ++d) back[static_cast<std::size_t>(order[d])] = static_cast<Index>(d);
      to.add(tape.node(id).in[0], [&] { return permute(dy, std::span<const Index>(back.data(), rank)); });
    }};

}  // namespace detail

template <Floating T>
Var<T> narrow(const Var<T>& x, Index dim, Index start, Index length) {
  Tape<T>& tape = x.tape();
  const detail::Narrowed part(x.shape(), dim, start, length);
  const detail::Along& along = part.along;
  if (part.length == along.size) return x;
  auto* const offsets = tape.arena().template take<Index>(along.outer);
  for (Index o = 0; o < along.outer; ++o) offsets[o] = (o * along.size + part.start) * along.inner;
  return detail::take_blocks(detail::narrow_rule<T>, x,
                             detail::keep_blocks(tape, offsets, along.outer, part.length * along.inner),
                             part.shape);
}

template <Floating T>
Var<T> permute(const Var<T>& x, std::span<const Index> order) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  const Shape from = tape.shape(in);
  const Shape shape = detail::Permuted(from, order).shape;
  const T* const elements = tape.value(in);
  const int id = tape.whole(detail::permute_rule<T>, {in, no_node, no_node}, shape);
  auto* const kept = tape.arena().template take<Index>(static_cast<Index>(order.size()));
  for (std::size_t d = 0; d < order.size(); ++d)
    kept[d] = static_cast<Index>(detail::axis_of("permute", order[d], order.size()));
  tape.node(id).kept = kept;
  permute_out(TensorView<T>(tape.node(id).value, shape), TensorView<const T>(elements, from), order);
  return tape.done(id);
}

#ifdef WICK_COMPILED
template Var<float> narrow(const Var<float>&, Index, Index, Index);
template Var<float> permute(const Var<float>&, std::span<const Index>);
template Var<double> narrow(const Var<double>&, Index, Index, Index);
template Var<double> permute(const Var<double>&, std::span<const Index>);
#endif

WICK_END_NAMESPACE

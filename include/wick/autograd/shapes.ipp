#pragma once

// Definitions of autograd/shapes.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/detail/blocks.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

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
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw ShapeError("narrow() cannot be applied to a 0-dim tensor.");
  const detail::Along along("narrow", dim, shape);
  if (length < 0) throw ShapeError("narrow(): length must be non-negative, got " + std::to_string(length));
  if (start < -along.size || start > along.size) {
    throw IndexError("narrow: start out of range (expected to be in range of [" +
                     std::to_string(-along.size) + ", " + std::to_string(along.size) + "], but got " +
                     std::to_string(start) + ")");
  }
  if (start < 0) start += along.size;
  if (length > along.size - start) {
    throw IndexError("narrow: start (" + std::to_string(start) + ") + length (" + std::to_string(length) +
                     ") exceeds dimension size (" + std::to_string(along.size) + ").");
  }
  if (length == along.size) return x;
  auto* const offsets = tape.arena().template take<Index>(along.outer);
  for (Index o = 0; o < along.outer; ++o) offsets[o] = (o * along.size + start) * along.inner;
  return detail::take_blocks(detail::narrow_rule<T>, x,
                             detail::keep_blocks(tape, offsets, along.outer, length * along.inner),
                             detail::resized(shape, detail::axis_of("narrow", dim, shape.dim()), length));
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

template <Floating T>
Var<T> transpose(const Var<T>& x, Index dim0, Index dim1) {
  const std::size_t rank = x.dim();
  const std::size_t a = detail::axis_of("transpose", dim0, rank);
  const std::size_t b = detail::axis_of("transpose", dim1, rank);
  std::array<Index, Shape::max_rank> order{};
  for (std::size_t d = 0; d < rank; ++d) order[d] = static_cast<Index>(d);
  if (rank > 0) std::swap(order[a], order[b]);
  return permute(x, std::span<const Index>(order.data(), rank));
}

template <Floating T>
Var<T> flatten(const Var<T>& x, Index start, Index end) {
  return reshape(x, detail::flattened_shape(x.shape(), start, end));
}
template <Floating T>
Var<T> squeeze(const Var<T>& x, const Axes& dim) {
  return reshape(x, detail::squeezed_shape(x.shape(), dim.mask("squeeze", x.dim())));
}
template <Floating T>
Var<T> unsqueeze(const Var<T>& x, Index dim) {
  return reshape(x, detail::unsqueezed_shape(x.shape(), dim));
}

#ifdef WICK_COMPILED
template Var<float> narrow(const Var<float>&, Index, Index, Index);
template Var<float> permute(const Var<float>&, std::span<const Index>);
template Var<float> transpose(const Var<float>&, Index, Index);
template Var<float> flatten(const Var<float>&, Index, Index);
template Var<float> squeeze(const Var<float>&, const Axes&);
template Var<float> unsqueeze(const Var<float>&, Index);
template Var<double> narrow(const Var<double>&, Index, Index, Index);
template Var<double> permute(const Var<double>&, std::span<const Index>);
template Var<double> transpose(const Var<double>&, Index, Index);
template Var<double> flatten(const Var<double>&, Index, Index);
template Var<double> squeeze(const Var<double>&, const Axes&);
template Var<double> unsqueeze(const Var<double>&, Index);
#endif

WICK_END_NAMESPACE

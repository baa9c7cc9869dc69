#pragma once

// Definitions of autograd/broadcast.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/reduce.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void check_broadcasts(const char* where, const Shape& from, const Shape& to) {
  bool fits = from.dim() <= to.dim();
  for (std::size_t i = 0; fits && i < from.dim(); ++i) {
    const Index size = size_from_end(from, i);
    fits = size == 1 || size == size_from_end(to, i);
  }
  if (!fits)
    throw ShapeError(std::string(where) + ": shape " + from.str() + " does not broadcast to " + to.str());
}

template <Floating T>
inline constexpr Rule<T> reshape_rule{
    .name = "reshape", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const int in = tape.node(id).in[0];
      to.add(in, [&] { return reshape(dy, tape.shape(in)); });
    }};
template <Floating T>
inline constexpr Rule<T> expand_rule{.name = "expand",
                                     .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                       const int in = tape.node(id).in[0];
                                       to.add(in, [&] { return sum_to(dy, tape.shape(in)); });
                                     }};
template <Floating T>
inline constexpr Rule<T> sum_to_rule{.name = "sum",
                                     .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                       const int in = tape.node(id).in[0];
                                       to.add(in, [&] { return expand(dy, tape.shape(in)); });
                                     }};

}  // namespace detail

template <Floating T>
Var<T> reshape(const Var<T>& x, const Shape& shape) {
  const Shape from = x.shape();
  if (from.numel() != shape.numel()) {
    throw ShapeError("reshape: shape " + shape.str() + " is invalid for input of size " +
                     std::to_string(from.numel()) + " with shape " + from.str());
  }
  if (from == shape) return x;
  return x.tape().alias(detail::reshape_rule<T>, x, shape);
}

template <Floating T>
Var<T> expand(const Var<T>& x, const Shape& shape) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  if (tape.shape(in) == shape) return x;
  detail::check_broadcasts("expand", tape.shape(in), shape);
  const T* const from = tape.value(in);
  const int id = tape.whole(detail::expand_rule<T>, {in, no_node, no_node}, shape);
  T* to = tape.node(id).value;
  const detail::BroadcastLoops<1> loops(shape, {&tape.shape(in)});
  loops.for_each_run([&](const auto& offsets) {
    const T* const begin = from + offsets[0];
    if (loops.step(0) == 1) {
      std::copy_n(begin, loops.run(), to);
    } else {
      std::fill_n(to, loops.run(), *begin);
    }
    to += loops.run();
  });
  return tape.done(id);
}

template <Floating T>
Var<T> sum_to(const Var<T>& x, const Shape& shape) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  if (tape.shape(in) == shape) return x;
  detail::check_broadcasts("sum_to", shape, tape.shape(in));
  const T* const from = tape.value(in);
  const int id = tape.whole(detail::sum_to_rule<T>, {in, no_node, no_node}, shape);
  const Shape& whole = tape.shape(in);
  T* const sums = tape.node(id).value;
  if (whole.dim() > 0 && shape.numel() == tape.node(in).cols &&
      detail::size_from_end(shape, 0) == shape.numel()) {
    // Rows, in the order in which gradients of biases are summed.
    column_sums(tape.node(in).rows, tape.node(in).cols, tape.node(in).cols, from, sums, Accumulate::no);
    return tape.done(id);
  }
  // The dimensions that are summed over; one of size 1 may as well be.
  std::array<Index, Shape::max_rank> axes{};
  std::array<Index, Shape::max_rank> left{};
  std::size_t count = 0;
  std::size_t rank = 0;
  for (std::size_t d = 0; d < whole.dim(); ++d) {
    const Index size = detail::size_from_end(shape, whole.dim() - 1 - d);
    if (size == 1) {
      axes[count++] = static_cast<Index>(d);
    } else {
      left[rank++] = size;
    }
  }
  const TensorView<T> out(sums, Shape(std::span<const Index>(left.data(), rank)));
  const TensorView<const T> view(from, whole);
  if (count == 0) {
    std::copy_n(from, shape.numel(), sums);  // dimensions of size 1 in front
  } else {
    sum_out(out, view, Axes(std::span<const Index>(axes.data(), count)));
  }
  return tape.done(id);
}

#ifdef WICK_COMPILED
template Var<float> reshape(const Var<float>&, const Shape&);
template Var<float> expand(const Var<float>&, const Shape&);
template Var<float> sum_to(const Var<float>&, const Shape&);
template Var<double> reshape(const Var<double>&, const Shape&);
template Var<double> expand(const Var<double>&, const Shape&);
template Var<double> sum_to(const Var<double>&, const Shape&);
#endif

WICK_END_NAMESPACE

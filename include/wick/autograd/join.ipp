#pragma once

// Definitions of autograd/join.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/join.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/join.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> cat_rule{.name = "cat",
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    const std::array<int, 3> in = tape.node(id).in;
                                    const Index dim = *static_cast<const Index*>(tape.node(id).kept);
                                    Index start = 0;
                                    for (const int i : in) {
                                      if (i == no_node) continue;
                                      const Shape& shape = tape.shape(i);
                                      const bool left_out = shape == Shape{0} && tape.shape(id).dim() > 1;
                                      const Index size = left_out ? 0 : shape[dim];
                                      to.add(i, [&] {
                                        const Var<T> part = narrow(dy, dim, start, size);
                                        return left_out ? reshape(part, Shape{0}) : part;
                                      });
                                      start += size;
                                    }
                                  }};

/// At most three values of shapes that fit.
template <Floating T>
[[nodiscard]] Var<T> join_few(Tape<T>& tape, std::span<const Var<T>> values, Index dim) {
  std::array<int, 3> in{no_node, no_node, no_node};
  std::array<TensorArg<T>, 3> parts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    in[i] = tape.operand(values[i]);
    parts[i] = TensorView<const T>(tape.value(in[i]), tape.shape(in[i]));
  }
  const std::span<const TensorArg<T>> used(parts.data(), values.size());
  const Shape shape = joined_shape<T>(used, dim);
  const int id = tape.whole(cat_rule<T>, in, shape);
  auto* const axis = tape.arena().template take<Index>(1);
  *axis = shape == Shape{0} ? 0 : static_cast<Index>(axis_of("cat", dim, shape.dim()));
  tape.node(id).kept = axis;
  cat_out<T>(TensorView<T>(tape.node(id).value, shape), used, dim);
  return tape.done(id);
}

/// Each element is copied as often as the number of values can be cut in three.
template <Floating T>
[[nodiscard]] Var<T> join(Tape<T>& tape, std::span<const Var<T>> values, Index dim) {
  if (values.size() <= 3) return join_few(tape, values, dim);
  const std::size_t first = (values.size() + 2) / 3;
  const std::size_t second = (values.size() + 1) / 3;
  const std::array parts{join(tape, values.first(first), dim), join(tape, values.subspan(first, second), dim),
                         join(tape, values.subspan(first + second), dim)};
  return join_few(tape, std::span<const Var<T>>(parts), dim);
}

}  // namespace detail

template <Floating T>
Var<T> cat(std::span<const Var<T>> values, Index dim) {
  if (values.empty()) throw ShapeError("cat(): expected a non-empty list of Tensors");
  Tape<T>& tape = values.front().tape();
  if (values.size() > 3) {
    // All at once, so that a message counts from the first one.
    auto* const views = tape.arena().template take<TensorArg<T>>(static_cast<Index>(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int id = tape.operand(values[i]);
      new (views + i) TensorArg<T>(TensorView<const T>(tape.value(id), tape.shape(id)));
    }
    static_cast<void>(detail::joined_shape<T>(std::span<const TensorArg<T>>(views, values.size()), dim));
  }
  return detail::join(tape, values, dim);
}

template <Floating T>
Var<T> stack(std::span<const Var<T>> values, Index dim) {
  if (values.empty()) throw ShapeError("stack expects a non-empty TensorList");
  const Shape first = values.front().shape();
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i].shape() == first) continue;
    throw ShapeError("stack expects each tensor to be equal size, but got " + first.str() +
                     " at entry 0 and " + values[i].shape().str() + " at entry " + std::to_string(i));
  }
  // (outer, n, inner) is (outer, n * inner) of values that are (outer, inner).
  const Shape with_one = detail::unsqueezed_shape(first, dim);
  const std::size_t axis = detail::axis_of("stack", dim, with_one.dim());
  const detail::Along along("stack", static_cast<Index>(axis), with_one);
  const auto count = static_cast<Index>(values.size());
  const Shape flat{along.outer, along.inner};
  const auto joined = [&](auto&& self, std::span<const Var<T>> some) -> Var<T> {
    if (some.size() == 1) return reshape(some.front(), flat);
    const std::size_t half = some.size() / 2;
    return cat({self(self, some.first(half)), self(self, some.subspan(half))}, 1);
  };
  return reshape(joined(joined, values), detail::resized(with_one, axis, count));
}

#ifdef WICK_COMPILED
template Var<float> cat(std::span<const Var<float>>, Index);
template Var<float> stack(std::span<const Var<float>>, Index);
template Var<double> cat(std::span<const Var<double>>, Index);
template Var<double> stack(std::span<const Var<double>>, Index);
#endif

WICK_END_NAMESPACE

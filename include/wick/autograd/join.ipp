#pragma once

// Definitions of autograd/join.hpp.

#include <wick/autograd/join.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/join.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <span>

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
[[nodiscard]] Var<T> join_few(std::span<const Var<T>> values, Index dim) {
  Tape<T>& tape = values.front().tape();
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
  copy_joined<T>(used, *axis, shape, tape.node(id).value);
  return tape.done(id);
}

/// Each element is copied as often as the number of values can be cut in three.
template <Floating T>
[[nodiscard]] Var<T> join(std::span<const Var<T>> values, Index dim) {
  if (values.size() <= 3) return join_few(values, dim);
  const std::size_t first = (values.size() + 2) / 3;
  const std::size_t second = (values.size() + 1) / 3;
  const std::array parts{join(values.first(first), dim), join(values.subspan(first, second), dim),
                         join(values.subspan(first + second), dim)};
  return join_few(std::span<const Var<T>>(parts), dim);
}

}  // namespace detail

template <Floating T>
Var<T> cat(std::span<const Var<T>> values, Index dim) {
  if (values.empty() || values.size() > 3) {
    // All at once, so that a message counts from the first one.
    const auto shape_of = [&](std::size_t i) -> const Shape& {
      Tape<T>& tape = values.front().tape();
      return tape.shape(tape.operand(values[i]));
    };
    static_cast<void>(detail::joined_shape(values.size(), shape_of, dim));
  }
  return detail::join(values, dim);
}

#ifdef WICK_COMPILED
template Var<float> cat(std::span<const Var<float>>, Index);
template Var<double> cat(std::span<const Var<double>>, Index);
#endif

WICK_END_NAMESPACE

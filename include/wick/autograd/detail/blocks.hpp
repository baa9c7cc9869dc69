#pragma once

// Runs of elements that are taken out of a value, and added to one.

#include <wick/autograd/gradients.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/base/types.hpp>
#include <wick/graph/index.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>

WICK_BEGIN_NAMESPACE
namespace detail {

/// Where runs of `size` elements lie in a value of another shape. In the memory of the tape.
struct Blocks {
  const Index* offsets;
  Index count;
  Index size;
};

template <Floating T>
[[nodiscard]] const Blocks& keep_blocks(Tape<T>& tape, const Index* offsets, Index count, Index size) {
  return *tape.arena().template make<Blocks>(offsets, count, size);
}
template <Floating T>
[[nodiscard]] const Blocks& blocks_of(Tape<T>& tape, int id) {
  return *static_cast<const Blocks*>(tape.node(id).kept);
}

// Taking runs and adding them to zeros are linear, and each other's transpose.
template <Floating T>
[[nodiscard]] Var<T> take_blocks(const Rule<T>& rule, const Var<T>& x, const Blocks& blocks,
                                 const Shape& shape);
template <Floating T>
[[nodiscard]] Var<T> put_blocks(const Var<T>& source, const Blocks& blocks, const Shape& shape);

/// The rule of an operation of this name that takes runs.
template <Floating T>
[[nodiscard]] constexpr Rule<T> taking(const char* name) {
  return {.name = name, .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
            const int in = tape.node(id).in[0];
            to.add(in, [&] { return put_blocks(dy, blocks_of(tape, id), Shape(tape.shape(in))); });
          }};
}
template <Floating T>
inline constexpr Rule<T> take_rule = taking<T>("take");
template <Floating T>
inline constexpr Rule<T> put_rule{
    .name = "put", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const int in = tape.node(id).in[0];
      to.add(in, [&] { return take_blocks(take_rule<T>, dy, blocks_of(tape, id), Shape(tape.shape(in))); });
    }};

/// The runs one behind the other, under a shape of as many elements.
template <Floating T>
Var<T> take_blocks(const Rule<T>& rule, const Var<T>& x, const Blocks& blocks, const Shape& shape) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  const T* const from = tape.value(in);
  const int id = tape.whole(rule, {in, no_node, no_node}, shape);
  tape.node(id).keep(&blocks);
  T* to = tape.node(id).value;
  for (Index i = 0; i < blocks.count; ++i) to = std::copy_n(from + blocks.offsets[i], blocks.size, to);
  return tape.done(id);
}

/// Adds the elements of `source` where the runs lie, in their order.
template <Floating T>
void add_blocks(const T* source, const Blocks& blocks, T* to) {
  add_runs(
      source, blocks.count, blocks.size, [&](Index i) { return blocks.offsets[i]; }, to);
}

/// Zeros of this shape, to which the elements of `source` are added.
template <Floating T>
Var<T> put_blocks(const Var<T>& source, const Blocks& blocks, const Shape& shape) {
  Tape<T>& tape = source.tape();
  const int in = tape.operand(source);
  const T* const from = tape.value(in);
  const int id = tape.whole(put_rule<T>, {in, no_node, no_node}, shape);
  tape.node(id).keep(&blocks);
  std::fill_n(tape.node(id).value, tape.node(id).numel(), T(0));
  add_blocks(from, blocks, tape.node(id).value);
  return tape.done(id);
}

}  // namespace detail
WICK_END_NAMESPACE

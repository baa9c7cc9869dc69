#pragma once

// Programs on the tape, where they can be trained.

#include <wick/autograd/tape.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/program.hpp>
#include <wick/state/parameter_block.hpp>

#include <span>

WICK_BEGIN_NAMESPACE

/// A step of a program that is recorded.
template <Floating T>
struct Replayed {
  std::span<const Var<T>> in;         ///< what it is computed from
  T number;                           ///< that of the step
  std::span<const Index> attributes;  ///< those of the step, with the number of samples put in
};

/// How an operation of a program is recorded on a tape.
template <Floating T>
struct RecordedOperation {
  const Operation<T>* operation;         ///< what it is in a program
  Var<T> (*record)(const Replayed<T>&);  ///< records it
};

/// How each operation in all_operations() is recorded.
template <Floating T>
[[nodiscard]] std::span<const RecordedOperation<T>> recorded_operations() noexcept;

/// Records what `program` computes of these inputs, one row for each sample, at `outputs`: in training mode
/// with its dropout, and with the derivatives of every step. `parameters` are those that its steps read, in
/// their order, of the model that is being called. After the first call with so many steps it allocates only
/// where the tape does.
///
/// Throws ShapeError for inputs of other shapes or different numbers of samples, and Error for another number
/// of inputs or outputs and for an operation that is not in recorded_operations().
template <Floating T>
void replay(const Program<T>& program, std::span<const Slot> parameters, std::span<const Var<T>> inputs,
            std::span<Var<T>> outputs);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/replay.ipp>
#endif

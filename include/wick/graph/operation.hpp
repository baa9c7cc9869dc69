#pragma once

// What is known of an operation ahead of its derivative.

#include <wick/base/types.hpp>
#include <wick/graph/epilogue.hpp>
#include <wick/ops/gemm_scratch.hpp>
#include <wick/tensor/shape.hpp>

#include <array>
#include <span>

WICK_BEGIN_NAMESPACE

/// One operand: `rows` x `cols` numbers, `cols` being the last dimension (1 for a scalar).
template <Floating T>
struct Operand {
  const T* data;       ///< null: there is no such operand
  Index rows;          ///< elements / cols
  Index cols;          ///< last dimension
  const Shape* shape;  ///< set if the operation has `uses_shapes`
};

/// What an operation computes. Set as a whole by who calls: to clear it first would take as long as calling a
/// small operation.
template <Floating T>
struct Call {
  std::array<Operand<T>, 3> in;  ///< in the order of the operation
  T* out;                        ///< memory for the result
  Index rows;                    ///< of the result
  Index cols;                    ///< of the result
  const Shape* shape;            ///< as that of operands
  const Index* attributes;  ///< those of the step, if the operation has `uses_shapes`; of a program alone
  T number;                 ///< the operation's, e.g. a factor
  GemmScratch<T>* scratch;  ///< for products
};

/// The shapes of the operands, and the numbers that an operation was recorded with.
struct ShapeCall {
  std::span<const Shape* const> in;   ///< of the operands, in their order
  std::span<const Index> attributes;  ///< those of the step
};

/// A forward operation: a name, the rule for the shape of its result, and a kernel of one of three kinds.
///
/// An *elementwise* one has `apply`, a *product* has `multiply`; elementwise operations that follow either
/// run as its epilogue, while the numbers are in the cache. Any other one has `run`. One that has none of
/// them gives its operand's numbers under another shape.
template <Floating T>
struct Operation {
  const char* name;  ///< as in the text of a program, and in files
  int operands = 1;  ///< how many
  /// Throws ShapeError for shapes that do not fit. Null: that of the operands, which are equal.
  Shape (*shape)(const ShapeCall&) = nullptr;
  void (*apply)(const Stretch<T>&) = nullptr;                      ///< of an elementwise operation
  void (*multiply)(const Call<T>&, const Epilogue<T>&) = nullptr;  ///< of a product
  void (*run)(const Call<T>&) = nullptr;                           ///< of any other
  /// Makes room for up to call.rows rows in call.scratch.
  void (*reserve)(const Call<T>&) = nullptr;
  /// The same with the operands of an elementwise operation exchanged.
  const Operation* reversed = nullptr;
  /// How many operands, from the first on, may have a row for each sample if row i of the result is to depend
  /// on row i of them alone. 0: none may.
  int by_rows = 3;
  bool uses_shapes = false;   ///< reads Operand::shape, Call::shape and Call::attributes
  bool uses_scratch = false;  ///< without `reserve`: not for several threads at once
};

WICK_END_NAMESPACE

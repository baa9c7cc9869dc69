#pragma once

// How the steps of a program are run: what runs together, and where the numbers are.

#include <wick/graph/epilogue.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A size that may depend on the number of rows.
struct SizeByRows {
  SizeByRows() = default;
  explicit SizeByRows(Index n) noexcept
      : by_row(n % any_rows == 0 ? n / any_rows : 0), fixed(n % any_rows == 0 ? 0 : n) {}
  [[nodiscard]] Index operator()(Index rows) const noexcept { return by_row * rows + fixed; }
  Index by_row = 0;
  Index fixed = 0;
};
/// Whether a shape depends on the number of samples.
[[nodiscard]] inline bool has_rows(const Shape& shape) noexcept {
  return std::ranges::any_of(shape.dims(), counts_samples);
}
/// The shape for so many samples.
[[nodiscard]] inline Shape shape_for(const Shape& shape, Index rows) {
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::transform(shape.dims(), dims.begin(), [rows](Index d) { return SizeByRows(d)(rows); });
  return Shape(std::span<const Index>(dims.data(), shape.dim()));
}
template <Floating T>
[[nodiscard]] Operand<T> operand_of(const T* data, const Shape& shape) noexcept {
  Operand<T> result{data, 1, 1, &shape};
  const auto dims = shape.dims();
  if (dims.empty()) return result;
  for (const Index d : dims.first(dims.size() - 1)) result.rows *= d;
  result.cols = dims.back();
  return result;
}

/// The groups of operations in the order in which they run, and the memory that they need.
template <Floating T>
struct Plan {
  /// Where a run finds numbers: element by_row * rows + fixed of the memory that begins at a base.
  struct Address {
    std::size_t base = 0;
    Index by_row = 0;
    Index fixed = 0;
  };
  struct Value {
    Address at;
    int step = -1;
    SizeByRows rows, cols;
  };
  /// Elementwise operations that run on what was computed just before them.
  struct Link {
    int step;
    int other;  ///< second operand, or -1
    void (*apply)(const Stretch<T>&);
    T number = 0;
    Address other_at = {};
  };
  /// Steps that run together: `first`, and links. The result is in one place from the first to the last.
  struct Group {
    int first;
    int last;
    std::vector<Link> links;
    const Operation<T>* operation = nullptr;
    T number = 0;
    int operands = 0;
    std::array<Value, 3> in = {};
    Value out = {};
  };
  /// An output that no group writes.
  struct Copied {
    std::size_t output;
    Address from = {};
  };
  /// Numbers of bases; behind them are the inputs, the outputs, and groups that have memory of their own.
  enum Bases : std::size_t { at_parameters, at_constants, at_memory, at_fixed_memory, at_inputs };

  std::vector<Group> groups;
  std::vector<Copied> copied;
  std::vector<Index> sample;  ///< dimensions of the first input after that of the samples
  Index memory_by_row = 0;    ///< elements
  Index memory_fixed = 0;
  Index parameters = 0;      ///< numbers of all parameters that are read
  Index parameters_end = 0;  ///< behind the last of them in the block
  bool by_rows = false;      ///< each row of the outputs depends on that of the inputs alone
  bool shares_out = false;   ///< threads may run parts of the rows side by side
  bool in_blocks = false;    ///< small enough for rows side by side in vectors, and made of what can do so
  bool log_softmax_last = false;  ///< of those
};

template <Floating T>
[[nodiscard]] Plan<T> make_plan(std::span<const Step<T>> steps, std::span<const int> inputs,
                                std::span<const int> outputs);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/detail/plan.ipp>
#endif

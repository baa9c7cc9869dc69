#pragma once

// How reductions walk over memory, and in which order they combine.
//
// A result is combined in a tree whose form depends on the shape and the dimensions alone: stretches of
// memory in 16 places side by side, then these by twos, then the stretches by twos. So rounding errors of
// sums grow with the logarithm of the number of elements, and the bits are the same on every processor.

#include <wick/kernels/vector_types.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

WICK_BEGIN_NAMESPACE
namespace detail {

/// Shape without the dimensions of `mask`, or with 1 in their place.
[[nodiscard]] inline Shape reduced_shape(const Shape& shape, unsigned mask, bool keepdim) {
  std::array<Index, Shape::max_rank> dims{};
  std::size_t rank = 0;
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    const bool reduced = (mask >> d & 1U) != 0;
    if (!reduced || keepdim) dims[rank++] = reduced ? 1 : shape.dims()[d];
  }
  return Shape(std::span<const Index>(dims.data(), rank));
}

/// Combines any number of values by twos, as they come.
template <class Operation>
class Cascade {
 public:
  using Value = typename Operation::Value;

  void push(Value v) noexcept {
    std::size_t level = 0;
    for (std::uint64_t n = count_++; (n & 1U) != 0; n >>= 1) v = Operation::combine(levels_[level++], v);
    levels_[level] = v;
  }
  [[nodiscard]] Value result() const noexcept {
    Value v = Operation::identity();
    bool first = true;
    std::size_t level = 0;
    for (std::uint64_t n = count_; n != 0; n >>= 1, ++level) {
      if ((n & 1U) == 0) continue;
      v = first ? levels_[level] : Operation::combine(levels_[level], v);
      first = false;
    }
    return v;
  }

 private:
  std::array<Value, 64> levels_;
  std::uint64_t count_ = 0;
};

/// Elements that are combined side by side.
inline constexpr Index partial_places = 16;

/// The values of 16 places combined: the halves with each other, and so on.
template <class Operation>
[[nodiscard]] typename Operation::Value combine_places(
    std::array<typename Operation::Value, partial_places>& sums) noexcept {
  for (std::size_t width = partial_places / 2; width > 0; width /= 2) {
    for (std::size_t j = 0; j < width; ++j) sums[j] = Operation::combine(sums[j], sums[j + width]);
  }
  return sums[0];
}

/// Whether an operation combines elements as they are (what is derived from it may not), and vectors of them
/// too.
template <class Operation, class T>
concept CombinesVectors = requires {
  typename Operation::Plain;
}
&&std::is_same_v<typename Operation::Plain, Operation> && (WICK_HAS_VECTOR_TYPES != 0) &&
    std::is_same_v<typename Operation::Value, T>&& std::is_floating_point_v<T>&& requires(T v) {
  Operation::combine_vectors(v, v);
};

#if WICK_HAS_VECTOR_TYPES
/// Vectors that every processor has.
template <class T>
struct VectorsOf16 {
  typedef T type __attribute__((vector_size(16)));  // NOLINT(modernize-use-using): dependent
  typedef T loose                                   // NOLINT(modernize-use-using): as above
      __attribute__((vector_size(16), aligned(alignof(T)), may_alias));
};
template <class T>
using VectorOf16 = typename VectorsOf16<T>::type;
template <class T>
VectorOf16<T> load_16(const T* p) noexcept {
  return *reinterpret_cast<const typename VectorsOf16<T>::loose*>(p);
}
#endif

/// Elements [0, whole) combined in 16 places, whole a multiple of 16.
template <class Operation, class T>
void reduce_places(const Operation& operation, const T* x, Index whole, Index output,
                   std::array<typename Operation::Value, partial_places>& sums) noexcept {
  sums.fill(Operation::identity());
#if WICK_HAS_VECTOR_TYPES
  if constexpr (CombinesVectors<Operation, T>) {
    // What the loop below does, in registers.
    constexpr Index lanes = 16 / static_cast<Index>(sizeof(T));
    constexpr Index count = partial_places / lanes;
    VectorOf16<T> v[static_cast<std::size_t>(count)];  // NOLINT(*-avoid-c-arrays): stays in registers
    WICK_UNROLL
    for (Index k = 0; k < count; ++k) v[k] = load_16(sums.data() + k * lanes);
    for (Index i = 0; i < whole; i += partial_places) {
      WICK_UNROLL
      for (Index k = 0; k < count; ++k) v[k] = Operation::combine_vectors(v[k], load_16(x + i + k * lanes));
    }
    for (Index k = 0; k < count; ++k) {
      for (Index j = 0; j < lanes; ++j) sums[static_cast<std::size_t>(k * lanes + j)] = v[k][j];
    }
    return;
  }
#endif
  for (Index i = 0; i < whole; i += partial_places) {
    for (std::size_t j = 0; j < partial_places; ++j) {
      sums[j] = Operation::combine(sums[j], operation.load(x[i + static_cast<Index>(j)], output));
    }
  }
}

/// x[0], ..., x[n - 1] combined, 0 < n <= 512, for the output with this number.
template <class Operation, class T>
[[nodiscard]] typename Operation::Value reduce_stretch(const Operation& operation, const T* x, Index n,
                                                       Index output) noexcept {
  using Value = typename Operation::Value;
  if (n < partial_places) {
    Value v = operation.load(x[0], output);
    for (Index i = 1; i < n; ++i) v = Operation::combine(v, operation.load(x[i], output));
    return v;
  }
  std::array<Value, partial_places> sums;
  Index i = n / partial_places * partial_places;
  reduce_places(operation, x, i, output, sums);
  for (std::size_t j = 0; i < n; ++i, ++j)
    sums[j] = Operation::combine(sums[j], operation.load(x[i], output));
  return combine_places<Operation>(sums);
}

/// The loops of a reduction over the dimensions of a mask. An operation has a type Value, identity(),
/// load(element, number of the output) and combine(value, value).
class ReduceLoops {
 public:
  ReduceLoops(const Shape& shape, unsigned mask) noexcept;

  /// f(offset, number, count) for stretches of outputs side by side: the offset of their first element in
  /// memory, and the number of the first of them.
  static constexpr Index most_columns = 64;
  template <class Function>
  void for_each_output(Function f) const {
    const Index width = columns_ ? kept_.sizes[0] : 1;
    Index number = 0;
    kept_.for_each(columns_ ? 1 : 0, [&](Index offset) {
      for (Index c = 0; c < width; c += most_columns)
        f(offset + c, number + c, (std::min)(most_columns, width - c));
      number += width;
    });
  }

  /// The results of a stretch of outputs; `x` is its first element.
  template <class Operation, class T>
  void reduce(const Operation& operation, const T* x, Index number, Index count,
              typename Operation::Value* results) const {
    if (columns_) {
      reduce_columns(operation, x, number, count, results);
      return;
    }
    constexpr Index most = 512;
    const Index run = reduced_.count > 0 ? reduced_.sizes[0] : 1;
    Cascade<Operation> cascade;
    reduced_.for_each(1, [&](Index offset) {
      for (Index i = 0; i < run; i += most) {
        cascade.push(reduce_stretch(operation, x + offset + i, (std::min)(most, run - i), number));
      }
    });
    results[0] = cascade.result();
  }

 private:
  struct List {
    std::size_t count = 0;
    std::array<Index, Shape::max_rank> sizes{};
    std::array<Index, Shape::max_rank> strides{};

    /// f(offset) for all indices of the loops from `first` on, the innermost fastest.
    template <class Function>
    void for_each(std::size_t first, Function f) const {
      for (std::size_t d = first; d < count; ++d) {
        if (sizes[d] == 0) return;
      }
      std::array<Index, Shape::max_rank> at{};
      Index offset = 0;
      for (;;) {
        f(offset);
        std::size_t d = first;
        for (; d < count; ++d) {
          offset += strides[d];
          if (++at[d] < sizes[d]) break;
          offset -= strides[d] * sizes[d];
          at[d] = 0;
        }
        if (d >= count) return;
      }
    }
  };

  /// Side by side for columns next to each other; rows by 16, then these by twos.
  template <class Operation, class T>
  void reduce_columns(const Operation& operation, const T* x, Index number, Index count,
                      typename Operation::Value* results) const {
    using Value = typename Operation::Value;
    using Row = std::array<Value, most_columns>;
    constexpr int most_rows = 16;
    const auto n = static_cast<std::size_t>(count);
    std::array<Row, 48> levels;
    std::uint64_t pushed = 0;
    Row sums;
    int rows = 0;
    const auto push = [&] {
      std::size_t level = 0;
      for (std::uint64_t k = pushed++; (k & 1U) != 0; k >>= 1, ++level) {
        for (std::size_t c = 0; c < n; ++c) sums[c] = Operation::combine(levels[level][c], sums[c]);
      }
      std::copy_n(sums.begin(), n, levels[level].begin());
      rows = 0;
    };
    reduced_.for_each(0, [&](Index offset) {
      const T* const row = x + offset;
      if (rows == 0) {
        for (std::size_t c = 0; c < n; ++c) sums[c] = operation.load(row[c], number + static_cast<Index>(c));
      } else {
        // A count that the compiler knows, for vectors.
        std::size_t c = 0;
        for (; c + partial_places <= n; c += partial_places) {
          for (std::size_t j = c; j < c + partial_places; ++j) {
            sums[j] = Operation::combine(sums[j], operation.load(row[j], number + static_cast<Index>(j)));
          }
        }
        for (; c < n; ++c)
          sums[c] = Operation::combine(sums[c], operation.load(row[c], number + static_cast<Index>(c)));
      }
      if (++rows == most_rows) push();
    });
    if (rows > 0) push();
    std::fill_n(results, count, Operation::identity());
    bool first = true;
    std::size_t level = 0;
    for (std::uint64_t k = pushed; k != 0; k >>= 1, ++level) {
      if ((k & 1U) == 0) continue;
      for (std::size_t c = 0; c < n; ++c) {
        results[c] = first ? levels[level][c] : Operation::combine(levels[level][c], results[c]);
      }
      first = false;
    }
  }

  List kept_;
  List reduced_;
  bool columns_ = false;  // the innermost loop is over outputs
};

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/detail/reduce_loops.ipp>
#endif

#pragma once

// Broadcasting: which shape operands have together, and how to walk over them.

#include <wick/base/error.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Size of the dimension that is `from_end` before the last; 1 where the shape has none.
inline Index size_from_end(const Shape& shape, std::size_t from_end) noexcept {
  return from_end < shape.dim() ? shape.dims()[shape.dim() - 1 - from_end] : 1;
}

[[noreturn]] void refuse_broadcast(const char* where, const Shape& a, const Shape& b, Index size_a,
                                   Index size_b, std::size_t axis);

Shape broadcast_two(const char* where, const Shape& a, const Shape& b);

}  // namespace detail

/// The shape that operands of these shapes have together: dimensions are compared from the last one on, and
/// one of size 1, or one that is missing, takes the other's size. Throws ShapeError, which begins with
/// `where`. https://docs.pytorch.org/docs/stable/notes/broadcasting.html
template <std::same_as<Shape>... Shapes>
[[nodiscard]] Shape broadcast_shapes([[maybe_unused]] const char* where, const Shape& first,
                                     const Shapes&... others) {
  Shape shape = first;
  ((shape = detail::broadcast_two(where, shape, others)), ...);
  return shape;
}

namespace detail {

/// How `count` operands lie under the elements of a result, in as few loops as their shapes allow: an operand
/// moves on by one element in the innermost loop, or stays where it is.
template <std::size_t count>
class BroadcastLoops {
 public:
  using Offsets = std::array<Index, count>;

  /// `operands` broadcast to `shape`.
  BroadcastLoops(const Shape& shape, const std::array<const Shape*, count>& operands) noexcept {
    // Elements from one index of a dimension to the next, dimensions of size 1 left out.
    Offsets dense;
    dense.fill(1);
    for (std::size_t i = 0; i < shape.dim(); ++i) {
      const Index size = size_from_end(shape, i);
      Offsets stride;
      for (std::size_t o = 0; o < count; ++o) {
        const Index own = size_from_end(*operands[o], i);
        stride[o] = own == 1 ? 0 : dense[o];
        dense[o] *= own;
      }
      if (size != 1) add(size, stride);
    }
    if (rank_ == 0) {
      sizes_[rank_++] = 1;  // strides 0: a single element
    }
  }

  /// Elements of the innermost loop.
  [[nodiscard]] Index run() const noexcept { return sizes_[0]; }
  /// How far operand `o` goes on for each of them, 1 or 0.
  [[nodiscard]] Index step(std::size_t o) const noexcept { return strides_[0][o]; }

  /// f(offsets) of the operands at the beginning of each run, in the order of the result's elements.
  template <class Function>
  void for_each_run(Function f) const {
    for (std::size_t d = 0; d < rank_; ++d) {
      if (sizes_[d] == 0) return;
    }
    Offsets offsets{};
    std::array<Index, Shape::max_rank> at{};
    for (;;) {
      f(offsets);
      std::size_t d = 1;
      for (; d < rank_; ++d) {
        for (std::size_t o = 0; o < count; ++o) offsets[o] += strides_[d][o];
        if (++at[d] < sizes_[d]) break;
        for (std::size_t o = 0; o < count; ++o) offsets[o] -= strides_[d][o] * sizes_[d];
        at[d] = 0;
      }
      if (d == rank_) return;
    }
  }

 private:
  void add(Index size, const Offsets& stride) noexcept {
    if (rank_ > 0) {
      bool joins = true;
      for (std::size_t o = 0; o < count; ++o) {
        joins = joins && stride[o] == strides_[rank_ - 1][o] * sizes_[rank_ - 1];
      }
      if (joins) {
        sizes_[rank_ - 1] *= size;
        return;
      }
    }
    sizes_[rank_] = size;
    strides_[rank_++] = stride;
  }

  std::size_t rank_ = 0;
  std::array<Index, Shape::max_rank> sizes_{};  // the innermost loop first
  std::array<Offsets, Shape::max_rank> strides_{};
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/broadcast.ipp>
#endif

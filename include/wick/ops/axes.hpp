#pragma once

// Dimensions as arguments: one, several or all of a tensor.

#include <wick/base/error.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws IndexError: `axis` is not in [-n, n).
[[noreturn]] void refuse_axis(const char* where, Index axis, Index n);

/// The dimension that `axis` names, negative ones counted from the end; of a tensor without dimensions, 0 and
/// -1 name the whole. Throws IndexError.
[[nodiscard]] inline std::size_t axis_of(const char* where, Index axis, std::size_t rank) {
  const Index n = rank == 0 ? 1 : static_cast<Index>(rank);
  if (axis < -n || axis >= n) {
    refuse_axis(where, axis, n);
  }
  return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

/// A tensor seen along one dimension: (outer, size, inner).
struct Along {
  Index outer = 1;
  Index size = 1;
  Index inner = 1;

  Along(const char* where, Index axis, const Shape& shape);
};

/// The shape with another size of one dimension.
[[nodiscard]] inline Shape resized(const Shape& shape, std::size_t axis, Index size) {
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(shape.dims(), dims.begin());
  if (shape.dim() > 0) dims[axis] = size;
  return Shape(std::span<const Index>(dims.data(), shape.dim()));
}

}  // namespace detail

/// Dimensions to reduce: a number, `{0, 2}`, or `{}` for all. Negative ones count from the end.
class Axes {
 public:
  /// Not from a truth value, which would be `keepdim` in the wrong place.
  template <std::integral Ti>
  requires(!std::same_as<Ti, bool>) Axes(Ti axis) : count_(1) { axes_[0] = static_cast<Index>(axis); }
  /// `{0, 2}`, of which `{}` means all.
  Axes(std::initializer_list<Index> axes) : Axes(std::span<const Index>(axes.begin(), axes.size())) {}
  /// Throws ShapeError for more dimensions than a tensor can have.
  explicit Axes(std::span<const Index> axes);
  /// All dimensions.
  [[nodiscard]] static Axes all() { return Axes(std::span<const Index>()); }

  /// Whether all dimensions are meant, whatever their number.
  [[nodiscard]] bool is_all() const noexcept { return count_ == 0; }

  /// One bit for each dimension of a tensor of this rank that is reduced. Throws IndexError for a dimension
  /// that the tensor does not have, ShapeError for one that is named twice; both begin with `where`.
  [[nodiscard]] unsigned mask(const char* where, std::size_t rank) const;

 private:
  std::array<Index, Shape::max_rank> axes_{};
  std::size_t count_ = 0;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/axes.ipp>
#endif

#pragma once

// Dimensions of a tensor, kept inline so that views and reshapes never allocate.

#include <wick/base/error.hpp>
#include <wick/base/types.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// a * b, or nothing when the product does not fit.
[[nodiscard]] constexpr std::optional<std::uint64_t> checked_mul(std::uint64_t a, std::uint64_t b) noexcept {
#if defined(__GNUC__)
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
#else
  if (b != 0 && a > (std::numeric_limits<std::uint64_t>::max)() / b) return std::nullopt;
  return a * b;
#endif
}

/// a + b, or nothing when the sum does not fit.
[[nodiscard]] constexpr std::optional<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b) noexcept {
  if (a > (std::numeric_limits<std::uint64_t>::max)() - b) return std::nullopt;
  return a + b;
}

/// Number of elements of `dims`, or nothing if it exceeds `limit` or a dimension is negative. A zero
/// dimension gives 0, but the product of the others must fit in Index: it may be how often a loop turns, or a
/// stride.
[[nodiscard]] constexpr std::optional<std::uint64_t> checked_numel(
    std::span<const Index> dims,
    std::uint64_t limit = static_cast<std::uint64_t>((std::numeric_limits<Index>::max)())) noexcept {
  bool empty = false;
  for (const Index d : dims) {
    if (d < 0) return std::nullopt;
    empty = empty || d == 0;
  }
  if (empty) limit = static_cast<std::uint64_t>((std::numeric_limits<Index>::max)());
  std::uint64_t count = 1;
  for (const Index d : dims) {
    if (d == 0) continue;
    const auto next = checked_mul(count, static_cast<std::uint64_t>(d));
    if (!next || *next > limit) return std::nullopt;
    count = *next;
  }
  return empty ? 0 : count;
}

/// Product of some of the dimensions of a shape, which fits.
[[nodiscard]] constexpr Index product_of(std::span<const Index> dims) noexcept {
  Index product = 1;
  for (const Index d : dims) product *= d;
  return product;
}

/// Up to eight dimensions, each >= 0, whose product fits in Index, without those that are 0 too.
///
/// The empty shape is a scalar (one element). Construction throws ShapeError on a
/// negative dimension, on more than eight, and when the product overflows.
class Shape {
 public:
  static constexpr std::size_t max_rank = 8;  ///< the most dimensions

  Shape() = default;
  /// `{2, 3}`
  Shape(std::initializer_list<Index> dims) : Shape(std::span<const Index>(dims.begin(), dims.size())) {}
  /// The same of a list that is known when the program runs only.
  explicit Shape(std::span<const Index> dims) {
    if (dims.size() > max_rank) refuse_rank(dims.size());
    std::copy_n(dims.data(), dims.size(), dims_.data());
    rank_ = dims.size();
    const auto count = checked_numel(dims);
    if (!count) refuse_dims();
    numel_ = static_cast<Index>(*count);
  }

  /// Number of dimensions.
  [[nodiscard]] std::size_t dim() const noexcept { return rank_; }
  /// Product of the dimensions; 1 for a scalar.
  [[nodiscard]] Index numel() const noexcept { return numel_; }
  /// The dimensions in order.
  [[nodiscard]] std::span<const Index> dims() const& noexcept { return {dims_.data(), rank_}; }
  void dims() const&& = delete;  // a span of what is gone

  /// Dimension `axis`; negative axes count from the end. Throws IndexError.
  [[nodiscard]] Index operator[](Index axis) const {
    const Index rank = static_cast<Index>(rank_);
    const Index at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) refuse(axis);
    return dims_[static_cast<std::size_t>(at)];
  }

  /// `[2, 3]`.
  [[nodiscard]] std::string str() const;
  /// `torch.Size([2, 3])`, as PyTorch writes it in its messages.
  [[nodiscard]] std::string torch_str() const;

  /// Whether all dimensions are equal.
  friend bool operator==(const Shape& a, const Shape& b) noexcept {
    return a.rank_ == b.rank_ && std::equal(a.dims_.begin(), a.dims_.begin() + a.rank_, b.dims_.begin());
  }

 private:
  [[noreturn]] void refuse(Index axis) const;
  [[noreturn]] static void refuse_rank(std::size_t rank);
  [[noreturn]] void refuse_dims() const;

  std::array<Index, max_rank> dims_{};
  std::size_t rank_ = 0;
  Index numel_ = 1;
};

namespace detail {

/// Of a tensor as a matrix: the last dimension; 1 for a scalar.
[[nodiscard]] inline Index matrix_cols(const Shape& shape) noexcept {
  return shape.dim() == 0 ? 1 : shape.dims().back();
}

/// Of a tensor as a matrix: all dimensions but the last one; 1 for a scalar.
[[nodiscard]] inline Index matrix_rows(const Shape& shape) noexcept {
  return shape.dim() == 0 ? 1 : product_of(shape.dims().first(shape.dim() - 1));
}

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tensor/shape.ipp>
#endif

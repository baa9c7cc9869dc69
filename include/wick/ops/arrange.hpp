#pragma once

// Dimensions and elements in another order, and repeated: copies, of tensors and, with autograd/index.hpp,
// autograd/join.hpp and autograd/shapes.hpp, of variables and symbols.

#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Without those dimensions of a list that are 1: all of none, unlike squeeze(x, {}), which is of all.
/// https://docs.pytorch.org/docs/stable/generated/torch.squeeze.html
template <Shaped Tx, class Dims>
requires std::convertible_to<const Dims&, std::span<const Index>>
[[nodiscard]] auto squeeze(Tx&& x, const Dims& dims) {
  const std::span<const Index> list(dims);
  if (list.empty()) return reshape(std::forward<Tx>(x), Shape(x.shape()));
  return squeeze(std::forward<Tx>(x), Axes(list));
}
/// expand() to sizes of which -1 is the size that x has there. Throws ShapeError where it has none.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.expand.html
template <Shaped Tx, class Sizes>
requires std::convertible_to<const Sizes&, std::span<const Index>>
[[nodiscard]] auto expand(const Tx& x, const Sizes& sizes) {
  const std::span<const Index> list(sizes);
  const Shape from = x.shape();
  std::vector<Index> meant(list.begin(), list.end());
  for (std::size_t i = 0; i < meant.size(); ++i) {
    if (meant[i] != -1) continue;
    if (i + from.dim() < meant.size()) {
      throw ShapeError(
          "expand: The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension " +
          std::to_string(i));
    }
    if (meant.size() >= from.dim()) meant[i] = from.dims()[i + from.dim() - meant.size()];
  }
  return expand(x, Shape(std::span<const Index>(meant)));
}
/// A matrix with rows and columns exchanged; fewer dimensions stay as they are. Throws ShapeError for more.
/// https://docs.pytorch.org/docs/stable/generated/torch.t.html
template <Shaped Tx>
[[nodiscard]] auto t(const Tx& x) {
  const std::size_t rank = Shape(x.shape()).dim();
  if (rank > 2)
    throw ShapeError("t() expects a tensor with <= 2 dimensions, but self is " + std::to_string(rank) + "D");
  return rank == 2 ? transpose(x, 0, 1) : detail::copy_of(x);
}

/// Dimensions at other places: source[i] becomes destination[i], the others keep their order. Throws
/// ShapeError for lists of different lengths or with a dimension twice.
/// https://docs.pytorch.org/docs/stable/generated/torch.movedim.html
template <Shaped Tx>
[[nodiscard]] auto movedim(const Tx& x, std::span<const Index> source, std::span<const Index> destination) {
  const std::size_t rank = x.shape().dim();
  if (source.size() != destination.size()) {
    throw ShapeError("movedim: Invalid source or destination dims: source (" + detail::list_text(source) +
                     " dims) should contain the same number of dims as destination (" +
                     detail::list_text(destination) + " dims)");
  }
  constexpr Index free = -1;
  std::array<Index, Shape::max_rank> order{};
  std::array<bool, Shape::max_rank> moves{};
  order.fill(free);
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::size_t from = detail::axis_of("movedim", source[i], rank);
    const std::size_t to = detail::axis_of("movedim", destination[i], rank);
    if (moves[from] || order[to] != free)
      throw ShapeError("movedim: repeated dim in " + detail::list_text(moves[from] ? source : destination));
    moves[from] = true;
    order[to] = static_cast<Index>(from);
  }
  std::size_t next = 0;
  for (std::size_t to = 0; to < rank; ++to) {
    if (order[to] != free) continue;
    while (moves[next]) ++next;
    order[to] = static_cast<Index>(next++);
  }
  return permute(x, std::span<const Index>(order.data(), rank));
}
template <Shaped Tx>
[[nodiscard]] auto movedim(const Tx& x, Index source, Index destination) {
  return movedim(x, std::span<const Index>(&source, 1), std::span<const Index>(&destination, 1));
}

/// Dimensions the other way round. Throws ShapeError for a dimension that is named twice.
/// https://docs.pytorch.org/docs/stable/generated/torch.flip.html
template <Shaped Tx>
[[nodiscard]] auto flip(const Tx& x, std::span<const Index> dims) {
  const Shape shape = x.shape();
  std::array<bool, Shape::max_rank> seen{};
  auto result = detail::copy_of(x);
  for (const Index dim : dims) {
    const std::size_t axis = detail::axis_of("flip", dim, shape.dim());
    if (std::exchange(seen[axis], true)) {
      throw ShapeError("flip: dim " + std::to_string(axis) + " appears multiple times in the list of dims");
    }
    if (shape.dim() == 0) continue;
    std::vector<std::int64_t> index(static_cast<std::size_t>(shape.dims()[axis]));
    std::iota(index.rbegin(), index.rend(), std::int64_t{0});
    result = detail::slices_of(result, dim, index);
  }
  return result;
}
template <Shaped Tx>
[[nodiscard]] auto flip(const Tx& x, std::initializer_list<Index> dims) {
  return flip(x, std::span<const Index>(dims.begin(), dims.size()));
}
/// Columns from right to left. Throws ShapeError for fewer than two dimensions.
template <Shaped Tx>
[[nodiscard]] auto fliplr(const Tx& x) {
  if (x.shape().dim() < 2) throw ShapeError("fliplr: Input must be >= 2-d, got " + x.shape().str());
  return flip(x, {1});
}
/// Rows from bottom to top. Throws ShapeError for no dimension.
template <Shaped Tx>
[[nodiscard]] auto flipud(const Tx& x) {
  if (x.shape().dim() < 1) throw ShapeError("flipud: Input must be >= 1-d, got []");
  return flip(x, {0});
}

/// Elements moved by `shift` along a dimension; those that leave at the end come back at the beginning.
/// Throws IndexError for a dimension that is not there.
/// https://docs.pytorch.org/docs/stable/generated/torch.roll.html
template <Shaped Tx>
[[nodiscard]] auto roll(const Tx& x, Index shift, Index dim) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw IndexError("roll: Dimension specified as 0 but tensor has no dimensions");
  const std::size_t axis = detail::axis_of("roll", dim, shape.dim());
  if (shape.numel() == 0) return detail::copy_of(x);
  const Index size = shape.dims()[axis];
  const Index first = ((-(shift % size)) % size + size) % size;
  std::vector<std::int64_t> index(static_cast<std::size_t>(size));
  for (Index i = 0; i < size; ++i) index[static_cast<std::size_t>(i)] = (i + first) % size;
  return detail::copy_of(detail::slices_of(x, dim, index));
}
/// Along several dimensions, by a shift each. Throws ShapeError for lists of different lengths.
template <Shaped Tx>
[[nodiscard]] auto roll(const Tx& x, std::span<const Index> shifts, std::span<const Index> dims) {
  if (shifts.size() != dims.size() || shifts.empty()) {
    throw ShapeError("roll: shifts and dimensions must align. shifts: " + std::to_string(shifts.size()) +
                     ", dims:" + std::to_string(dims.size()));
  }
  auto result = detail::copy_of(x);
  for (std::size_t i = 0; i < shifts.size(); ++i) result = roll(result, shifts[i], dims[i]);
  return result;
}
template <Shaped Tx>
[[nodiscard]] auto roll(const Tx& x, std::initializer_list<Index> shifts, std::initializer_list<Index> dims) {
  return roll(x, std::span<const Index>(shifts.begin(), shifts.size()),
              std::span<const Index>(dims.begin(), dims.size()));
}
/// Of all elements, as they lie one after the other.
template <Shaped Tx>
[[nodiscard]] auto roll(const Tx& x, Index shift) {
  return detail::copy_of(reshape(roll(flatten(x), shift, 0), x.shape()));
}

/// The elements again and again: each dimension as often as `times` says, which may have more dimensions in
/// front. Throws ShapeError for fewer, or negative numbers.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.repeat.html
template <Shaped Tx>
[[nodiscard]] auto repeat(const Tx& x, std::span<const Index> times) {
  const Shape shape = x.shape();
  if (times.size() < shape.dim()) {
    throw ShapeError(
        "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of "
        "tensor, got " +
        detail::list_text(times) + " for shape " + shape.str());
  }
  const Shape from = detail::with_ones_before(shape, times.size() - shape.dim());
  auto result = detail::copy_of(reshape(x, from));
  for (std::size_t d = 0; d < times.size(); ++d) {
    const Index n = times[d];
    if (n < 0) throw ShapeError("repeat: numbers must be >= 0, got " + detail::list_text(times));
    if (n == 1) continue;
    const Index size = from.dims()[d];
    std::array<Index, 2> both{n, size};
    if (!checked_numel(both)) throw ShapeError("repeat: too many elements, " + detail::list_text(times));
    std::vector<std::int64_t> index(static_cast<std::size_t>(n * size));
    for (std::size_t i = 0; i < index.size(); ++i)
      index[i] = static_cast<std::int64_t>(i) % (std::max)(size, Index{1});
    result = detail::slices_of(result, static_cast<Index>(d), index);
  }
  return result;
}
template <Shaped Tx>
[[nodiscard]] auto repeat(const Tx& x, std::initializer_list<Index> times) {
  return repeat(x, std::span<const Index>(times.begin(), times.size()));
}
/// repeat() that takes fewer numbers than dimensions: those in front are repeated once.
/// https://docs.pytorch.org/docs/stable/generated/torch.tile.html
template <Shaped Tx>
[[nodiscard]] auto tile(const Tx& x, std::span<const Index> times) {
  const std::size_t rank = x.shape().dim();
  std::vector<Index> all(times.size() < rank ? rank - times.size() : 0, 1);
  all.insert(all.end(), times.begin(), times.end());
  return repeat(x, std::span<const Index>(all));
}
template <Shaped Tx>
[[nodiscard]] auto tile(const Tx& x, std::initializer_list<Index> times) {
  return tile(x, std::span<const Index>(times.begin(), times.size()));
}

WICK_END_NAMESPACE

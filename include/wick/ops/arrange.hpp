#pragma once

// Elements in another order, repeated, and parts: copies, of tensors and, with autograd/index.hpp,
// autograd/join.hpp and autograd/shapes.hpp, of variables and symbols.

#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/reduce.hpp>
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
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A tensor, a view, a variable or a symbol.
template <class Tx>
concept Shaped = requires(const Tx& x) {
  { x.shape() } -> std::convertible_to<Shape>;
};

namespace detail {

/// The type of the numbers beside x: its elements', float for integers.
template <class Tx>
struct NumberBeside {
  using type = typename Tx::Scalar;
};
template <TensorOperand Tx>
struct NumberBeside<Tx> {
  using type = std::conditional_t<Floating<ElementOf<Tx>>, ElementOf<Tx>, float>;
};
template <Shaped Tx>
[[nodiscard]] auto number_for(const Tx& /*x*/, double number) {
  return static_cast<typename NumberBeside<Tx>::type>(number);
}

template <class Tx>
struct ElementBeside {
  using type = typename Tx::Scalar;
};
template <TensorOperand Tx>
struct ElementBeside<Tx> {
  using type = ElementOf<Tx>;
};

/// Two values one behind the other.
template <Shaped Tx>
[[nodiscard]] auto both_of(const Tx& x, const Tx& y, Index dim) {
  if constexpr (TensorOperand<Tx>) {
    return cat<ElementOf<Tx>>({x, y}, dim);
  } else {
    const std::array<Tx, 2> both{x, y};
    return cat(std::span<const Tx>(both), dim);
  }
}
/// A tensor beside x: itself, or as a value.
template <Shaped Tx, Element T>
[[nodiscard]] auto beside(const Tx& x, const Tensor<T>& tensor) {
  if constexpr (TensorOperand<Tx>) {
    return tensor;
  } else {
    return x.tape().constant(tensor);
  }
}

/// Slices of a dimension in the order of `index`.
template <Shaped Tx>
[[nodiscard]] auto slices_of(const Tx& x, Index dim, const std::vector<std::int64_t>& index) {
  return index_select(x, dim,
                      TensorView<const std::int64_t>(index.data(), Shape{static_cast<Index>(index.size())}));
}

/// A copy.
template <Shaped Tx>
[[nodiscard]] auto copy_of(const Tx& x) {
  if constexpr (TensorOperand<Tx>) {
    return Tensor<ElementOf<Tx>>(TensorView<const ElementOf<Tx>>(x.data(), x.shape()));
  } else {
    return x;
  }
}

/// [d0, d1, ...] as [sizes of `more` ones, d0, d1, ...].
[[nodiscard]] Shape with_ones_before(const Shape& shape, std::size_t more);

// The shapes in which hstack() and its like put tensors together.
[[nodiscard]] inline Shape at_least_1d(const Shape& s) { return s.dim() == 0 ? Shape{1} : s; }
[[nodiscard]] inline Shape at_least_2d(const Shape& s) {
  return s.dim() < 2 ? with_ones_before(s, 2 - s.dim()) : s;
}
[[nodiscard]] inline Shape at_least_3d(const Shape& s) {
  if (s.dim() > 2) return s;
  const Shape two = at_least_2d(s);
  return Shape{two[0], two[1], 1};
}
[[nodiscard]] inline Shape as_column(const Shape& s) { return s.dim() < 2 ? Shape{s.numel(), 1} : s; }

/// cat() of tensors, variables or symbols in other shapes.
template <class Tx>
[[nodiscard]] auto joined_as(const char* where, std::span<const Tx> list, Shape (*as)(const Shape&),
                             Index dim) {
  if (list.empty()) throw ShapeError(std::string(where) + " expects a non-empty TensorList");
  if constexpr (requires(const Tx& x) { x.tape(); }) {
    std::vector<Tx> shaped;
    shaped.reserve(list.size());
    for (const Tx& x : list) shaped.push_back(reshape(x, as(x.shape())));
    return cat(std::span<const Tx>(shaped), dim);
  } else {
    using T = std::remove_cvref_t<decltype(*list.front().data())>;
    std::vector<TensorArg<T>> shaped;
    shaped.reserve(list.size());
    for (const Tx& x : list) shaped.push_back(TensorView<const T>(x.data(), as(x.shape())));
    return cat(std::span<const TensorArg<T>>(shaped), dim);
  }
}

}  // namespace detail

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

/// The slice `index` of a dimension, without that dimension. A negative index counts from the end. Throws
/// IndexError for one that is not there. https://docs.pytorch.org/docs/stable/generated/torch.select.html
template <Shaped Tx>
[[nodiscard]] auto select(const Tx& x, Index dim, Index index) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw IndexError("select() cannot be applied to a 0-dim tensor.");
  const std::size_t axis = detail::axis_of("select", dim, shape.dim());
  const Index size = shape.dims()[axis];
  if (index < -size || index >= size) {
    throw IndexError("select(): index " + std::to_string(index) + " out of range for tensor of size " +
                     shape.str() + " at dimension " + std::to_string(axis));
  }
  return squeeze(narrow(x, dim, index < 0 ? index + size : index, 1), Axes{dim});
}

/// All slices of a dimension. https://docs.pytorch.org/docs/stable/generated/torch.unbind.html
template <Shaped Tx>
[[nodiscard]] auto unbind(const Tx& x, Index dim = 0) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw IndexError("unbind(): Dimension specified as 0 but tensor has no dimensions");
  std::vector<decltype(select(x, dim, 0))> slices;
  const Index size = shape.dims()[detail::axis_of("unbind", dim, shape.dim())];
  slices.reserve(static_cast<std::size_t>(size));
  for (Index i = 0; i < size; ++i) slices.push_back(select(x, dim, i));
  return slices;
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

/// Joined beside one another: along dimension 1, of vectors along the only one.
/// https://docs.pytorch.org/docs/stable/generated/torch.hstack.html
template <class Tx>
[[nodiscard]] auto hstack(std::span<const Tx> list) {
  const bool vectors = !list.empty() && list.front().shape().dim() < 2;
  return detail::joined_as("hstack", list, detail::at_least_1d, vectors ? 0 : 1);
}
template <class Tx>
[[nodiscard]] auto hstack(std::initializer_list<Tx> list) {
  return hstack(std::span<const Tx>(list.begin(), list.size()));
}
/// Joined below one another, vectors as rows.
/// https://docs.pytorch.org/docs/stable/generated/torch.vstack.html
template <class Tx>
[[nodiscard]] auto vstack(std::span<const Tx> list) {
  return detail::joined_as("vstack", list, detail::at_least_2d, 0);
}
template <class Tx>
[[nodiscard]] auto vstack(std::initializer_list<Tx> list) {
  return vstack(std::span<const Tx>(list.begin(), list.size()));
}
/// Joined along dimension 2. https://docs.pytorch.org/docs/stable/generated/torch.dstack.html
template <class Tx>
[[nodiscard]] auto dstack(std::span<const Tx> list) {
  return detail::joined_as("dstack", list, detail::at_least_3d, 2);
}
template <class Tx>
[[nodiscard]] auto dstack(std::initializer_list<Tx> list) {
  return dstack(std::span<const Tx>(list.begin(), list.size()));
}
/// Joined beside one another, vectors as columns.
/// https://docs.pytorch.org/docs/stable/generated/torch.column_stack.html
template <class Tx>
[[nodiscard]] auto column_stack(std::span<const Tx> list) {
  return detail::joined_as("column_stack", list, detail::as_column, 1);
}
template <class Tx>
[[nodiscard]] auto column_stack(std::initializer_list<Tx> list) {
  return column_stack(std::span<const Tx>(list.begin(), list.size()));
}

/// A scalar as a vector, vectors as rows of a matrix.
template <Shaped Tx>
[[nodiscard]] auto atleast_1d(const Tx& x) {
  return detail::copy_of(reshape(x, detail::at_least_1d(x.shape())));
}
template <Shaped Tx>
[[nodiscard]] auto atleast_2d(const Tx& x) {
  return detail::copy_of(reshape(x, detail::at_least_2d(x.shape())));
}

/// The elements (i, i + offset) of two dimensions, which become the last one. Throws ShapeError when both are
/// the same. https://docs.pytorch.org/docs/stable/generated/torch.diagonal.html
template <Shaped Tx>
[[nodiscard]] auto diagonal(const Tx& x, Index offset = 0, Index dim1 = 0, Index dim2 = 1) {
  const Shape shape = x.shape();
  const std::size_t rank = shape.dim();
  const std::size_t first = detail::axis_of("diagonal", dim1, rank);
  const std::size_t second = detail::axis_of("diagonal", dim2, rank);
  if (rank < 2 || first == second) {
    throw ShapeError("diagonal: dimensions cannot be identical " + std::to_string(dim1) + ", " +
                     std::to_string(dim2) + ", for a tensor of shape " + shape.str());
  }
  const Index rows = shape.dims()[first];
  const Index cols = shape.dims()[second];
  const Index down = offset < 0 ? (std::min)(-(offset + 1), rows) + 1 : 0;
  const Index right = (std::min)((std::max)(offset, Index{0}), cols);
  const Index count = (std::max)((std::min)(rows - down, cols - right), Index{0});
  std::vector<std::int64_t> index(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) index[static_cast<std::size_t>(i)] = (down + i) * cols + right + i;
  const std::array from{static_cast<Index>(first), static_cast<Index>(second)};
  constexpr std::array<Index, 2> to{-2, -1};
  const auto last = flatten(movedim(x, std::span<const Index>(from), std::span<const Index>(to)), -2, -1);
  return detail::slices_of(last, -1, index);
}
/// The sum of the diagonal of a matrix. Throws ShapeError for others.
template <Shaped Tx>
[[nodiscard]] auto trace(const Tx& x) {
  if (x.shape().dim() != 2) throw ShapeError("trace: expected a matrix, but got " + Shape(x.shape()).str());
  return sum(diagonal(x));
}

namespace detail {

/// Indices that may count from the end of a dimension of so many, as gather() takes them.
[[nodiscard]] inline Tensor<std::int64_t> from_the_start(TensorArg<std::int64_t> indices, Index size) {
  Tensor<std::int64_t> counted(indices);
  const std::int64_t count = size;
  for (std::int64_t& i : counted.span()) {
    if (i < 0 && i >= -count) i += count;
  }
  return counted;
}

}  // namespace detail

/// gather() with indices that broadcast to x along the other dimensions, and x to them; they may count from
/// the end.
/// https://docs.pytorch.org/docs/stable/generated/torch.take_along_dim.html
template <Shaped Tx>
[[nodiscard]] auto take_along_dim(const Tx& x, TensorArg<std::int64_t> indices, Index dim) {
  const Shape shape = x.shape();
  const Shape& of = indices.shape();
  if (of.dim() != shape.dim() || shape.dim() == 0) {
    throw ShapeError(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, but got " +
        std::to_string(shape.dim()) + " dimensions for input, and " + std::to_string(of.dim()) +
        " dimensions for indices");
  }
  const std::size_t axis = detail::axis_of("take_along_dim", dim, shape.dim());
  const Shape others =
      broadcast_shapes("take_along_dim", detail::resized(shape, axis, 1), detail::resized(of, axis, 1));
  const auto whole = expand(detail::from_the_start(indices, shape.dims()[axis]),
                            detail::resized(others, axis, of.dims()[axis]));
  return gather(expand(x, detail::resized(others, axis, shape.dims()[axis])), dim, whole);
}
/// Of all elements, as they lie one after the other: of the indices, too.
template <Shaped Tx>
[[nodiscard]] auto take_along_dim(const Tx& x, TensorArg<std::int64_t> indices) {
  const Tensor<std::int64_t> counted = detail::from_the_start(indices, Shape(x.shape()).numel());
  return gather(flatten(x), 0, TensorView<const std::int64_t>(counted.data(), Shape{counted.numel()}));
}

/// Parts of a dimension that begin at these indices, the first one before them.
/// https://docs.pytorch.org/docs/stable/generated/torch.tensor_split.html
template <Shaped Tx>
[[nodiscard]] auto tensor_split(const Tx& x, std::span<const Index> indices, Index dim = 0) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) {
    throw ShapeError("tensor_split: expected a tensor of at least one dimension, but got []");
  }
  const Index size = shape.dims()[detail::axis_of("tensor_split", dim, shape.dim())];
  std::vector<decltype(narrow(x, dim, 0, 0))> parts;
  Index begin = 0;
  for (std::size_t i = 0; i <= indices.size(); ++i) {
    Index end = i < indices.size() ? indices[i] : size;
    if (end < 0) end += size;
    end = (std::min)((std::max)(end, Index{0}), size);
    parts.push_back(narrow(x, dim, (std::min)(begin, size), (std::max)(end - begin, Index{0})));
    begin = end;
  }
  return parts;
}
/// As many parts, the first ones by one larger where that is needed. Throws ShapeError for less than one.
template <Shaped Tx>
[[nodiscard]] auto tensor_split(const Tx& x, Index sections, Index dim = 0) {
  const Shape shape = x.shape();
  if (shape.dim() == 0 || sections < 1) {
    throw ShapeError("tensor_split: number of sections must be larger than 0, got " +
                     std::to_string(sections) + " for shape " + shape.str());
  }
  const Index size = shape.dims()[detail::axis_of("tensor_split", dim, shape.dim())];
  std::vector<decltype(narrow(x, dim, 0, 0))> parts;
  Index begin = 0;
  for (Index i = 0; i < sections; ++i) {
    const Index length = size / sections + (i < size % sections ? 1 : 0);
    parts.push_back(narrow(x, dim, begin, length));
    begin += length;
  }
  return parts;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/arrange.ipp>
#endif

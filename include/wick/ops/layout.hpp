#pragma once

// Elements turned, repeated one by one, put on diagonals and into grids, and differences of neighbours: of
// tensors and, with the headers of autograd/, of variables and symbols.

#include <wick/base/error.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/arrange.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/combine.hpp>
#include <wick/ops/compare.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/parts.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Turned k times by a right angle, from the first dimension towards the second. Throws ShapeError for fewer
/// than two dimensions or twice the same. https://docs.pytorch.org/docs/stable/generated/torch.rot90.html
template <Shaped Tx>
[[nodiscard]] auto rot90(const Tx& x, Index k = 1, std::array<Index, 2> dims = {0, 1}) {
  const std::size_t rank = x.shape().dim();
  if (rank < 2) {
    throw ShapeError("rot90: expected total dims >= 2, but got total dims = " + std::to_string(rank));
  }
  const auto first = static_cast<Index>(detail::axis_of("rot90", dims[0], rank));
  const auto second = static_cast<Index>(detail::axis_of("rot90", dims[1], rank));
  if (first == second) {
    throw ShapeError("rot90: expected rotation dims to be different, but got dim0 = " +
                     std::to_string(dims[0]) + " and dim1 = " + std::to_string(dims[1]));
  }
  const Index turns = (k % 4 + 4) % 4;
  if (turns == 0) return detail::copy_of(x);
  if (turns == 2) return flip(x, {first, second});
  return detail::copy_of(transpose(flip(x, {turns == 1 ? second : first}), first, second));
}

/// A dimension as several of these sizes, one of which may be -1: what is left. Throws ShapeError where that
/// is not a whole number. https://docs.pytorch.org/docs/stable/generated/torch.unflatten.html
template <Shaped Tx>
[[nodiscard]] auto unflatten(const Tx& x, Index dim, std::span<const Index> sizes) {
  const Shape shape = x.shape();
  if (sizes.empty()) throw ShapeError("unflatten: sizes must be non-empty");
  const std::size_t axis = detail::axis_of("unflatten", dim, shape.dim());
  const Index size = shape.dim() == 0 ? 1 : shape.dims()[axis];
  const std::size_t rank = (shape.dim() == 0 ? 1 : shape.dim()) + sizes.size() - 1;
  std::size_t open = 0;  // the place of -1, or their number
  while (open < sizes.size() && sizes[open] != -1) ++open;
  std::vector<Index> known(sizes.begin(), sizes.end());
  if (open < sizes.size()) known[open] = 1;
  const auto count = rank <= Shape::max_rank ? checked_numel(known) : std::nullopt;
  const Index product = count ? static_cast<Index>(*count) : -1;
  const bool fits = open == sizes.size() ? product == size : product > 0 && size % product == 0;
  if (!fits) {
    throw ShapeError("unflatten: Provided sizes " + detail::list_text(sizes) +
                     " don't multiply up to the size of dim " + std::to_string(axis) + " (" +
                     std::to_string(size) + ") in the input tensor of shape " + shape.str());
  }
  std::vector<Index> dims(shape.dims().begin(), shape.dims().end());
  if (!dims.empty()) dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), sizes.begin(), sizes.end());
  if (open < sizes.size()) dims[axis + open] = size / product;
  return detail::copy_of(reshape(x, Shape(std::span<const Index>(dims))));
}
template <Shaped Tx>
[[nodiscard]] auto unflatten(const Tx& x, Index dim, std::initializer_list<Index> sizes) {
  return unflatten(x, dim, std::span<const Index>(sizes.begin(), sizes.size()));
}

/// Each slice of a dimension as often as `repeats` says for it, a vector of their number or of one element.
/// Throws ShapeError for others and for negative numbers.
/// https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html
template <Shaped Tx>
[[nodiscard]] auto repeat_interleave(const Tx& x, TensorArg<std::int64_t> repeats, Index dim) {
  const Shape shape = detail::at_least_vector(x.shape());
  const Index size = shape.dims()[detail::axis_of("repeat_interleave", dim, shape.dim())];
  if (repeats.dim() > 1) {
    throw ShapeError("repeat_interleave only accept 0D or 1D vector as repeat, got " + repeats.shape().str());
  }
  if (repeats.numel() != 1 && repeats.numel() != size) {
    throw ShapeError(
        "repeat_interleave: repeats must have the same size as input along dim, but got repeats.size(0) = " +
        std::to_string(repeats.numel()) + " and input.size(" + std::to_string(dim) +
        ") = " + std::to_string(size));
  }
  std::vector<std::int64_t> index;
  const auto all = static_cast<std::uint64_t>((std::max)(shape.numel(), Index{1}));
  for (Index i = 0; i < size; ++i) {
    const std::int64_t count = repeats.data()[repeats.numel() == 1 ? 0 : i];
    if (count < 0) {
      throw ShapeError("repeat_interleave: repeats can not be negative, got " + std::to_string(count));
    }
    if (!checked_mul(all, static_cast<std::uint64_t>(count) + index.size())) {
      throw ShapeError("repeat_interleave: too many elements, " + std::to_string(count) + " times one of " +
                       shape.str());
    }
    index.insert(index.end(), static_cast<std::size_t>(count), i);
  }
  return detail::slices_of(reshape(x, shape), dim, index);
}
template <Shaped Tx>
[[nodiscard]] auto repeat_interleave(const Tx& x, Index repeats, Index dim) {
  const std::int64_t count = repeats;
  return repeat_interleave(x, TensorView<const std::int64_t>(&count, Shape{}), dim);
}
/// Of all elements, as they lie one after the other.
template <Shaped Tx>
[[nodiscard]] auto repeat_interleave(const Tx& x, TensorArg<std::int64_t> repeats) {
  return repeat_interleave(flatten(x), repeats, 0);
}
template <Shaped Tx>
[[nodiscard]] auto repeat_interleave(const Tx& x, Index repeats) {
  return repeat_interleave(flatten(x), repeats, 0);
}

/// All in the shape that they broadcast to. Throws ShapeError when they do not.
/// https://docs.pytorch.org/docs/stable/generated/torch.broadcast_tensors.html
template <Shaped Tx>
[[nodiscard]] auto broadcast_tensors(std::span<const Tx> list) {
  Shape shape;
  for (const Tx& x : list) shape = broadcast_shapes("broadcast_tensors", shape, x.shape());
  std::vector<decltype(expand(list.front(), shape))> result;
  result.reserve(list.size());
  for (const Tx& x : list) result.push_back(expand(x, shape));
  return result;
}
template <Shaped Tx>
[[nodiscard]] auto broadcast_tensors(std::initializer_list<Tx> list) {
  return broadcast_tensors(std::span<const Tx>(list.begin(), list.size()));
}

/// A matrix of zeros with the vector x on the diagonal that is `offset` above the main one; of a matrix, that
/// diagonal. Throws ShapeError for others. https://docs.pytorch.org/docs/stable/generated/torch.diag.html
template <Shaped Tx>
[[nodiscard]] auto diag(const Tx& x, Index offset = 0) {
  const Shape shape = x.shape();
  if (shape.dim() == 2) return detail::copy_of(diagonal(x, offset));
  if (shape.dim() != 1) {
    throw ShapeError("diag(): Supports 1D or 2D tensors. Got " + std::to_string(shape.dim()) +
                     "D, of shape " + shape.str());
  }
  const Index n = shape[0];
  constexpr Index most = Index{1} << 30;
  const bool fits = offset >= -most && offset <= most && n <= most;
  const Index side = fits ? n + (offset < 0 ? -offset : offset) : 0;
  const std::array square{side, side};
  if (!fits || !checked_numel(square))
    throw ShapeError("diag(): too many elements for a diagonal of " + std::to_string(offset));
  using T = typename detail::ElementBeside<Tx>::type;
  const auto with_zero = detail::both_of(detail::copy_of(x), detail::beside(x, Tensor<T>::zeros({1})), 0);
  std::vector<std::int64_t> index(static_cast<std::size_t>(side * side), n);  // the zero behind x
  for (Index i = 0; i < n; ++i) {
    const Index row = offset < 0 ? i - offset : i;
    const Index col = offset < 0 ? i : i + offset;
    index[static_cast<std::size_t>(row * side + col)] = i;
  }
  return detail::copy_of(reshape(detail::slices_of(with_zero, 0, index), Shape{side, side}));
}

/// The differences of neighbours along a dimension, n times; of truth values whether they differ. Throws
/// ShapeError for a tensor without dimensions, OptionError for n < 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.diff.html
template <Shaped Tx>
[[nodiscard]] auto diff(const Tx& x, Index n = 1, Index dim = -1) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw ShapeError("diff expects input to be at least one-dimensional");
  const std::size_t axis = detail::axis_of("diff", dim, shape.dim());
  if (n < 0) throw OptionError("diff: order must be non-negative but got " + std::to_string(n));
  auto result = detail::copy_of(x);
  const Index size = shape.dims()[axis];
  for (Index i = 0; i < (std::min)(n, size); ++i) {
    const auto behind = narrow(result, dim, 1, size - 1 - i);
    const auto before = narrow(result, dim, 0, size - 1 - i);
    if constexpr (TensorOperand<Tx>) {
      if constexpr (std::is_same_v<ElementOf<Tx>, bool>) {
        result = ne(behind, before);
      } else {
        result = behind - before;
      }
    } else {
      result = behind - before;
    }
  }
  return result;
}

namespace detail {

template <Shaped Ty, class Step>
[[nodiscard]] auto trapezoid_of(const Ty& y, Index dim, const Step& weighted) {
  const Shape shape = y.shape();
  if (shape.dim() == 0) throw ShapeError("trapezoid: expected at least one dimension, got []");
  const Index size = shape.dims()[axis_of("trapezoid", dim, shape.dim())];
  const Index steps = size == 0 ? 0 : size - 1;
  return scaled(sum(weighted(narrow(y, dim, 0, steps) + narrow(y, dim, size - steps, steps)), dim), 0.5);
}

}  // namespace detail

/// The integral along a dimension of what is linear between values at places `dx` apart. Throws ShapeError
/// for a tensor without dimensions. https://docs.pytorch.org/docs/stable/generated/torch.trapezoid.html
template <Shaped Ty>
[[nodiscard]] auto trapezoid(const Ty& y, double dx = 1, Index dim = -1) {
  return detail::trapezoid_of(y, dim, [&](const auto& sums) { return detail::scaled(sums, dx); });
}
/// Between values at the places x, a vector or of a shape that broadcasts to that of y. Throws ShapeError
/// where that has another size along the dimension.
template <Shaped Ty, Shaped Tx>
[[nodiscard]] auto trapezoid(const Ty& y, const Tx& x, Index dim = -1) {
  const Shape shape = y.shape();
  const Shape places = x.shape();
  if (shape.dim() == 0) throw ShapeError("trapezoid: expected at least one dimension, got []");
  const std::size_t axis = detail::axis_of("trapezoid", dim, shape.dim());
  if (places.dim() == 0) throw ShapeError("trapezoid: expected x to have at least one dimension, got []");
  const std::size_t behind = shape.dim() - axis;
  if (places.dim() == 1
          ? places[0] != shape.dims()[axis]
          : places.dim() < behind || places.dims()[places.dim() - behind] != shape.dims()[axis]) {
    throw ShapeError("trapezoid: There must be one `x` value for each sample point, got x of shape " +
                     places.str() + " for " + shape.str() + " along dimension " + std::to_string(axis));
  }
  const auto steps = diff(x, 1, places.dim() == 1 ? 0 : -static_cast<Index>(behind));
  if (places.dim() == 1) {
    std::vector<Index> dims(behind, 1);
    dims.front() = Shape(steps.shape())[0];
    return detail::trapezoid_of(
        y, dim, [&](const auto& sums) { return sums * reshape(steps, Shape(std::span<const Index>(dims))); });
  }
  return detail::trapezoid_of(y, dim, [&](const auto& sums) { return sums * steps; });
}

/// The grid of all products x_i y_k: y, times each element of x, in its place. Throws ShapeError for more
/// dimensions than half of what a tensor can have.
/// https://docs.pytorch.org/docs/stable/generated/torch.kron.html
template <Shaped Tx>
[[nodiscard]] auto kron(const Tx& x, const Tx& y) {
  const Shape a = x.shape();
  const Shape b = y.shape();
  const std::size_t rank = (std::max)(a.dim(), b.dim());
  if (2 * rank > Shape::max_rank) {
    throw ShapeError("kron: expected at most " + std::to_string(Shape::max_rank / 2) +
                     " dimensions, got shapes " + a.str() + " and " + b.str());
  }
  std::array<Index, Shape::max_rank> left{};
  std::array<Index, Shape::max_rank> right{};
  std::array<Index, Shape::max_rank> result{};
  for (std::size_t d = 0; d < rank; ++d) {
    const Index m = detail::size_from_end(a, rank - 1 - d);
    const Index n = detail::size_from_end(b, rank - 1 - d);
    left[2 * d] = m;
    left[2 * d + 1] = right[2 * d] = 1;
    right[2 * d + 1] = n;
    const std::array both{m, n};
    const auto size = checked_numel(both);
    if (!size) throw ShapeError("kron: too many elements, of shapes " + a.str() + " and " + b.str());
    result[d] = static_cast<Index>(*size);
  }
  const auto shape = [](const auto& dims, std::size_t n) {
    return Shape(std::span<const Index>(dims.data(), n));
  };
  return detail::copy_of(
      reshape(reshape(x, shape(left, 2 * rank)) * reshape(y, shape(right, 2 * rank)), shape(result, rank)));
}

WICK_END_NAMESPACE

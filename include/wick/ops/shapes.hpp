#pragma once

// The same elements under other shapes: views where they lie in order, copies where they do not.

#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/detail/overlap.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

std::string list_text(std::span<const Index> values);

/// The shape that `sizes` means for `numel` elements; one of them may be -1.
[[nodiscard]] Shape inferred_shape(const Shape& from, std::span<const Index> sizes);

/// The shape that `sizes` means for expand(); -1 keeps the size that is there.
[[nodiscard]] Shape expanded_shape(const Shape& from, std::initializer_list<Index> sizes);

[[nodiscard]] Shape flattened_shape(const Shape& shape, Index start, Index end);

/// Without the dimensions of the mask that are 1.
[[nodiscard]] Shape squeezed_shape(const Shape& shape, unsigned mask);

[[nodiscard]] Shape unsqueezed_shape(const Shape& shape, Index axis);

/// A view of a view or of a tensor that stays, a tensor that takes the memory of one that does not.
template <class Tx>
[[nodiscard]] auto with_shape(Tx&& x, const Shape& shape) {
  using T = ElementOf<Tx>;
  if constexpr (std::is_same_v<Tx, Tensor<T>>) {
    return std::forward<Tx>(x).reshape(shape);
  } else if constexpr (std::is_same_v<std::remove_cvref_t<Tx>, Tensor<T>>) {
    static_assert(std::is_lvalue_reference_v<Tx>, "a view of a temporary that is const would outlive it");
    return x.view().reshape(shape);
  } else {
    return x.reshape(shape);
  }
}

}  // namespace detail

// These return views of the same memory, and of a temporary tensor the tensor itself, whose memory moves
// along: `flatten(images)` is a TensorView, `flatten(a + b)` a Tensor.

/// Another shape; one size may be -1 and follows from the others. Throws ShapeError: "shape '[4, 2]' is
/// invalid for input of size 6".
template <TensorOperand Tx>
[[nodiscard]] auto reshape(Tx&& x, std::initializer_list<Index> sizes) {
  return detail::with_shape(
      std::forward<Tx>(x),
      detail::inferred_shape(x.shape(), std::span<const Index>(sizes.begin(), sizes.size())));
}
template <TensorOperand Tx>
[[nodiscard]] auto reshape(Tx&& x, const Shape& shape) {
  return detail::with_shape(std::forward<Tx>(x), detail::inferred_shape(x.shape(), shape.dims()));
}
/// Dimensions `start` to `end` made one. Throws IndexError for dimensions that are not there, ShapeError for
/// end before start.
template <TensorOperand Tx>
[[nodiscard]] auto flatten(Tx&& x, Index start = 0, Index end = -1) {
  return detail::with_shape(std::forward<Tx>(x), detail::flattened_shape(x.shape(), start, end));
}
/// Without the dimensions of size 1: all of them, or those that are named and have this size.
template <TensorOperand Tx>
[[nodiscard]] auto squeeze(Tx&& x, const Axes& dim = Axes::all()) {
  const unsigned mask = dim.mask("squeeze", x.dim());
  return detail::with_shape(std::forward<Tx>(x), detail::squeezed_shape(x.shape(), mask));
}
/// A dimension of size 1 more, which is dimension `dim` afterwards.
template <TensorOperand Tx>
[[nodiscard]] auto unsqueeze(Tx&& x, Index dim) {
  return detail::with_shape(std::forward<Tx>(x), detail::unsqueezed_shape(x.shape(), dim));
}

namespace detail {

/// Sizes in another order, and how far the elements of x are apart along each.
struct Permuted {
  Shape shape;
  std::array<Index, Shape::max_rank> strides{};

  Permuted(const Shape& x, std::span<const Index> order);
};

/// The order of dimensions with two exchanged.
[[nodiscard]] inline std::array<Index, Shape::max_rank> transposed_order(std::size_t rank, Index dim0,
                                                                         Index dim1) {
  const std::size_t a = axis_of("transpose", dim0, rank);
  const std::size_t b = axis_of("transpose", dim1, rank);
  std::array<Index, Shape::max_rank> order{};
  for (std::size_t d = 0; d < rank; ++d) order[d] = static_cast<Index>(d);
  if (rank > 0) std::swap(order[a], order[b]);
  return order;
}

}  // namespace detail

/// Dimensions in another order, `permute(x, {2, 0, 1})`: y's dimension i is x's dimension order[i]. A copy,
/// as all tensors here are row-major. Throws ShapeError unless `order` names each dimension once.
template <TensorOperand Tx>
void permute_out(TensorView<ElementOf<Tx>> out, const Tx& x, std::span<const Index> order) {
  const detail::Permuted permuted(x.shape(), order);
  const auto& strides = permuted.strides;
  if (!(permuted.shape == out.shape())) {
    throw ShapeError("permute: output with shape " + out.shape().str() + " doesn't match the shape " +
                     permuted.shape.str() + " of the result");
  }
  if (out.numel() == 0) return;
  detail::check_apart("permute", out, detail::view_of_operand(x));
  const std::size_t rank = x.dim();
  const std::span<const Index> sizes = permuted.shape.dims();
  if (rank == 0) {
    out.data()[0] = x.data()[0];
    return;
  }
  auto* to = out.data();
  const Index last = sizes[rank - 1];
  const Index step = strides[rank - 1];
  std::array<Index, Shape::max_rank> at{};
  const auto* from = x.data();
  for (;;) {
    for (Index i = 0; i < last; ++i) to[i] = from[i * step];
    to += last;
    std::size_t d = rank - 1;
    for (; d-- > 0;) {
      from += strides[d];
      if (++at[d] < sizes[d]) break;
      from -= strides[d] * sizes[d];
      at[d] = 0;
    }
    if (d == static_cast<std::size_t>(-1)) return;
  }
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> permute(const Tx& x, std::span<const Index> order) {
  Tensor<ElementOf<Tx>> out(detail::Permuted(x.shape(), order).shape);
  permute_out(out, x, order);
  return out;
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> permute(const Tx& x, std::initializer_list<Index> order) {
  return permute(x, std::span<const Index>(order.begin(), order.size()));
}
/// Two dimensions exchanged: a copy.
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> transpose(const Tx& x, Index dim0, Index dim1) {
  const auto order = detail::transposed_order(x.dim(), dim0, dim1);
  return permute(x, std::span<const Index>(order.data(), x.dim()));
}

/// The elements repeated along dimensions of size 1 until they have this shape: a copy. Throws ShapeError.
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> expand(const Tx& x, const Shape& shape) {
  if (!(broadcast_shapes("expand", x.shape(), shape) == shape)) {
    throw ShapeError("expand: shape " + x.shape().str() + " cannot be expanded to " + shape.str());
  }
  Tensor<ElementOf<Tx>> out(shape);
  const detail::BroadcastLoops<1> loops(shape, {&x.shape()});
  auto* to = out.data();
  loops.for_each_run([&](const auto& offsets) {
    const auto* const from = x.data() + offsets[0];
    for (Index i = 0; i < loops.run(); ++i) *to++ = from[i * loops.step(0)];
  });
  return out;
}
/// The same, where -1 keeps a size: `expand(x, {8, -1})`.
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> expand(const Tx& x, std::initializer_list<Index> sizes) {
  return expand(x, detail::expanded_shape(x.shape(), sizes));
}

namespace detail {

/// Indices [start, start + length) of a dimension, a negative start counted from the end.
struct Narrowed {
  Narrowed(const Shape& x, Index dim, Index from, Index count);

  /// The elements of them.
  template <Element T>
  void copy(const T* from, T* to) const {
    for (Index o = 0; o < along.outer; ++o)
      to = std::copy_n(from + (o * along.size + start) * along.inner, length * along.inner, to);
  }

  Along along;
  Index start;
  Index length;
  std::size_t axis = 0;
  Shape shape;

 private:
  [[nodiscard]] static const Shape& with_dimensions(const Shape& x) {
    if (x.dim() == 0) throw ShapeError("narrow() cannot be applied to a 0-dim tensor.");
    return x;
  }
};

}  // namespace detail

/// Indices [start, start + length) of a dimension. Of the first dimension they lie together: see
/// TensorView::rows() for a view. Here a copy. Throws IndexError past the dimension's end.
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> narrow(const Tx& x, Index dim, Index start, Index length) {
  const detail::Narrowed part(x.shape(), dim, start, length);
  Tensor<ElementOf<Tx>> out(part.shape);
  part.copy(x.data(), out.data());
  return out;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/shapes.ipp>
#endif

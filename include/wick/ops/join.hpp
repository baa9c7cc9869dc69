#pragma once

// Tensors put together along a dimension, and taken apart.

#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/detail/overlap.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What cat() makes of `count` shapes, those of shape [0] left out.
template <class ShapeOf>
[[nodiscard]] Shape joined_shape(std::size_t count, const ShapeOf& shape_of, Index dim) {
  if (count == 0) throw ShapeError("cat(): expected a non-empty list of Tensors");
  const Shape* first = nullptr;
  Index total = 0;
  std::size_t axis = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Shape& shape = shape_of(i);
    if (shape.dim() == 0)
      throw ShapeError("cat: zero-dimensional tensor (at position " + std::to_string(i) +
                       ") cannot be concatenated");
    if (shape == Shape{0}) continue;
    if (first == nullptr) {
      first = &shape;
      axis = axis_of("cat", dim, shape.dim());
    }
    if (shape.dim() != first->dim()) {
      throw ShapeError("cat: Tensors must have same number of dimensions: got " +
                       std::to_string(first->dim()) + " and " + std::to_string(shape.dim()) + " (shapes " +
                       first->str() + " and " + shape.str() + ")");
    }
    for (std::size_t d = 0; d < shape.dim(); ++d) {
      if (d == axis || shape.dims()[d] == first->dims()[d]) continue;
      throw ShapeError("cat: Sizes of tensors must match except in dimension " + std::to_string(axis) +
                       ". Expected size " + std::to_string(first->dims()[d]) + " but got size " +
                       std::to_string(shape.dims()[d]) + " for tensor number " + std::to_string(i) +
                       " in the list (shapes " + first->str() + " and " + shape.str() + ").");
    }
    total += shape.dims()[axis];
  }
  if (first == nullptr) return Shape{0};
  return resized(*first, axis, total);
}
template <Element T>
[[nodiscard]] Shape joined_shape(std::span<const TensorArg<T>> tensors, Index dim) {
  return joined_shape(
      tensors.size(), [&](std::size_t i) -> const Shape& { return tensors[i].shape(); }, dim);
}

/// The elements of cat(), whose result has this shape.
template <Element T>
void copy_joined(std::span<const TensorArg<T>> tensors, Index dim, const Shape& shape, T* to) {
  if (shape.numel() == 0) return;
  const Along along("cat", dim, shape);
  for (Index o = 0; o < along.outer; ++o) {
    for (const TensorArg<T>& t : tensors) {
      const Index n = t.numel() / along.outer;
      to = std::copy_n(t.data() + o * n, n, to);
    }
  }
}

/// Throws ShapeError unless the shapes that stack() puts together are equal.
template <class ShapeOf>
void check_stacked(std::size_t count, const ShapeOf& shape_of) {
  if (count == 0) throw ShapeError("stack expects a non-empty TensorList");
  const Shape first = shape_of(0);
  for (std::size_t i = 1; i < count; ++i) {
    const Shape shape = shape_of(i);
    if (shape == first) continue;
    throw ShapeError("stack expects each tensor to be equal size, but got " + first.str() +
                     " at entry 0 and " + shape.str() + " at entry " + std::to_string(i));
  }
}

/// What a vector, an array or a span has.
template <class List>
using ItemOf = std::remove_cvref_t<decltype(*std::data(std::declval<const List&>()))>;
template <class List>
concept ListOfItems = requires(const List& list) {
  std::data(list);
  std::size(list);
};
template <class List>
concept TensorList = ListOfItems<List> && TensorOperand<ItemOf<List>>;
template <ListOfItems List>
[[nodiscard]] auto span_of(const List& list) {
  return std::span<const ItemOf<List>>(std::data(list), std::size(list));
}

/// The tensors of a list as arguments.
template <class List>
[[nodiscard]] auto arguments_of_list(const List& list) {
  std::vector<TensorArg<ElementOf<ItemOf<List>>>> result;
  result.reserve(std::size(list));
  for (const auto& tensor : list) result.emplace_back(tensor);
  return result;
}

}  // namespace detail

/// The tensors one behind the other along a dimension: `cat<float>({a, b}, 1)`. Tensors of shape [0] are left
/// out, as in PyTorch. Throws ShapeError unless they agree in every other dimension.
template <Element T>
void cat_out(TensorView<T> out, std::span<const TensorArg<std::type_identity_t<T>>> tensors, Index dim = 0) {
  const Shape shape = detail::joined_shape<T>(tensors, dim);
  if (!(out.shape() == shape)) {
    throw ShapeError("cat: output with shape " + out.shape().str() + " doesn't match the shape " +
                     shape.str() + " of the result");
  }
  if (out.numel() == 0) return;
  for (const TensorArg<T>& t : tensors) detail::check_apart<T, T>("cat", out, t);
  detail::copy_joined<T>(tensors, dim, shape, out.data());
}
template <Element T>
[[nodiscard]] Tensor<T> cat(std::span<const TensorArg<T>> tensors, Index dim = 0) {
  Tensor<T> out(detail::joined_shape<T>(tensors, dim));
  cat_out<T>(out, tensors, dim);
  return out;
}
template <Element T>
[[nodiscard]] Tensor<T> cat(std::initializer_list<TensorArg<T>> tensors, Index dim = 0) {
  return cat<T>(std::span<const TensorArg<T>>(tensors.begin(), tensors.size()), dim);
}

/// The same of a list that names no type, `cat({a, b}, 1)`, into which tensors are copied first, and of a
/// vector or array of tensors or views.
template <TensorOperand Tx>
[[nodiscard]] auto cat(std::initializer_list<Tx> tensors, Index dim = 0) {
  return cat(std::span<const TensorArg<ElementOf<Tx>>>(detail::arguments_of_list(tensors)), dim);
}
template <detail::TensorList List>
[[nodiscard]] auto cat(const List& tensors, Index dim = 0) {
  using T = ElementOf<detail::ItemOf<List>>;
  return cat(std::span<const TensorArg<T>>(detail::arguments_of_list(tensors)), dim);
}

/// Tensors of one shape along a new dimension. Throws ShapeError when shapes differ.
template <Element T>
[[nodiscard]] Tensor<T> stack(std::span<const TensorArg<T>> tensors, Index dim = 0) {
  detail::check_stacked(tensors.size(), [&](std::size_t i) { return tensors[i].shape(); });
  std::vector<TensorArg<T>> parts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    parts.push_back(tensors[i].reshape(detail::unsqueezed_shape(tensors[i].shape(), dim)));
  }
  const std::size_t axis = detail::axis_of("stack", dim, tensors[0].dim() + 1);
  return cat<T>(std::span<const TensorArg<T>>(parts), static_cast<Index>(axis));
}
template <Element T>
[[nodiscard]] Tensor<T> stack(std::initializer_list<TensorArg<T>> tensors, Index dim = 0) {
  return stack<T>(std::span<const TensorArg<T>>(tensors.begin(), tensors.size()), dim);
}

/// The same of lists as cat() takes them.
template <TensorOperand Tx>
[[nodiscard]] auto stack(std::initializer_list<Tx> tensors, Index dim = 0) {
  return stack(std::span<const TensorArg<ElementOf<Tx>>>(detail::arguments_of_list(tensors)), dim);
}
template <detail::TensorList List>
[[nodiscard]] auto stack(const List& tensors, Index dim = 0) {
  using T = ElementOf<detail::ItemOf<List>>;
  return stack(std::span<const TensorArg<T>>(detail::arguments_of_list(tensors)), dim);
}

namespace detail {

/// Throws ShapeError unless the sizes sum to that of the dimension.
void check_split(const Shape& shape, std::span<const Index> sizes, Index dim);

/// Of a dimension cut into stretches of one size, the last of which may be shorter.
[[nodiscard]] std::vector<Index> equal_sizes(Index total, Index size);
[[nodiscard]] std::vector<Index> chunk_sizes(Index total, Index chunks);

}  // namespace detail

/// Copies of stretches of these sizes along a dimension. Throws ShapeError unless they sum to its size.
template <TensorOperand Tx>
[[nodiscard]] std::vector<Tensor<ElementOf<Tx>>> split(const Tx& x, std::span<const Index> sizes,
                                                       Index dim = 0) {
  detail::check_split(x.shape(), sizes, dim);
  std::vector<Tensor<ElementOf<Tx>>> parts;
  Index start = 0;
  for (const Index n : sizes) {
    parts.push_back(narrow(x, dim, start, n));
    start += n;
  }
  return parts;
}
template <TensorOperand Tx>
[[nodiscard]] std::vector<Tensor<ElementOf<Tx>>> split(const Tx& x, std::initializer_list<Index> sizes,
                                                       Index dim = 0) {
  return split(x, std::span<const Index>(sizes.begin(), sizes.size()), dim);
}
/// The same in stretches of one size; the last may be shorter.
template <TensorOperand Tx>
[[nodiscard]] std::vector<Tensor<ElementOf<Tx>>> split(const Tx& x, Index size, Index dim = 0) {
  return split(x, std::span<const Index>(detail::equal_sizes(x.shape()[dim], size)), dim);
}
/// At most `chunks` stretches of equal size, but for the last.
template <TensorOperand Tx>
[[nodiscard]] std::vector<Tensor<ElementOf<Tx>>> chunk(const Tx& x, Index chunks, Index dim = 0) {
  return split(x, std::span<const Index>(detail::chunk_sizes(x.shape()[dim], chunks)), dim);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/join.ipp>
#endif

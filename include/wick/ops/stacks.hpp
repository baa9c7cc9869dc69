#pragma once

// Tensors put together by how they lie beside one another; with autograd/join.hpp and autograd/shapes.hpp of
// variables and symbols too.

#include <wick/base/error.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

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

template <class List>
concept ShapedList = ListOfItems<List> && Shaped<ItemOf<List>>;

}  // namespace detail

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
template <detail::ShapedList List>
[[nodiscard]] auto hstack(const List& list) {
  return hstack(detail::span_of(list));
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
template <detail::ShapedList List>
[[nodiscard]] auto vstack(const List& list) {
  return vstack(detail::span_of(list));
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
template <detail::ShapedList List>
[[nodiscard]] auto dstack(const List& list) {
  return dstack(detail::span_of(list));
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
template <detail::ShapedList List>
[[nodiscard]] auto column_stack(const List& list) {
  return column_stack(detail::span_of(list));
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

WICK_END_NAMESPACE

#pragma once

// Elements picked by indices or by a mask.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] void refuse_index(const char* where, std::int64_t i, Index size, std::size_t axis);

[[nodiscard]] inline Index checked_index(const char* where, std::int64_t i, Index size, std::size_t axis) {
  if (i < 0 || i >= size) refuse_index(where, i, size, axis);
  return as_integer<Index>(i);
}

/// What a tensor without dimensions counts as beside one that has a dimension, as in PyTorch: a vector of one
/// element.
[[nodiscard]] inline Shape at_least_vector(const Shape& shape) { return shape.dim() == 0 ? Shape{1} : shape; }

void check_index_shape(const char* where, const Shape& index, const Shape& x, std::size_t axis);

/// Throws ShapeError if there are more indices than `source` has elements along any dimension.
void check_scatter_source(const Shape& index, const Shape& source, const char* where = "scatter_add");

/// f(number of the index, offset in x of the element whose index along `axis` is 0, that in `other`) for each
/// element of an index tensor that is nowhere larger than the other two.
template <class Function>
void for_each_index(const Shape& index, const Shape& x, const Shape& other, std::size_t axis, Function f) {
  const Shape of_index = at_least_vector(index);
  const Shape of_x = at_least_vector(x);
  const Shape of_other = at_least_vector(other);
  std::array<Index, Shape::max_rank> at{};
  const std::size_t rank = of_index.dim();
  for (Index i = 0; i < index.numel(); ++i) {
    Index in_x = 0;
    Index in_other = 0;
    for (std::size_t d = 0; d < rank; ++d) {
      in_x = in_x * of_x.dims()[d] + (d == axis ? 0 : at[d]);
      in_other = in_other * of_other.dims()[d] + at[d];
    }
    f(i, in_x, in_other);
    for (std::size_t d = rank; d-- > 0;) {
      if (++at[d] < of_index.dims()[d]) break;
      at[d] = 0;
    }
  }
}

[[nodiscard]] inline Index stride_of(const Shape& shape, std::size_t axis) noexcept {
  Index stride = 1;
  for (std::size_t d = axis + 1; d < shape.dim(); ++d) stride *= shape.dims()[d];
  return stride;
}

/// Throws unless `index` is a vector of slices that x has along a dimension.
void check_slices(const char* where, const Shape& x, Index dim, TensorArg<std::int64_t> index);

/// Throws unless `count` indices fit index_select() of x.
void check_scalar_index(const Shape& x, Index count);

/// Throws ShapeError unless `source` has a slice for each of `count` indices into x along a dimension.
void check_index_add(const Shape& x, Index dim, Index count, const Shape& source);

/// The slices along a dimension that `index` names, one behind the other.
template <Element T, std::integral Int>
void take_slices(const T* x, const Along& along, std::span<const Int> index, T* to) {
  for (Index o = 0; o < along.outer; ++o, x += along.size * along.inner) {
    for (const Int i : index) to = std::copy_n(x + static_cast<Index>(i) * along.inner, along.inner, to);
  }
}

}  // namespace detail

/// y[i][j] = x[index[i][j]][j] for dim 0, x[i][index[i][j]] for dim 1, and so on: y has the shape of `index`.
///
/// A tensor without dimensions counts as a vector of one element. Throws ShapeError unless `index` has the
/// rank of `x` and is nowhere larger but along `dim`, IndexError for an index that is not there.
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> gather(const Tx& x, Index dim, TensorArg<std::int64_t> index) {
  const std::size_t axis = detail::axis_of("gather", dim, x.dim());
  const Shape& shape = x.shape();
  detail::check_index_shape("gather", index.shape(), shape, axis);
  Tensor<ElementOf<Tx>> out(index.shape());
  const Index size = shape.dim() == 0 ? 1 : shape.dims()[axis];
  const Index stride = detail::stride_of(shape, axis);
  detail::for_each_index(index.shape(), shape, shape, axis, [&](Index i, Index offset, Index) {
    out.data()[i] = x.data()[offset + detail::checked_index("gather", index.data()[i], size, axis) * stride];
  });
  return out;
}

/// x with x[index[i][j]][j] += source[i][j] for dim 0, and so on, in the order of the indices. A temporary
/// `x` lends its memory. Throws as gather(), and ShapeError where `index` is larger than `source`; a
/// temporary is then as it was.
template <Element T>
[[nodiscard]] Tensor<T> scatter_add(Tensor<T>&& x, Index dim, TensorArg<std::int64_t> index,
                                    TensorArg<std::type_identity_t<T>> source) {
  const std::size_t axis = detail::axis_of("scatter_add", dim, x.dim());
  detail::check_index_shape("scatter_add", index.shape(), x.shape(), axis);
  detail::check_scatter_source(index.shape(), source.shape());
  detail::check_apart<T, T>("scatter_add", x.view(), source);
  detail::check_apart<T, std::int64_t>("scatter_add", x.view(), index);
  const Index size = x.dim() == 0 ? 1 : x.shape().dims()[axis];
  for (const std::int64_t i : index.span())
    static_cast<void>(detail::checked_index("scatter_add", i, size, axis));
  const Index stride = detail::stride_of(x.shape(), axis);
  detail::for_each_index(index.shape(), x.shape(), source.shape(), axis,
                         [&](Index i, Index offset, Index from) {
                           T& to = x.data()[offset + static_cast<Index>(index.data()[i]) * stride];
                           to = detail::Add::apply(to, source.data()[from]);
                         });
  return std::move(x);
}
template <Element T>
[[nodiscard]] Tensor<T> scatter_add(const Tensor<T>& x, Index dim, TensorArg<std::int64_t> index,
                                    TensorArg<std::type_identity_t<T>> source) {
  return scatter_add(Tensor<T>(x), dim, index, source);
}

/// x with the slices of `source` added to those that `index`, a vector, names, in its order. A temporary `x`
/// lends its memory. Throws ShapeError unless `source` has the shape of x, but for one slice for each index,
/// and IndexError for an index that is not there.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_add_.html
template <Element T>
[[nodiscard]] Tensor<T> index_add(Tensor<T>&& x, Index dim, TensorArg<std::int64_t> index,
                                  TensorArg<std::type_identity_t<T>> source) {
  detail::check_index_add(x.shape(), dim, index.numel(), source.shape());
  detail::check_slices("index_add", x.shape(), dim, index);
  detail::check_apart<T, T>("index_add", x.view(), source);
  detail::check_apart<T, std::int64_t>("index_add", x.view(), index);
  const detail::Along along("index_add", dim, x.shape());
  const T* from = source.data();
  for (Index o = 0; o < along.outer; ++o) {
    for (const std::int64_t i : index.span()) {
      T* const to = x.data() + (o * along.size + static_cast<Index>(i)) * along.inner;
      for (Index k = 0; k < along.inner; ++k) to[k] = detail::Add::apply(to[k], from[k]);
      from += along.inner;
    }
  }
  return std::move(x);
}
template <Element T>
[[nodiscard]] Tensor<T> index_add(const Tensor<T>& x, Index dim, TensorArg<std::int64_t> index,
                                  TensorArg<std::type_identity_t<T>> source) {
  return index_add(Tensor<T>(x), dim, index, source);
}

/// The slices of a dimension that `index`, a vector, names. Throws ShapeError when it is none, IndexError for
/// an index that is not there.
template <TensorOperand Tx>
void index_select_out(TensorView<ElementOf<Tx>> out, const Tx& x, Index dim, TensorArg<std::int64_t> index) {
  const std::size_t axis = detail::axis_of("index_select", dim, x.dim());
  detail::check_slices("index_select", x.shape(), dim, index);
  const Shape shape = detail::resized(x.shape(), axis, index.numel());
  if (!(out.shape() == shape) && !(x.dim() == 0 && out.dim() == 0)) {
    throw ShapeError("index_select: output with shape " + out.shape().str() + " doesn't match the shape " +
                     shape.str() + " of the result");
  }
  detail::check_apart("index_select", out, detail::view_of_operand(x));
  const detail::Along along("index_select", dim, x.shape());
  detail::take_slices(x.data(), along, index.span(), out.data());
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> index_select(const Tx& x, Index dim, TensorArg<std::int64_t> index) {
  const std::size_t axis = detail::axis_of("index_select", dim, x.dim());
  detail::check_scalar_index(x.shape(), index.numel());
  Tensor<ElementOf<Tx>> out(detail::resized(x.shape(), axis, index.numel()));
  index_select_out(out, x, dim, index);
  return out;
}

/// The elements at which the mask holds, one behind the other; both broadcast. Throws ShapeError when they do
/// not fit.
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> masked_select(const Tx& x, TensorArg<bool> mask) {
  const Shape shape = broadcast_shapes("masked_select", x.shape(), mask.shape());
  const detail::BroadcastLoops<2> loops(shape, {&x.shape(), &mask.shape()});
  const auto for_each = [&](auto f) {
    loops.for_each_run([&](const auto& offsets) {
      for (Index i = 0; i < loops.run(); ++i) {
        if (mask.data()[offsets[1] + i * loops.step(1)]) f(x.data()[offsets[0] + i * loops.step(0)]);
      }
    });
  };
  Index count = 0;
  for_each([&](auto /*element*/) { ++count; });
  Tensor<ElementOf<Tx>> out(Shape{count});
  auto* to = out.data();
  for_each([&](auto element) { *to++ = element; });
  return out;
}

/// The coordinates of the elements that are not 0, a row for each, (N, x.dim()).
template <TensorOperand Tx>
[[nodiscard]] Tensor<std::int64_t> nonzero(const Tx& x) {
  const auto is_set = [](auto v) { return v != ElementOf<Tx>(0); };
  const auto rank = static_cast<Index>(x.dim());
  Tensor<std::int64_t> out(
      Shape{static_cast<Index>(std::count_if(x.data(), x.data() + x.numel(), is_set)), rank});
  std::int64_t* row = out.data();
  for (Index i = 0; i < x.numel(); ++i) {
    if (!is_set(x.data()[i])) continue;
    Index rest = i;
    for (Index d = rank; d-- > 0;) {
      const Index size = x.shape().dims()[static_cast<std::size_t>(d)];
      row[d] = rest % size;
      rest /= size;
    }
    row += rank;
  }
  return out;
}

/// The same coordinates as a vector of N for each dimension, which index_put() takes: nonzero() with as_tuple
/// in Python. Of a tensor without dimensions one vector, as of a tensor with one element.
template <TensorOperand Tx>
[[nodiscard]] std::vector<Tensor<std::int64_t>> nonzero_numpy(const Tx& x) {
  const bool no_dimension = x.dim() == 0;
  const Tensor<std::int64_t> rows =
      nonzero(TensorView<const ElementOf<Tx>>(x.data(), no_dimension ? Shape{1} : x.shape()));
  std::vector<Tensor<std::int64_t>> result;
  const Index rank = rows.size(1);
  for (Index d = 0; d < rank; ++d) {
    Tensor<std::int64_t>& of_one = result.emplace_back(Shape{rows.size(0)});
    for (Index i = 0; i < of_one.numel(); ++i) of_one.data()[i] = rows.data()[i * rank + d];
  }
  return result;
}

/// A dimension of `classes` more, in which the element that the index names is 1 and the others are 0; -1: as
/// many classes as the largest index needs. Throws IndexError for indices below 0 or from `classes` on,
/// ShapeError when there is none to infer from.
[[nodiscard]] Tensor<std::int64_t> one_hot(TensorArg<std::int64_t> index, Index classes = -1);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/index.ipp>
#endif

#pragma once

// Places of values among others, and how often whole numbers occur. Of tensors alone.

#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// For each of `values` how many numbers of `sorted`, in ascending order, are less; with `right` also those
/// that are equal. `sorted` is a vector, or has rows for those of `values`. NaN is larger than everything.
/// Throws ShapeError unless the dimensions before the last are equal then.
/// https://docs.pytorch.org/docs/stable/generated/torch.searchsorted.html
template <TensorOperand Ts, TensorOperand Tv>
requires std::is_same_v<ElementOf<Ts>, ElementOf<Tv>>
[[nodiscard]] Tensor<std::int64_t> searchsorted(const Ts& sorted, const Tv& values, bool right = false) {
  using T = ElementOf<Ts>;
  const Shape& in = sorted.shape();
  const Shape& of = values.shape();
  const bool rows_fit =
      in.dim() == 1 || (in.dim() == of.dim() && in.dim() > 0 &&
                        detail::resized(in, in.dim() - 1, 1) == detail::resized(of, of.dim() - 1, 1));
  if (!rows_fit) {
    throw ShapeError(
        "searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
        "tensor and input value tensor must match, but we got boundaries tensor " +
        in.str() + " and input value tensor " + of.str());
  }
  const Index count = in[-1];
  const Index in_row = in.dim() == 1 ? values.numel() : of[-1];
  Tensor<std::int64_t> out(of);
  const auto is_less = [](T a, T b) { return a < b || (a == a && b != b); };
  for (Index i = 0; i < out.numel(); ++i) {
    const T* const first = sorted.data() + (in.dim() == 1 ? 0 : i / in_row * count);
    const T v = values.data()[i];
    const T* const found = right ? std::upper_bound(first, first + count, v, is_less)
                                 : std::lower_bound(first, first + count, v, is_less);
    out.data()[i] = static_cast<std::int64_t>(found - first);
  }
  return out;
}
/// The number of the interval between `boundaries`, a vector in ascending order, that each value is in: those
/// are closed on the right, or on the left with `right`. Throws ShapeError for other boundaries.
/// https://docs.pytorch.org/docs/stable/generated/torch.bucketize.html
template <TensorOperand Tv, TensorOperand Tb>
requires std::is_same_v<ElementOf<Tb>, ElementOf<Tv>>
[[nodiscard]] Tensor<std::int64_t> bucketize(const Tv& values, const Tb& boundaries, bool right = false) {
  if (boundaries.dim() != 1) {
    throw ShapeError("bucketize: boundaries tensor must be 1 dimension, but got dim(" +
                     std::to_string(boundaries.dim()) + ")");
  }
  return searchsorted(boundaries, values, right);
}

namespace detail {

/// Throws IndexError for a negative number, ShapeError unless it is a vector; how many bins are needed.
[[nodiscard]] Index bins_of(TensorArg<std::int64_t> x, Index minlength);

}  // namespace detail

/// How often each number from 0 on is in x, a vector; for `minlength` numbers at least. Throws IndexError for
/// negative numbers, ShapeError for other shapes.
/// https://docs.pytorch.org/docs/stable/generated/torch.bincount.html
[[nodiscard]] Tensor<std::int64_t> bincount(TensorArg<std::int64_t> x, Index minlength = 0);
/// The sum of the weights of each number. Throws ShapeError unless there is one for each element.
template <Floating T>
[[nodiscard]] Tensor<T> bincount(TensorArg<std::int64_t> x, const Tensor<T>& weights, Index minlength = 0) {
  if (!(weights.shape() == x.shape())) {
    throw ShapeError("bincount: weights should be 1-d and have the same length as input, got shapes " +
                     weights.shape().str() + " and " + x.shape().str());
  }
  auto out = Tensor<T>::zeros({detail::bins_of(x, minlength)});
  for (Index i = 0; i < x.numel(); ++i) out.data()[x.data()[i]] += weights.data()[i];
  return out;
}

/// Whether each element of x is among those of `others`, or with `invert` is not.
/// https://docs.pytorch.org/docs/stable/generated/torch.isin.html
template <TensorOperand Tx, TensorOperand To>
requires std::is_same_v<ElementOf<Tx>, ElementOf<To>>
[[nodiscard]] Tensor<bool> isin(const Tx& x, const To& others, bool invert = false) {
  using T = ElementOf<Tx>;
  std::vector<T> sorted;
  for (Index i = 0; i < others.numel(); ++i) {
    const T v = others.data()[i];
    if (v == v) sorted.push_back(v);  // NaN is equal to nothing
  }
  std::sort(sorted.begin(), sorted.end());
  Tensor<bool> out(x.shape());
  for (Index i = 0; i < out.numel(); ++i) {
    const T v = x.data()[i];
    out.data()[i] = (v == v && std::binary_search(sorted.begin(), sorted.end(), v)) != invert;
  }
  return out;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/search.ipp>
#endif

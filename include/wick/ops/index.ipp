#pragma once

// Definitions of ops/index.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/index.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] WICK_INLINE void refuse_index(const char* where, std::int64_t i, Index size, std::size_t axis) {
  throw IndexError(std::string(where) + ": index " + std::to_string(i) + " is out of bounds for dimension " +
                   std::to_string(axis) + " with size " + std::to_string(size));
}

WICK_INLINE void check_index_shape(const char* where, const Shape& index, const Shape& x, std::size_t axis) {
  if (index.numel() == 0) return;  // names nothing, whatever its shape, as in PyTorch
  const Shape of_index = at_least_vector(index);
  const Shape of_x = at_least_vector(x);
  if (of_index.dim() != of_x.dim()) {
    throw ShapeError(std::string(where) +
                     ": Index tensor must have the same number of dimensions as input tensor, got " +
                     index.str() + " and " + x.str());
  }
  for (std::size_t d = 0; d < of_x.dim(); ++d) {
    if (d == axis || of_index.dims()[d] <= of_x.dims()[d]) continue;
    throw ShapeError(std::string(where) + ": Size does not match at dimension " + std::to_string(d) +
                     " expected index " + index.str() + " to be no larger than self " + x.str() +
                     " apart from dimension " + std::to_string(axis));
  }
}

WICK_INLINE void check_scatter_source(const Shape& index, const Shape& source, const char* where) {
  const Shape of_index = at_least_vector(index);
  const Shape of_source = at_least_vector(source);
  bool fits = of_source.dim() == of_index.dim();
  for (std::size_t d = 0; fits && d < of_index.dim(); ++d) fits = of_index.dims()[d] <= of_source.dims()[d];
  if (!fits) {
    throw ShapeError(std::string(where) + ": Expected index " + index.str() +
                     " to be no larger size than src " + source.str());
  }
}

WICK_INLINE void check_slices(const char* where, const Shape& x, Index dim, TensorArg<std::int64_t> index) {
  const std::size_t axis = axis_of(where, dim, x.dim());
  if (index.dim() > 1) {
    throw ShapeError(std::string(where) + "(): Index is supposed to be a vector, got shape " +
                     index.shape().str());
  }
  const Index size = x.dim() == 0 ? 1 : x.dims()[axis];
  for (const std::int64_t i : index.span()) static_cast<void>(checked_index(where, i, size, axis));
}

WICK_INLINE void check_scalar_index(const Shape& x, Index count) {
  if (x.dim() == 0 && count != 1) {
    throw ShapeError("index_select(): Index to scalar can have only 1 value, got " + std::to_string(count) +
                     " value(s)");
  }
}

WICK_INLINE void check_index_add(const Shape& x, Index dim, Index count, const Shape& source) {
  const std::size_t axis = axis_of("index_add", dim, x.dim());
  if (source.dim() != x.dim() || !(resized(x, axis, 0) == resized(source, axis, 0))) {
    throw ShapeError(
        "index_add: source tensor shape must match self tensor shape, excluding the specified dimension. Got "
        "self.shape = " +
        x.str() + " source.shape = " + source.str());
  }
  const Index size = source.dim() == 0 ? 1 : source.dims()[axis];
  if (count != size) {
    throw ShapeError("index_add: Number of indices (" + std::to_string(count) +
                     ") should be equal to source.size(dim): (" + std::to_string(size) +
                     "), for dim: " + std::to_string(axis));
  }
}

}  // namespace detail

WICK_INLINE Tensor<std::int64_t> one_hot(TensorArg<std::int64_t> index, Index classes) {
  Index most = -1;
  for (const std::int64_t i : index.span()) {
    if (i < 0) throw IndexError("one_hot: Class values must be non-negative, got " + std::to_string(i));
    if (classes >= 0 && i >= classes) {
      throw IndexError("one_hot: Class values must be smaller than num_classes: got " + std::to_string(i) +
                       " for " + std::to_string(classes) + " classes");
    }
    most = (std::max)(most, static_cast<Index>(i));
  }
  if (classes < 0) {
    if (index.numel() == 0)
      throw ShapeError("one_hot: Can not infer total number of classes from empty tensor.");
    if (most == (std::numeric_limits<Index>::max)()) throw ShapeError("one_hot: too many classes");
    classes = most + 1;
  }
  std::array<Index, Shape::max_rank + 1> dims{};
  std::ranges::copy(index.shape().dims(), dims.begin());
  dims[index.dim()] = classes;
  auto out = Tensor<std::int64_t>::zeros(Shape(std::span<const Index>(dims.data(), index.dim() + 1)));
  for (Index i = 0; i < index.numel(); ++i) out.data()[i * classes + static_cast<Index>(index.data()[i])] = 1;
  return out;
}

WICK_END_NAMESPACE

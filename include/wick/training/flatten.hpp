#pragma once

// Images as rows.

#include <wick/base/error.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

/// (B, ...) as (B, features), without copying. Throws ShapeError for a scalar.
template <class T>
[[nodiscard]] TensorView<T> flatten(TensorView<T> x) {
  if (x.dim() == 0) throw ShapeError("flatten: expected a tensor of shape (B, ...), got a scalar");
  const auto features = checked_numel(x.shape().dims().subspan(1));
  if (!features) throw ShapeError("flatten: the rows of shape " + x.shape().str() + " are too long");
  return x.reshape(Shape{x.size(0), static_cast<Index>(*features)});
}

WICK_END_NAMESPACE

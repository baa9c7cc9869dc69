#pragma once

// Images as rows.

#include <wick/base/error.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

/// (B, ...) as (B, features), without copying. Throws ShapeError for a scalar.
template <class T>
[[nodiscard]] TensorView<T> flatten(TensorView<T> x) {
  if (x.dim() == 0) throw ShapeError("flatten: expected a tensor of shape (B, ...), got a scalar");
  const Shape shape = x.shape();
  return x.reshape(Shape{shape.dims()[0], product_of(shape.dims().subspan(1))});
}

WICK_END_NAMESPACE

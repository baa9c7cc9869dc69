#pragma once

// What follows a matrix product in a hidden layer: ReLU and dropout in one pass over a stretch that is still
// in the cache; and the backward pass.

#include <wick/base/types.hpp>
#include <wick/kernels/activation.hpp>

WICK_BEGIN_NAMESPACE

/// y_i = max(x_i, 0); NaN stays NaN, as in PyTorch. `x` and `y` may be the same.
template <Floating T>
void relu_forward(const T* x, T* y, Index n) {
  detail::kernels::relu_forward(x, y, n);
}

/// y = max(x, 0) * mask. `x` and `y` may be the same.
template <Floating T>
void relu_mask_forward(const T* x, const T* mask, T* y, Index n) {
  detail::kernels::relu_mask_forward(x, mask, y, n);
}

/// Backward of y = max(x, 0) * mask, where mask is 0 or `scale` >= 1:
/// dx_i = scale * dy_i where y_i > 0, else 0. The mask itself is not needed: y_i > 0
/// exactly where x_i > 0 and the element was kept. `dy` and `dx` may be the same.
template <Floating T>
void relu_mask_backward(const T* y, T scale, const T* dy, T* dx, Index n) {
  detail::kernels::relu_mask_backward(y, scale, dy, dx, n);
}

/// dx_i = dy_i where y_i > 0, else 0. `dy` and `dx` may be the same.
template <Floating T>
void relu_backward(const T* y, const T* dy, T* dx, Index n) {
  relu_mask_backward(y, T(1), dy, dx, n);
}

WICK_END_NAMESPACE

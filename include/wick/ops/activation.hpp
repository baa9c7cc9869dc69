#pragma once

// What follows a matrix product in a hidden layer: ReLU and dropout in one pass over
// a stretch that is still in the cache; and the way back.

#include <wick/core/tensor.hpp>
#include <wick/core/types.hpp>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// max(x, 0) as an Eigen expression that keeps NaN.
template <class Expression>
auto relu(const Expression& x) {
  using T = typename Expression::Scalar;
  using Max = Eigen::internal::scalar_max_op<T, T, Eigen::PropagateNaN>;
  return x.binaryExpr(Eigen::Array<T, Eigen::Dynamic, 1>::Constant(x.size(), T(0)), Max());
}

}  // namespace detail

/// y_i = max(x_i, 0); NaN stays NaN, as in PyTorch. `x` and `y` may be the same.
template <Floating T>
void relu_forward(const T* x, T* y, Index n) {
  ArrayMap<T>(y, n) = detail::relu(ArrayMap<const T>(x, n));
}

/// y = max(x, 0) * mask. `x` and `y` may be the same.
template <Floating T>
void relu_mask_forward(const T* x, const T* mask, T* y, Index n) {
  ArrayMap<T>(y, n) = detail::relu(ArrayMap<const T>(x, n)) * ArrayMap<const T>(mask, n);
}

/// Backward of y = max(x, 0) * mask, where mask is 0 or `scale` >= 1:
/// dx_i = scale * dy_i where y_i > 0, else 0. The mask itself is not needed: y_i > 0
/// exactly where x_i > 0 and the element was kept. `dy` and `dx` may be the same.
template <Floating T>
void relu_mask_backward(const T* y, T scale, const T* dy, T* dx, Index n) {
  namespace ei = Eigen::internal;
  using Packet = typename ei::packet_traits<T>::type;
  constexpr Index lanes = ei::packet_traits<T>::size;
  const Packet zeros = ei::pset1<Packet>(T(0));
  const Packet scales = ei::pset1<Packet>(scale);
  Index i = 0;
  for (; i + lanes <= n; i += lanes) {
    const Packet positive = ei::pcmp_lt(zeros, ei::ploadu<Packet>(y + i));
    ei::pstoreu(dx + i, ei::pand(positive, ei::pmul(ei::ploadu<Packet>(dy + i), scales)));
  }
  for (; i < n; ++i) dx[i] = y[i] > T(0) ? dy[i] * scale : T(0);
}

/// dx_i = dy_i where y_i > 0, else 0. `dy` and `dx` may be the same.
template <Floating T>
void relu_backward(const T* y, const T* dy, T* dx, Index n) {
  relu_mask_backward(y, T(1), dy, dx, n);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

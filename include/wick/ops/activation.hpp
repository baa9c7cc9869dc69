#pragma once

// What follows a matrix product in a hidden layer: ReLU and dropout in one pass over
// a stretch that is still in the cache; and the way back.

#include <wick/core/packets.hpp>
#include <wick/core/types.hpp>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// max(x, 0) for a vector or a number; NaN stays NaN.
template <class Value>
[[nodiscard]] Value relu(const Value& x, const Value& zero) noexcept {
  return Eigen::internal::pmax<Eigen::PropagateNaN>(x, zero);
}

}  // namespace detail

/// y_i = max(x_i, 0); NaN stays NaN, as in PyTorch. `x` and `y` may be the same.
template <Floating T>
void relu_forward(const T* x, T* y, Index n) {
  namespace ei = Eigen::internal;
  using Packet = typename detail::MathPackets<T>::Packet;
  constexpr Index lanes = detail::MathPackets<T>::lanes;
  const Packet zeros = ei::pset1<Packet>(T(0));
  Index i = 0;
  for (; i + lanes <= n; i += lanes)
    ei::pstoreu(y + i, detail::relu<Packet>(ei::ploadu<Packet>(x + i), zeros));
  for (; i < n; ++i) y[i] = detail::relu(x[i], T(0));
}

/// y = max(x, 0) * mask. `x` and `y` may be the same.
template <Floating T>
void relu_mask_forward(const T* x, const T* mask, T* y, Index n) {
  namespace ei = Eigen::internal;
  using Packet = typename detail::MathPackets<T>::Packet;
  constexpr Index lanes = detail::MathPackets<T>::lanes;
  const Packet zeros = ei::pset1<Packet>(T(0));
  Index i = 0;
  for (; i + lanes <= n; i += lanes) {
    const Packet kept = detail::relu<Packet>(ei::ploadu<Packet>(x + i), zeros);
    ei::pstoreu(y + i, ei::pmul(kept, ei::ploadu<Packet>(mask + i)));
  }
  for (; i < n; ++i) y[i] = detail::relu(x[i], T(0)) * mask[i];
}

/// Backward of y = max(x, 0) * mask, where mask is 0 or `scale` >= 1:
/// dx_i = scale * dy_i where y_i > 0, else 0. The mask itself is not needed: y_i > 0
/// exactly where x_i > 0 and the element was kept. `dy` and `dx` may be the same.
template <Floating T>
void relu_mask_backward(const T* y, T scale, const T* dy, T* dx, Index n) {
  namespace ei = Eigen::internal;
  using Packet = typename detail::MathPackets<T>::Packet;
  constexpr Index lanes = detail::MathPackets<T>::lanes;
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

#pragma once

// The mask of inverted dropout, drawn in PyTorch's order.

#include <wick/ops/dropout_probability.hpp>
#include <wick/random/distributions.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

/// Factor of a kept element: 1 / (1 - p), rounded as PyTorch rounds it.
template <Floating T>
[[nodiscard]] T dropout_scale(double p) noexcept {
  return T(1) / static_cast<T>(1.0 - p);
}

/// Fills `mask` with 0 (probability p) or 1 / (1 - p), the mask that
/// torch.nn.functional.dropout(x, p, training=True) multiplies by.
///
/// Two 32-bit draws for each element in row-major order, whatever T is; none when
/// p is 0 or 1. Throws OptionError unless 0 <= p <= 1.
template <Floating T>
void dropout_mask(TensorView<T> mask, double p, Generator& g) {
  detail::check_dropout(p);
  if (p == 0.0 || p == 1.0) {
    mask.fill(p == 0.0 ? T(1) : T(0));
    return;
  }
  g.keep_below(detail::bernoulli_threshold(1.0 - p), dropout_scale<T>(p), mask.span());
}

WICK_END_NAMESPACE

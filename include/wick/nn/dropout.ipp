#pragma once

// Definitions of nn/dropout.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/ops/dropout.hpp>

WICK_BEGIN_NAMESPACE

template <Floating T>
void Dropout::forward(TensorView<const T> x, TensorView<T> y, TensorView<T> mask,
                      Generator& generator) const {
  check_shapes(x.shape(), y.shape());
  check_shapes(x.shape(), mask.shape());
  dropout_mask(mask, p_, generator);
  detail::kernels::multiply(x.data(), mask.data(), y.data(), y.numel());
}

template <Floating T>
void Dropout::backward(TensorView<const T> mask, TensorView<const T> dy, TensorView<T> dx) const {
  check_shapes(mask.shape(), dy.shape());
  check_shapes(mask.shape(), dx.shape());
  detail::kernels::multiply(dy.data(), mask.data(), dx.data(), dx.numel());
}

#ifdef WICK_COMPILED
template void Dropout::forward(TensorView<const float>, TensorView<float>, TensorView<float>,
                               Generator&) const;
template void Dropout::backward(TensorView<const float>, TensorView<const float>, TensorView<float>) const;
template void Dropout::forward(TensorView<const double>, TensorView<double>, TensorView<double>,
                               Generator&) const;
template void Dropout::backward(TensorView<const double>, TensorView<const double>, TensorView<double>) const;
#endif

WICK_END_NAMESPACE

#pragma once

// Definitions of nn/linear.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/linear.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/random/distributions.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

template <Floating T>
Linear<T>::Linear(ParameterBlock<T>& block, const std::string& name, TensorArg<T> weight, TensorArg<T> bias)
    : Linear(block, name, checked_weight(name, weight, bias)) {
  std::ranges::copy(weight.span(), block.value(weight_).data());
  std::ranges::copy(bias.span(), block.value(bias_).data());
}

template <Floating T>
Linear<T>::Linear(ParameterBlock<T>& block, const std::string& name, Index in_features, Index out_features,
                  Uninitialised /*tag*/)
    : in_features_(checked_size(name, "in_features", in_features)),
      out_features_(checked_size(name, "out_features", out_features)),
      weight_(block.add(name + ".weight", Shape{out_features, in_features})),
      bias_(block.add(name + ".bias", Shape{out_features})) {}

template <Floating T>
Linear<T>::Linear(const Scope<T>& scope, Index in_features, Index out_features, const LinearOptions& options)
    : in_features_(checked_size(scope.prefix(), "in_features", in_features)),
      out_features_(checked_size(scope.prefix(), "out_features", out_features)),
      weight_(scope.add("weight", Shape{out_features, in_features},
                        [&](TensorView<T> weight, Generator& g) { draw_weight(weight, in_features, g); })),
      has_bias_(options.bias) {
  if (has_bias_) {
    bias_ = scope.add("bias", Shape{out_features},
                      [&](TensorView<T> bias, Generator& g) { draw_bias(bias, in_features, g); });
  }
  id_ = scope.is("Linear", extra_repr());
}

template <Floating T>
void Linear<T>::forward(const ParameterBlock<T>& block, TensorArg<T> x, TensorView<T> y,
                        GemmScratch<T>& scratch) const {
  check_shapes(x.shape(), y.shape());
  const TensorView<const T> weight = block.value(weight_);
  if (!has_bias_) {
    return gemm<Trans::no, Trans::yes>(x.shape()[0], out_features_, in_features_, x.data(), weight.data(),
                                       y.data(), Accumulate::no, scratch);
  }
  affine_forward<T>(x, weight, block.value(bias_), y, scratch, [](T*, Index, Index, Index) {});
}

template <Floating T>
void Linear<T>::backward(ParameterBlock<T>& block, TensorArg<T> x, TensorArg<T> dy, TensorView<T> dx,
                         GemmScratch<T>& scratch) const {
  check_shapes(x.shape(), dy.shape());
  if (dx.numel() > 0) check_shapes(dx.shape(), dy.shape());
  const TensorView<T> dweight = block.grad(weight_);
  if (has_bias_) {
    affine_backward_parameters<T>(x, dy, dweight, block.grad(bias_), scratch);
  } else {
    gemm<Trans::yes, Trans::no>(out_features_, in_features_, x.shape()[0], dy.data(), x.data(),
                                dweight.data(), Accumulate::yes, scratch);
  }
  if (dx.numel() == 0) return;
  affine_backward_input<T>(dy, std::as_const(block).value(weight_), dx, scratch,
                           [](T*, Index, Index, Index) {});
}

template <Floating T>
Linear<T>::Linear(ParameterBlock<T>& block, const std::string& name, const Shape& weight)
    : Linear(block, name, weight[1], weight[0], uninitialised) {}

template <Floating T>
Index Linear<T>::checked_size(const std::string& name, const char* what, Index size) {
  if (size < 1) {
    throw OptionError("Linear " + name + ": " + what + " must be >= 1, got " + std::to_string(size));
  }
  return size;
}

template <Floating T>
const Shape& Linear<T>::checked_weight(const std::string& name, const TensorView<const T>& weight,
                                       const TensorView<const T>& bias) {
  if (weight.dim() != 2 || bias.dim() != 1 || bias.shape()[0] != weight.shape()[0]) {
    throw ShapeError("Linear " + name + ": expected weight (out, in) and bias (out), got " +
                     weight.shape().str() + " and " + bias.shape().str());
  }
  return weight.shape();
}

template <Floating T>
void Linear<T>::check_shapes(const Shape& x, const Shape& y) const {
  if (x.dim() != 2 || x[1] != in_features_ || !(y == Shape{x[0], out_features_})) {
    throw ShapeError("Linear(" + std::to_string(in_features_) + " -> " + std::to_string(out_features_) +
                     "): expected input [*, " + std::to_string(in_features_) + "] and output [*, " +
                     std::to_string(out_features_) + "] with equal rows, got " + x.str() + " and " + y.str());
  }
}

template <Floating T>
void Linear<T>::draw_weight(TensorView<T> weight, Index in_features, Generator& generator) {
  // PyTorch's kaiming_uniform_(a=sqrt(5)), step by step: the bound rounds the same.
  const double fan_in = static_cast<double>(in_features);
  const double bound =
      std::sqrt(3.0) * (std::sqrt(2.0 / (1.0 + std::sqrt(5.0) * std::sqrt(5.0))) / std::sqrt(fan_in));
  uniform_(weight, -bound, bound, generator);
}

template <Floating T>
void Linear<T>::draw_bias(TensorView<T> bias, Index in_features, Generator& generator) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(in_features));
  uniform_(bias, -bound, bound, generator);
}

template <Floating T>
void Linear<T>::reset_parameters(ParameterBlock<T>& block, Generator& generator) const {
  draw_weight(block.value(weight_), in_features_, generator);
  if (has_bias_) draw_bias(block.value(bias_), in_features_, generator);
}

#ifdef WICK_COMPILED
template class Linear<float>;
template class Linear<double>;
#endif

WICK_END_NAMESPACE

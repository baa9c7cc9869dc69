#pragma once

// Definitions of loss/nll.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

template <Floating T>
NLLLoss<T>::NLLLoss(NLLLossOptions<T> options) : options_(std::move(options)) {
  if (!options_.weight) return;
  if (options_.weight->dim() != 1) {
    throw OptionError("NLLLoss: weight must have one dimension, got shape " + options_.weight->shape().str());
  }
  for (const T w : options_.weight->span()) {
    if (!std::isfinite(w)) {
      throw OptionError("NLLLoss: weights must be finite, got " + python_repr(static_cast<double>(w)));
    }
  }
}

template <Floating T>
T NLLLoss<T>::operator()(TensorArg<T> log_probs, TensorArg<std::int64_t> target) const {
  if (options_.reduction == Reduction::none) {
    throw OptionError("NLLLoss: reduction none gives one value for each row; call values()");
  }
  check_batch(log_probs.shape(), target);
  const Index classes = log_probs.shape()[1];
  const std::int64_t ignored = options_.ignore_index;
  const T* const weights = class_weights();
  double total = 0;
  double total_weight = 0;
  for (Index b = 0; b < target.numel(); ++b) {
    const std::int64_t t = target.data()[b];
    if (t == ignored) continue;
    const double w = weights == nullptr ? 1 : static_cast<double>(weights[t]);
    total -= w * static_cast<double>(log_probs.data()[b * classes + t]);
    total_weight += w;
  }
  return static_cast<T>(options_.reduction == Reduction::mean ? total / total_weight : total);
}

template <Floating T>
Tensor<T> NLLLoss<T>::values(TensorArg<T> log_probs, TensorArg<std::int64_t> target) const {
  check_batch(log_probs.shape(), target);
  const Index classes = log_probs.shape()[1];
  const T* const weights = class_weights();
  Tensor<T> losses(Shape{target.numel()});
  for (Index b = 0; b < target.numel(); ++b) {
    const std::int64_t t = target.data()[b];
    const bool counts = t != options_.ignore_index;
    const T w = counts && weights != nullptr ? weights[t] : T(1);
    losses.data()[b] = counts ? -w * log_probs.data()[b * classes + t] : T(0);
  }
  return losses;
}

template <Floating T>
void NLLLoss<T>::backward(TensorArg<T> log_probs, TensorArg<std::int64_t> target, TensorView<T> grad,
                          TensorArg<T> upstream) const {
  check_batch(log_probs.shape(), target);
  if (!(grad.shape() == log_probs.shape())) {
    throw ShapeError("NLLLoss::backward: expected a gradient of shape " + log_probs.shape().str() + ", got " +
                     grad.shape().str());
  }
  write_gradient(log_probs.shape()[1], target, grad.data(), upstream);
}

template <Floating T>
void NLLLoss<T>::backward(TensorArg<T> log_probs, TensorArg<std::int64_t> target, Tensor<T>& grad,
                          TensorArg<T> upstream) const {
  check_batch(log_probs.shape(), target);
  grad.resize(log_probs.shape());
  write_gradient(log_probs.shape()[1], target, grad.data(), upstream);
}

template <Floating T>
void NLLLoss<T>::write_gradient(Index classes, TensorView<const std::int64_t> target, T* grad,
                                TensorView<const T> upstream) const {
  const Index rows = target.numel();
  const bool none = options_.reduction == Reduction::none;
  if (upstream.numel() != (none ? rows : 0)) {
    throw ShapeError("NLLLoss::backward: expected " + std::to_string(none ? rows : 0) +
                     " upstream derivatives, got shape " + upstream.shape().str());
  }
  const std::int64_t* const targets = target.data();
  const std::int64_t ignored = options_.ignore_index;
  const T* const weights = class_weights();
  double scale = 1;
  if (options_.reduction == Reduction::mean) {
    double total = 0;
    if (weights == nullptr) {
      total = static_cast<double>(rows - std::count(targets, targets + rows, ignored));
    } else {
      for (Index b = 0; b < rows; ++b) {
        if (targets[b] != ignored) total += static_cast<double>(weights[targets[b]]);
      }
    }
    scale = 1 / total;
  }
  std::fill_n(grad, rows * classes, T(0));
  for (Index b = 0; b < rows; ++b) {
    const std::int64_t t = targets[b];
    if (t == ignored) continue;
    const double up = none ? static_cast<double>(upstream.data()[b]) : scale;
    const double w = weights == nullptr ? 1 : static_cast<double>(weights[t]);
    grad[b * classes + t] = static_cast<T>(-w * up);
  }
}

namespace detail {

WICK_INLINE void check_nll_batch(const Shape& log_probs, TensorView<const std::int64_t> target,
                                 const Shape* weight, std::int64_t ignore_index) {
  if (log_probs.dim() != 2 || target.dim() != 1) {
    throw ShapeError("NLLLoss: expected log-probabilities (B, C) and targets (B), got " + log_probs.str() +
                     " and " + target.shape().str());
  }
  if (log_probs[0] != target.numel()) {
    throw ShapeError("NLLLoss: Expected input batch_size (" + std::to_string(log_probs[0]) +
                     ") to match target batch_size (" + std::to_string(target.numel()) + ").");
  }
  const Index classes = log_probs[1];
  if (weight != nullptr && weight->numel() != classes) {
    throw ShapeError("NLLLoss: weight tensor should be defined either for all " + std::to_string(classes) +
                     " classes or no classes but got weight tensor of shape: " + weight->str());
  }
  for (Index b = 0; b < target.numel(); ++b) {
    const std::int64_t t = target.data()[b];
    if ((t < 0 || t >= classes) && t != ignore_index) {
      throw IndexError("NLLLoss: Target " + std::to_string(t) + " is out of bounds: row " +
                       std::to_string(b) + " must hold a class in [0, " + std::to_string(classes) +
                       ") or ignore_index (" + std::to_string(ignore_index) + ")");
    }
  }
}

}  // namespace detail

#ifdef WICK_COMPILED
template class NLLLoss<float>;
template class NLLLoss<double>;
#endif

WICK_END_NAMESPACE

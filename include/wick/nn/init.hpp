#pragma once

// Initial values of weights, with PyTorch's names and numbers.

#include <wick/base/error.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <cstddef>

WICK_BEGIN_NAMESPACE

// For Model::apply(): a few lines initialise every layer of a kind. uniform_() and normal_() are in
// random/distributions.hpp; `parameter.fill(0)` is zeros_(). All throw ShapeError for a tensor of fewer than
// two dimensions, whose fans nobody knows. https://docs.pytorch.org/docs/stable/nn.init.html

/// Which of the numbers of connections of a weight (out, in, ...) kaiming_uniform_() and kaiming_normal_()
/// keep the variance for: those into an output, in the forward pass, or those out of an input, in the
/// backward pass.
enum class FanMode { fan_in, fan_out };

namespace detail {

struct Fans {
  double in, out;
};
[[nodiscard]] inline Fans fans_of(const Shape& shape) {
  if (shape.dim() < 2) {
    throw ShapeError(
        "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got shape " +
        shape.str());
  }
  Index receptive = 1;
  for (std::size_t i = 2; i < shape.dim(); ++i) receptive *= shape.dims()[i];
  return {static_cast<double>(shape.dims()[1] * receptive), static_cast<double>(shape.dims()[0] * receptive)};
}
[[nodiscard]] inline double kaiming_std(const Shape& shape, double a, FanMode mode) {
  const Fans fans = fans_of(shape);
  return std::sqrt(2.0 / (1 + a * a)) / std::sqrt(mode == FanMode::fan_in ? fans.in : fans.out);
}

}  // namespace detail

/// Uniform in (-a, a) with a = gain sqrt(6 / (fan_in + fan_out)): the variance of values and of gradients
/// stays about the same from layer to layer. X. Glorot, Y. Bengio,
/// https://proceedings.mlr.press/v9/glorot10a.html
template <Floating T>
void xavier_uniform_(TensorView<T> t, double gain = 1.0, Generator& g = default_generator()) {
  const auto fans = detail::fans_of(t.shape());
  const double bound = std::sqrt(3.0) * (gain * std::sqrt(2.0 / (fans.in + fans.out)));
  uniform_(t, -bound, bound, g);
}

/// Normal with standard deviation gain sqrt(2 / (fan_in + fan_out)).
template <Floating T>
void xavier_normal_(TensorView<T> t, double gain = 1.0, Generator& g = default_generator()) {
  const auto fans = detail::fans_of(t.shape());
  normal_(t, 0.0, gain * std::sqrt(2.0 / (fans.in + fans.out)), g);
}

/// Uniform in (-b, b) with b = sqrt(6 / ((1 + a^2) fan)), for layers before a leaky ReLU of slope a; a = 0 is
/// ReLU. K. He et al., https://arxiv.org/abs/1502.01852
template <Floating T>
void kaiming_uniform_(TensorView<T> t, double a = 0.0, FanMode mode = FanMode::fan_in,
                      Generator& g = default_generator()) {
  const double bound = std::sqrt(3.0) * detail::kaiming_std(t.shape(), a, mode);
  uniform_(t, -bound, bound, g);
}

/// Normal with standard deviation sqrt(2 / ((1 + a^2) fan)).
template <Floating T>
void kaiming_normal_(TensorView<T> t, double a = 0.0, FanMode mode = FanMode::fan_in,
                     Generator& g = default_generator()) {
  normal_(t, 0.0, detail::kaiming_std(t.shape(), a, mode), g);
}

WICK_END_NAMESPACE

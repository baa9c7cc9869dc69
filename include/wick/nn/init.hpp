#pragma once

// Initial values of weights, with PyTorch's names and numbers.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/ops/functions.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

// For Model::apply(): a few lines initialise every layer of a kind. uniform_() and normal_() are in
// random/distributions.hpp; `parameter.fill(0)` is zeros_(). Those that need the numbers of connections of a
// weight, or a matrix, throw ShapeError for a tensor without.
// https://docs.pytorch.org/docs/stable/nn.init.html

/// Which of the numbers of connections of a weight (out, in, ...) kaiming_uniform_() and kaiming_normal_()
/// keep the variance for: those into an output, in the forward pass, or those out of an input, in the
/// backward pass.
enum class FanMode { fan_in, fan_out };

namespace detail {

struct Fans {
  double in, out;
};
[[nodiscard]] Fans fans_of(const Shape& shape);
void check_matrix(const char* where, const Shape& shape);

}  // namespace detail

/// By how much weights have to be larger before this function, that values keep their size: `linear` and
/// `sigmoid` 1, `tanh` 5/3, `relu` sqrt(2), `leaky_relu` of slope `param` sqrt(2 / (1 + param^2)), `selu`
/// 3/4. Throws OptionError for another name. https://docs.pytorch.org/docs/stable/nn.init.html
[[nodiscard]] double calculate_gain(std::string_view nonlinearity, double param = 0.01);

namespace detail {

[[nodiscard]] double kaiming_std(const Shape& shape, double a, FanMode mode, std::string_view nonlinearity);

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

/// Uniform in (-b, b) with b = gain sqrt(3 / fan), the gain being that of the function behind the layer; a
/// leaky ReLU of slope a, which is ReLU for a = 0, if nothing else is said. Throws OptionError for the name
/// of another function than calculate_gain() knows. K. He et al., https://arxiv.org/abs/1502.01852
template <Floating T>
void kaiming_uniform_(TensorView<T> t, double a = 0.0, FanMode mode = FanMode::fan_in,
                      std::string_view nonlinearity = "leaky_relu", Generator& g = default_generator()) {
  const double bound = std::sqrt(3.0) * detail::kaiming_std(t.shape(), a, mode, nonlinearity);
  uniform_(t, -bound, bound, g);
}

/// Normal with standard deviation gain / sqrt(fan).
template <Floating T>
void kaiming_normal_(TensorView<T> t, double a = 0.0, FanMode mode = FanMode::fan_in,
                     std::string_view nonlinearity = "leaky_relu", Generator& g = default_generator()) {
  normal_(t, 0.0, detail::kaiming_std(t.shape(), a, mode, nonlinearity), g);
}

/// 1 on the diagonal of a matrix, else 0: a layer that hands on what it gets.
template <Floating T>
void eye_(TensorView<T> t) {
  detail::check_matrix("eye_", t.shape());
  t.fill(T(0));
  const Index rows = t.size(0);
  const Index cols = t.size(1);
  for (Index i = 0; i < (std::min)(rows, cols); ++i) t.data()[i * cols + i] = T(1);
}

/// Normal, but for `sparsity` of the rows of each column, rounded up, which are 0. J. Martens, "Deep learning
/// via Hessian-free optimization", ICML 2010. Throws OptionError unless sparsity is in [0, 1].
template <Floating T>
void sparse_(TensorView<T> t, double sparsity, double stddev = 0.01, Generator& g = default_generator()) {
  detail::check_matrix("sparse_", t.shape());
  if (!(sparsity >= 0 && sparsity <= 1))
    throw OptionError("sparse_: expected a sparsity in [0, 1], got " + python_repr(sparsity));
  normal_(t, 0.0, stddev, g);
  const Index rows = t.size(0);
  const Index cols = t.size(1);
  const auto zeros = static_cast<std::size_t>(std::ceil(sparsity * static_cast<double>(rows)));
  std::vector<Index> order(static_cast<std::size_t>(rows));
  for (Index col = 0; col < cols; ++col) {
    randperm_(std::span<Index>(order), g);
    for (const Index row : std::span<const Index>(order.data(), zeros)) t.data()[row * cols + col] = T(0);
  }
}

/// Normal, but for numbers outside of [a, b], which are drawn anew: from the normal distribution where most
/// are inside, else from the uniform one, each accepted as often as is likely for its place. Throws
/// OptionError unless stddev > 0 and a < b.
template <Floating T>
void trunc_normal_(TensorView<T> t, double mean = 0.0, double stddev = 1.0, double a = -2.0, double b = 2.0,
                   Generator& g = default_generator()) {
  if (!(stddev > 0 && a < b)) {
    throw OptionError("trunc_normal_: expected std > 0 and a < b, got std=" + python_repr(stddev) +
                      ", a=" + python_repr(a) + ", b=" + python_repr(b));
  }
  const auto below = [&](double x) { return (1 + std::erf((x - mean) / stddev / std::sqrt(2.0))) / 2; };
  Tensor<T> drawn(t.shape());
  const std::span<T> values = t.span();
  if (below(b) - below(a) > 0.3) {
    const T low = static_cast<T>(a);
    const T high = static_cast<T>(b);
    const auto outside = [=](T x) { return x < low || x > high; };
    normal_(t, mean, stddev, g);
    while (std::ranges::any_of(values, outside)) {
      normal_(drawn.view(), mean, stddev, g);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (outside(values[i])) values[i] = drawn.span()[i];
      }
    }
    return;
  }
  // Logarithms of densities, compared with that of the place in [a, b] where it is largest.
  const double mode = (std::max)(a, (std::min)(mean, b));
  const double peak = -0.5 * ((mode - mean) / stddev) * ((mode - mean) / stddev);
  Tensor<T> chances(t.shape());
  std::vector<bool> pending(values.size(), true);
  for (std::size_t left = values.size(); left > 0;) {
    uniform_(drawn.view(), a, b, g);
    uniform_(chances.view(), 0.0, 1.0, g);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!pending[i]) continue;
      values[i] = drawn.span()[i];
      const T away = (values[i] - static_cast<T>(mean)) / static_cast<T>(stddev);
      if (detail::Log::apply(chances.span()[i]) > away * away * T(-0.5) - static_cast<T>(peak)) continue;
      pending[i] = false;
      --left;
    }
  }
}

/// Rows that are at right angles to each other and have the length `gain`, or columns, if there are fewer of
/// those: a random rotation. What follows the first dimension counts as one. Nothing of an empty tensor.
/// A. Saxe et al., https://arxiv.org/abs/1312.6120; F. Mezzadri, https://arxiv.org/abs/math-ph/0609050
template <Floating T>
void orthogonal_(TensorView<T> t, double gain = 1.0, Generator& g = default_generator()) {
  if (t.dim() < 2) {
    throw ShapeError("orthogonal_: Only tensors with 2 or more dimensions are supported, got shape " +
                     t.shape().str());
  }
  if (t.numel() == 0) return;
  normal_(t, 0.0, 1.0, g);
  const Index rows = t.size(0);
  const Index cols = t.numel() / rows;
  const Index count = (std::min)(rows, cols);
  const Index length = (std::max)(rows, cols);
  std::vector<double> vectors(static_cast<std::size_t>(count * length));
  const auto place = [&](Index k, Index i) { return rows < cols ? k * cols + i : i * cols + k; };
  const auto vector = [&](Index k) {
    return std::span<double>(vectors.data() + k * length, static_cast<std::size_t>(length));
  };
  const auto product = [](std::span<const double> x, std::span<const double> y) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
    return sum;
  };
  for (Index k = 0; k < count; ++k) {
    const std::span<double> v = vector(k);
    for (Index i = 0; i < length; ++i)
      v[static_cast<std::size_t>(i)] = static_cast<double>(t.data()[place(k, i)]);
    // Twice: what rounding leaves of the others the first time is gone after the second.
    for (int pass = 0; pass < 2; ++pass) {
      for (Index other = 0; other < k; ++other) {
        const double share = product(v, vector(other));
        for (std::size_t i = 0; i < v.size(); ++i) v[i] -= share * vector(other)[i];
      }
    }
    const double size = std::sqrt(product(v, v));
    for (double& x : v) x /= size;
    for (Index i = 0; i < length; ++i)
      t.data()[place(k, i)] = static_cast<T>(v[static_cast<std::size_t>(i)] * gain);
  }
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/init.ipp>
#endif

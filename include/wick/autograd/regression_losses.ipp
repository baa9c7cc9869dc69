#pragma once

// Definitions of autograd/regression_losses.hpp.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/detail/greater.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/regression_losses.hpp>
#include <wick/autograd/select.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numbers>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The target, once its shape was found to fit.
template <Floating T>
[[nodiscard]] Var<T> fitting(const char* where, const Var<T>& x, const LossInput<T>& target) {
  check_target(where, x.shape(), target.shape());
  return target.on(x.tape());
}

/// The same of one that may also broadcast to the input.
template <Floating T>
[[nodiscard]] Var<T> fitting_broadcast(const char* where, const Var<T>& x, const LossInput<T>& target) {
  const Shape shape = x.shape();
  const Shape given = target.shape();
  const std::size_t before = shape.dim() < given.dim() ? 0 : shape.dim() - given.dim();
  bool fits = given.dim() <= shape.dim();
  for (std::size_t d = 0; fits && d < given.dim(); ++d)
    fits = given.dims()[d] == shape.dims()[before + d] || given.dims()[d] == 1;
  return fits ? target.on(x.tape()) : fitting(where, x, target);
}

/// The shape in which variances broadcast to x.
[[nodiscard]] inline Shape variance_shape(const Shape& x, const Shape& var) {
  if (x == var) return var;
  const std::size_t rank = x.dim();
  if (rank > 0) {
    std::array<Index, Shape::max_rank> dims{};
    std::ranges::copy(x.dims(), dims.begin());
    dims[rank - 1] = 1;
    if (var == Shape(std::span<const Index>(dims.data(), rank - 1)))
      return Shape(std::span<const Index>(dims.data(), rank));
    // Alike but for one dimension, which is 1.
    std::size_t others = 0;
    bool broadcasts = var.dim() == rank;
    for (std::size_t d = 0; broadcasts && d < rank; ++d) {
      if (var.dims()[d] == x.dims()[d]) continue;
      ++others;
      broadcasts = var.dims()[d] == 1;
    }
    if (broadcasts && others == 1) return var;
  }
  throw ShapeError("gaussian_nll_loss: var is of incorrect size " + var.str() + ", for an input of shape " +
                   x.str());
}

}  // namespace detail

template <Floating T>
Var<T> l1_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target, Reduction reduction) {
  return reduced(abs(x - detail::fitting("l1_loss", x, target)), reduction);
}

template <Floating T>
Var<T> smooth_l1_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                      const SmoothL1LossOptions& options) {
  if (!(options.beta >= 0)) {
    throw OptionError("smooth_l1_loss does not support negative values for beta, got " +
                      python_repr(options.beta));
  }
  const Var<T> difference = x - detail::fitting("smooth_l1_loss", x, target);
  const T beta = static_cast<T>(options.beta);
  const Var<T> losses =
      options.beta == 0 ? abs(difference) : div(activated(detail::Huber(), difference, options.beta), beta);
  return reduced(losses, options.reduction);
}

template <Floating T>
Var<T> huber_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                  const HuberLossOptions& options) {
  if (!(options.delta > 0)) {
    throw OptionError("huber_loss does not support non-positive values for delta, got " +
                      python_repr(options.delta));
  }
  const Var<T> difference = x - detail::fitting("huber_loss", x, target);
  return reduced(activated(detail::Huber(), difference, options.delta), options.reduction);
}

template <Floating T>
Var<T> poisson_nll_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                        const PoissonNLLLossOptions& options) {
  const Var<T> y = detail::fitting("poisson_nll_loss", x, target);
  const Var<T> expected = options.log_input ? exp(x) : x;
  const Var<T> log_rate = options.log_input ? x : log(x + static_cast<T>(options.eps));
  Var<T> losses = expected - y * log_rate;
  if (options.full) {
    // 0 for y <= 1, whatever its logarithm is.
    const Var<T> above = maximum(y, T(1));
    const Var<T> stirling = above * log(above) - above + mul(log(above * T(2 * std::numbers::pi)), T(0.5));
    const Var<T> counts = detail::greater(y, T(1));
    losses = losses + counts * stirling;
  }
  return reduced(losses, options.reduction);
}

template <Floating T>
Var<T> gaussian_nll_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                         const std::type_identity_t<LossInput<T>>& var,
                         const GaussianNLLLossOptions& options) {
  if (!(options.eps > 0)) {
    throw OptionError("gaussian_nll_loss: eps must be positive, got " + python_repr(options.eps));
  }
  const Var<T> y = detail::fitting_broadcast("gaussian_nll_loss", x, target);
  const Shape shape = detail::variance_shape(x.shape(), var.shape());
  const Var<T> given = reshape(var.on(x.tape()), shape);
  const TensorView<const T> values = given.value();
  Tape<T>& tape = x.tape();
  T* const lacking = tape.arena().template take<T>(values.numel());
  for (Index i = 0; i < values.numel(); ++i) {
    const T v = values.data()[i];
    if (v < T(0)) throw Error("gaussian_nll_loss: var has negative entry/entries");
    lacking[i] = (std::max)(static_cast<T>(options.eps) - v, T(0));
  }
  const Var<T> variance = given + tape.constant(TensorView<const T>(lacking, shape));
  Var<T> losses = mul(log(variance) + square(x - y) / variance, T(0.5));
  // log(2 pi) / 2
  if (options.full) losses = losses + static_cast<T>(0.91893853320467274178);
  return reduced(losses, options.reduction);
}

template <Floating T>
Var<T> kl_div(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
              const KLDivLossOptions& options) {
  const Var<T> y = detail::fitting("kl_div", x, target);
  // 0 log(0) is 0: there the logarithm is that of 1. Below 0 it is NaN, as no probability is there.
  const Var<T> losses = options.log_target ? exp(y) * (y - x) : y * log(y + (T(1) - square(sign(y)))) - y * x;
  if (!options.batchmean) return reduced(losses, options.reduction);
  const Index rows = x.dim() == 0 ? 1 : x.size(0);
  return div(sum(losses), static_cast<T>(rows));
}

#ifdef WICK_COMPILED
template Var<float> l1_loss(const Var<float>&, const LossInput<float>&, Reduction);
template Var<float> smooth_l1_loss(const Var<float>&, const LossInput<float>&, const SmoothL1LossOptions&);
template Var<float> huber_loss(const Var<float>&, const LossInput<float>&, const HuberLossOptions&);
template Var<float> poisson_nll_loss(const Var<float>&, const LossInput<float>&,
                                     const PoissonNLLLossOptions&);
template Var<float> gaussian_nll_loss(const Var<float>&, const LossInput<float>&, const LossInput<float>&,
                                      const GaussianNLLLossOptions&);
template Var<float> kl_div(const Var<float>&, const LossInput<float>&, const KLDivLossOptions&);
template Var<double> l1_loss(const Var<double>&, const LossInput<double>&, Reduction);
template Var<double> smooth_l1_loss(const Var<double>&, const LossInput<double>&, const SmoothL1LossOptions&);
template Var<double> huber_loss(const Var<double>&, const LossInput<double>&, const HuberLossOptions&);
template Var<double> poisson_nll_loss(const Var<double>&, const LossInput<double>&,
                                      const PoissonNLLLossOptions&);
template Var<double> gaussian_nll_loss(const Var<double>&, const LossInput<double>&, const LossInput<double>&,
                                       const GaussianNLLLossOptions&);
template Var<double> kl_div(const Var<double>&, const LossInput<double>&, const KLDivLossOptions&);
#endif

WICK_END_NAMESPACE

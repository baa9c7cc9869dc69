#pragma once

// Definitions of optim/clip_grad.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/clip_grad.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The sum of f(x), sixteen sums side by side, which compilers make vectors of without changing the order.
template <class T, class Function>
double sum_of(std::span<const T> values, const Function& f) {
  constexpr std::size_t lanes = 16;
  std::array<double, lanes> sums{};
  const std::size_t whole = values.size() / lanes * lanes;
  for (std::size_t i = 0; i < whole; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += f(static_cast<double>(values[i + lane]));
  }
  for (std::size_t i = whole; i < values.size(); ++i) sums[i - whole] += f(static_cast<double>(values[i]));
  for (std::size_t n = lanes / 2; n > 0; n /= 2) {
    for (std::size_t lane = 0; lane < n; ++lane) sums[lane] += sums[lane + n];
  }
  return sums[0];
}

/// Calls f with the gradient of each parameter that has a new one.
template <class T, class Function>
void each_new_grad(ParameterBlock<T>& block, const Function& f) {
  for (const auto& e : block.entries()) {
    if (block.has_new_grad(e.slot.number)) f(block.grad(e.slot).span());
  }
}

}  // namespace detail

template <Floating T>
double clip_grad_norm_(const std::shared_ptr<ParameterBlock<T>>& parameters, double max_norm,
                       const ClipGradNormOptions& options) {
  const double p = options.norm_type;
  if (!(max_norm >= 0)) {
    throw OptionError("clip_grad_norm_: max_norm must be >= 0, got " + python_repr(max_norm));
  }
  if (!(p > 0)) throw OptionError("clip_grad_norm_: norm_type must be > 0, got " + python_repr(p));
  if (parameters == nullptr) throw OptionError("clip_grad_norm_: got no parameters");
  ParameterBlock<T>& block = *parameters;
  double norm = 0;
  detail::each_new_grad(block, [&](std::span<const T> grad) {
    if (!is_finite(p)) {
      for (const T g : grad) {
        const double size = std::fabs(static_cast<double>(g));
        if (!(size <= norm)) norm = std::isnan(norm) ? norm : size;
      }
    } else if (p == 2) {
      norm += detail::sum_of(grad, [](double g) { return g * g; });
    } else if (p == 1) {
      norm += detail::sum_of(grad, [](double g) { return std::fabs(g); });
    } else {
      norm += detail::sum_of(grad, [&](double g) {
        const double size = std::fabs(g);
        return size == 0 ? 0 : detail::exp(p * detail::log(size));
      });
    }
  });
  if (is_finite(p) && p == 2) norm = std::sqrt(norm);
  if (is_finite(p) && p != 2 && p != 1 && norm != 0) norm = detail::exp(detail::log(norm) / p);
  if (options.error_if_nonfinite && !is_finite(norm)) {
    throw Error(
        "clip_grad_norm_: The total norm of order " + python_repr(p) +
        " for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this error "
        "and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`");
  }
  const double factor = max_norm / (norm + 1e-6);
  if (factor >= 1) return norm;
  const auto scale = static_cast<T>(factor);
  detail::each_new_grad(block, [&](std::span<T> grad) {
    for (T& g : grad) g *= scale;
  });
  return norm;
}

template <Floating T>
void clip_grad_value_(const std::shared_ptr<ParameterBlock<T>>& parameters, double clip_value) {
  if (!(clip_value >= 0)) {
    throw OptionError("clip_grad_value_: clip_value must be >= 0, got " + python_repr(clip_value));
  }
  if (parameters == nullptr) throw OptionError("clip_grad_value_: got no parameters");
  const auto most = static_cast<T>(clip_value);
  detail::each_new_grad(*parameters, [&](std::span<T> grad) {
    for (T& g : grad) g = g < -most ? -most : most < g ? most : g;
  });
}

#ifdef WICK_COMPILED
template double clip_grad_norm_(const std::shared_ptr<ParameterBlock<float>>&, double,
                                const ClipGradNormOptions&);
template double clip_grad_norm_(const std::shared_ptr<ParameterBlock<double>>&, double,
                                const ClipGradNormOptions&);
template void clip_grad_value_(const std::shared_ptr<ParameterBlock<float>>&, double);
template void clip_grad_value_(const std::shared_ptr<ParameterBlock<double>>&, double);
#endif

WICK_END_NAMESPACE

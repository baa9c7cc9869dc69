#pragma once

// Derivatives beside central differences: a judge that needs no PyTorch.

#include "report.hpp"

#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace conformance {

/// Whether cases of doubles are judged by differences too: `--differences`.
inline bool by_differences = false;

/// Compares a gradient with the central differences of f(x), a number, at x. Where the differences to both
/// sides are not the same, f has a bend or a jump, and nothing is compared.
template <class Function>
void compare_differences(Comparison& comparison, const std::string& what, wick::Tensor<double> x,
                         const wick::Tensor<double>& gradient, const Function& f) {
  const double here = f(x);
  for (wick::Index i = 0; i < x.numel() && !comparison.failed(); ++i) {
    const double value = x.data()[i];
    const double step = 1e-6 * (std::max)(1.0, std::abs(value));
    x.data()[i] = value + step;
    const double above = f(x);
    x.data()[i] = value - step;
    const double below = f(x);
    x.data()[i] = value;
    const double right = (above - here) / step;
    const double left = (here - below) / step;
    const double central = (above - below) / (2 * step);
    const double size = 1 + std::abs(central) + 1e-4 * std::abs(here);
    if (!(std::abs(right - left) <= 1e-3 * size)) continue;  // or NaN
    const double difference = std::abs(central - gradient.data()[i]);
    if (difference <= 1e-5 * size) continue;
    comparison.fail(what + ": element " + std::to_string(i) + " is " + std::to_string(gradient.data()[i]) +
                    ", by differences " + std::to_string(central));
  }
}

}  // namespace conformance

#pragma once

// Derivatives against central differences, in double.

#include "support/compare.hpp"

#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace wick_tests {

/// Compares `gradient` with the differences of `f`, a function of the elements of `x` that returns a number
/// of the order of 1: within 1e-7 of each derivative, plus 1e-10 for the rounding of the differences.
///
/// The five-point formula: its error is of the order of h^4, and rounding adds about 1e-16 / h.
/// `f` must be smooth within 2 h of x: no ReLU that close to its bend. `x` is as before afterwards.
template <class F>
[[nodiscard]] Close gradient_close(wick::TensorView<double> x, const wick::TensorArg<double>& gradient,
                                   F&& f) {
  constexpr double h = 1e-4;
  wick::Tensor<double> differences(x.shape());
  for (wick::Index i = 0; i < x.numel(); ++i) {
    const double before = x.data()[i];
    const auto at = [&](double step) {
      x.data()[i] = before + step;
      return static_cast<double>(f());
    };
    const double near = at(h) - at(-h);
    const double far = at(2 * h) - at(-2 * h);
    differences.data()[i] = (8 * near - far) / (12 * h);
    x.data()[i] = before;
  }
  return close<double>(gradient, differences.view(), 1e-7, 1e-10);
}

/// sum_i a_i b_i: turns a tensor into one number whose derivative by it is `b`.
[[nodiscard]] inline double dot(const wick::TensorArg<double>& a, const wick::TensorArg<double>& b) {
  double sum = 0;
  for (wick::Index i = 0; i < a.numel(); ++i) sum += a.data()[i] * b.data()[i];
  return sum;
}

}  // namespace wick_tests

/// CHECK_GRADIENT(x, gradient, f): fails with the worst element.
#define CHECK_GRADIENT(...)                                                  \
  do {                                                                       \
    const auto gradient_result = wick_tests::gradient_close(__VA_ARGS__);    \
    CHECK_MESSAGE(static_cast<bool>(gradient_result), gradient_result.text); \
  } while (false)

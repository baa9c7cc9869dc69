#pragma once

// Comparisons for tests, with messages that show where two tensors part.

#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace wick_tests {

/// True within |a - b| <= atol + rtol * |b|; otherwise a text naming the worst element.
struct Close {
  bool ok;
  std::string text;
  explicit operator bool() const { return ok; }
};

template <class T>
[[nodiscard]] Close close(wick::TensorView<const T> a, wick::TensorView<const T> b, double rtol,
                          double atol = 0) {
  if (!(a.shape() == b.shape())) return {false, "shapes " + a.shape().str() + " and " + b.shape().str()};
  double worst = 0;
  std::string where;
  for (wick::Index i = 0; i < a.numel(); ++i) {
    const double x = static_cast<double>(a.data()[i]);
    const double y = static_cast<double>(b.data()[i]);
    const double excess = std::abs(x - y) - (atol + rtol * std::abs(y));
    if (!(excess <= 0) && !(excess <= worst)) {
      worst = excess;
      where = "element " + std::to_string(i) + ": " + std::to_string(x) + " and " + std::to_string(y) +
              ", difference " + std::to_string(x - y);
    }
  }
  return {where.empty(), where};
}
template <class T>
[[nodiscard]] Close close(const wick::Tensor<T>& a, const wick::Tensor<T>& b, double rtol, double atol = 0) {
  return close<T>(a.view(), b.view(), rtol, atol);
}
[[nodiscard]] inline bool close(double a, double b, double rtol, double atol = 0) {
  return std::abs(a - b) <= atol + rtol * std::abs(b);
}

}  // namespace wick_tests

#define CHECK_CLOSE(...)                                               \
  do {                                                                 \
    const auto close_result = wick_tests::close(__VA_ARGS__);          \
    CHECK_MESSAGE(static_cast<bool>(close_result), close_result.text); \
  } while (false)

#pragma once

// Definitions of data/mixup.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/data/mixup.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE double draw_gamma(double alpha, Generator& generator) {
  double scale = 1;
  if (alpha < 1) {
    scale = std::pow(1 - uniform53(generator), 1 / alpha);
    alpha += 1;
  }
  const double d = alpha - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    double x = 0;
    double y = 0;
    do {
      normal_(TensorView<double>(&x, Shape{}), 0.0, 1.0, generator);
      y = 1 + c * x;
    } while (y <= 0);
    const double v = y * y * y;
    const double u = 1 - uniform53(generator);
    if (u < 1 - 0.0331 * x * x * x * x || std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) {
      return (std::max)(scale * d * v, (std::numeric_limits<double>::min)());
    }
  }
}

}  // namespace detail

WICK_END_NAMESPACE

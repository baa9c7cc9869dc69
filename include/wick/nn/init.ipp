#pragma once

// Definitions of nn/init.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/init.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Fans fans_of(const Shape& shape) {
  if (shape.dim() < 2) {
    throw ShapeError(
        "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got shape " +
        shape.str());
  }
  Index receptive = 1;
  for (std::size_t i = 2; i < shape.dim(); ++i) receptive *= shape.dims()[i];
  return {static_cast<double>(shape.dims()[1] * receptive), static_cast<double>(shape.dims()[0] * receptive)};
}

WICK_INLINE void check_matrix(const char* where, const Shape& shape) {
  if (shape.dim() == 2) return;
  throw ShapeError(std::string(where) + ": Only tensors with 2 dimensions are supported, got shape " +
                   shape.str());
}

}  // namespace detail

WICK_INLINE double calculate_gain(std::string_view nonlinearity, double param) {
  if (nonlinearity == "linear" || nonlinearity == "sigmoid") return 1;
  if (nonlinearity == "tanh") return 5.0 / 3;
  if (nonlinearity == "relu") return std::sqrt(2.0);
  if (nonlinearity == "leaky_relu") return std::sqrt(2.0 / (1 + param * param));
  if (nonlinearity == "selu") return 3.0 / 4;
  throw OptionError("Unsupported nonlinearity '" + std::string(nonlinearity) +
                    "', expected linear, sigmoid, tanh, relu, leaky_relu or selu");
}

namespace detail {

WICK_INLINE double kaiming_std(const Shape& shape, double a, FanMode mode, std::string_view nonlinearity) {
  const Fans fans = fans_of(shape);
  return calculate_gain(nonlinearity, a) / std::sqrt(mode == FanMode::fan_in ? fans.in : fans.out);
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Inputs for recorded functions, and the check of all their derivatives.

#include <wick/autograd/grad.hpp>
#include <wick/autograd/gradcheck.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/random/distributions.hpp>
#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace wick_tests {

using Variables = std::vector<wick::Var<double>>;

/// Numbers in [low, high).
[[nodiscard]] inline wick::Tensor<double> numbers(const wick::Shape& shape, std::uint64_t seed,
                                                  double low = -2, double high = 2) {
  wick::Generator generator(seed);
  wick::Tensor<double> x(shape);
  wick::uniform_(x.view(), low, high, generator);
  return x;
}

/// First and second derivatives of f, a smooth function of variables.
template <class F>
void check_derivatives(const F& f, const std::vector<wick::Tensor<double>>& inputs) {
  CHECK_NOTHROW(wick::gradcheck(f, inputs));
  CHECK_NOTHROW(wick::gradgradcheck(f, inputs));
}

}  // namespace wick_tests

#pragma once

// Reads reference/norms.bin.

#include "support/fixture.hpp"

#include <wick/nn/model.hpp>
#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace wick_tests {

[[nodiscard]] inline wick::Tensor<double> next_tensor(Fixture& file) {
  const wick::Shape shape = file.shape();
  return file.tensor<double>(shape);
}

inline void check_near(wick::TensorView<const double> got, const wick::Tensor<double>& expected) {
  REQUIRE(got.shape() == expected.shape());
  for (wick::Index i = 0; i < got.numel(); ++i) {
    const double e = expected.data()[i];
    if (std::abs(got.data()[i] - e) > 1e-12 * (1 + std::abs(e))) CHECK(got.data()[i] == e);
  }
}

/// 1 / (1 + i)
[[nodiscard]] inline wick::Tensor<double> falling_weights(const wick::Shape& shape) {
  wick::Tensor<double> dy(shape);
  for (wick::Index i = 0; i < dy.numel(); ++i) dy.data()[i] = 1.0 / static_cast<double>(1 + i);
  return dy;
}

/// Sets all parameters of a model, in their order.
template <class Model>
void set_parameters(Model& model, std::span<const wick::Tensor<double>> values) {
  auto& block = *model.parameters();
  REQUIRE(block.entries().size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    REQUIRE(block.entries()[i].slot.shape == values[i].shape());
    std::ranges::copy(values[i].span(), block.value(block.entries()[i].slot).data());
  }
}
template <class Model>
void check_gradients(Model& model, std::span<const wick::Tensor<double>> expected) {
  auto& block = *model.parameters();
  for (std::size_t i = 0; i < expected.size(); ++i)
    check_near(block.grad(block.entries()[i].slot), expected[i]);
}

}  // namespace wick_tests

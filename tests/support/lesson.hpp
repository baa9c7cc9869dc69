#pragma once

// A model that several tests compare with Network.

#include <wick/autograd.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/scope.hpp>

#include <vector>

namespace wick_tests {

/// The lesson's network, as a user writes it.
struct Lesson {
  std::vector<wick::Linear<float>> hidden;
  wick::Linear<float> output;
  wick::Dropout drop{0.5};

  Lesson(const wick::Scope<float>& s, wick::Index in, const std::vector<wick::Index>& sizes, wick::Index out)
      : hidden(layers(s / "hidden_layers", in, sizes)), output(s / "output", sizes.back(), out) {}
  auto operator()(auto x) const {
    for (const auto& layer : hidden) x = drop(relu(layer(x)));
    return log_softmax(output(x));
  }

 private:
  static std::vector<wick::Linear<float>> layers(const wick::Scope<float>& s, wick::Index in,
                                                 const std::vector<wick::Index>& sizes) {
    std::vector<wick::Linear<float>> list;
    for (const wick::Index size : sizes) {
      list.emplace_back(s / static_cast<wick::Index>(list.size()), in, size);
      in = size;
    }
    return list;
  }
};

}  // namespace wick_tests

// The other half: what the files hold, compared element by element, and what they predict.
#include "variants.hpp"

#include <wick/wick.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <iostream>
#include <span>
#include <string>
#include <vector>

namespace {

// The logarithms of the classes' probabilities for `x`, by the definition.
std::vector<double> by_definition(const wick::StateDict& state, std::span<const float> x) {
  std::vector<double> now(x.begin(), x.end());
  for (const std::string layer : {"hidden_layers.0", "hidden_layers.1", "output"}) {
    const auto weight = state[layer + ".weight"].to<float>();
    const auto bias = state[layer + ".bias"].to<float>();
    std::vector<double> next;
    for (wick::Index i = 0; i < weight.size(0); ++i) {
      double sum = static_cast<double>(bias.at(i));
      for (wick::Index j = 0; j < weight.size(1); ++j) {
        sum += static_cast<double>(weight.at(i, j)) * now[static_cast<std::size_t>(j)];
      }
      next.push_back(layer == "output" ? sum : (std::max)(sum, 0.0));
    }
    now = next;
  }
  double total = 0;
  for (const double x_i : now) total += std::exp(x_i);
  for (double& x_i : now) x_i -= std::log(total);
  return now;
}

bool close(std::span<const float> a, std::span<const double> b) {
  return std::ranges::equal(a, b, [](float x, double y) {
    return std::abs(static_cast<double>(x) - y) < 1e-5;  // 50 times what rounding does here
  });
}

}  // namespace

wick::Index differing(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto left = wick::load(a);
  const auto right = wick::load(b);
  wick::Index count = 0;
  if (left.keys() != right.keys()) count = 1;
  for (const auto& [name, tensor] : left) {
    if (count > 0) break;
    const auto x = tensor.to<float>();
    const auto y = right[name].to<float>();
    if (x.shape() != y.shape()) {
      count = 1;
      break;
    }
    for (wick::Index i = 0; i < x.numel(); ++i) count += x.data()[i] == y.data()[i] ? 0 : 1;
  }
  if (count > 0) std::cout << a << " and " << b << " differ\n" << left.keys() << '\n' << right.keys() << '\n';
  return count;
}

bool predicts_as(const wick::Network<float>& model, const std::filesystem::path& file) {
  std::vector<float> x(15);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.25F * static_cast<float>(i % 7) - 0.5F;
  const auto expected = by_definition(model.state_dict(), x);

  const auto predictor = wick::load_predictor(file);
  auto memory = predictor.workspace();
  const bool by_predictor = close(predictor.outputs(x, memory), expected);
  std::array<wick::Prediction, 2> top;
  std::vector<float> pixels(x);
  for (float& p : pixels) p = p * 0.5F + 0.5F;  // which the predictor undoes
  const auto count = predictor.predict(wick::Pixels::floats(pixels.data(), 5, 3), top, memory);
  const auto best = std::ranges::max_element(expected) - expected.begin();
  const bool by_name =
      count == 2 && top[0].label == best && top[0].name == class_names()[static_cast<std::size_t>(best)] &&
      std::abs(static_cast<double>(top[0].probability) - std::exp(*std::ranges::max_element(expected))) <
          1e-5;

  auto loaded = wick::load_checkpoint(file);
  loaded.eval();
  wick::Workspace workspace;
  const auto row = loaded.predict(wick::TensorView<const float>(x.data(), wick::Shape{1, 15}), workspace);
  const bool by_network = close({row.data(), 4}, expected);
  const wick::StaticNetwork<float, 15, 17, 9, 4> fixed(loaded);
  const bool by_static = close(fixed.predict(std::span<const float, 15>(x)), expected);

  if (by_predictor && by_name && by_network && by_static) return true;
  std::cout << file << " predicts something else\n";
  return false;
}

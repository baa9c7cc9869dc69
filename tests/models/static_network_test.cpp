#include <wick/models/static_network.hpp>

#include "support/allocations.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

using wick::Index;

namespace {

template <class T, Index in, Index... rest>
wick::Network<T> network_of() {
  constexpr std::array<Index, sizeof...(rest)> later{rest...};
  wick::Generator g(7);
  return {in, later.back(), std::span(later).first(later.size() - 1), {}, g};
}

template <class T, std::size_t n>
std::span<const T, n> row_of(const wick::Tensor<T>& x, Index row) {
  return x[row].span().template first<n>();
}

// Compares with the bytes that the network computes for each row of a batch.
template <class T, Index in, Index... rest>
void check_equal() {
  const auto network = network_of<T, in, rest...>();
  const wick::StaticNetwork<T, in, rest...> fast(network);
  wick::Generator g(11);
  for (const Index rows : {2, 3, 17}) {
    const auto x = wick::randn<T>({rows, in}, g);
    const auto expected = network.predict(x);
    const auto raw = network.logits(x);
    for (Index row = 0; row < rows; ++row) {
      CAPTURE(row);
      const auto y = fast.predict(row_of<T, in>(x, row));
      CHECK(std::ranges::equal(y, expected[row].span()));
      CHECK(std::ranges::equal(fast.logits(row_of<T, in>(x, row)), raw[row].span()));
    }
  }
  const auto x = wick::randn<T>({1, in}, g);
  const auto y = fast.predict(row_of<T, in>(x, 0));
  const auto view = wick::TensorView<const T>(y.data(), {1, static_cast<Index>(y.size())});
  const auto by_network = network.predict(x);
  CHECK(wick::all_close<T>(view, by_network, 1e-5, 1e-6));
}

}  // namespace

TEST_CASE("a static network predicts what the network predicts for the rows of a batch") {
  check_equal<float, 8, 32, 32, 4>();
  check_equal<float, 64, 256, 256, 10>();
  check_equal<float, 784, 512, 256, 128, 10>();
  check_equal<float, 3, 2>();
  check_equal<float, 1, 2>();
  check_equal<float, 5, 16, 17, 33, 100, 31>();
  check_equal<float, 1000, 18>();  // the sum over 1000 inputs is cut
  check_equal<double, 8, 32, 32, 2>();
  check_equal<double, 700, 129, 20, 40>();
}

TEST_CASE("one output of a static network is raw") {
  const auto network = network_of<float, 8, 32, 32, 1>();
  const wick::StaticNetwork<float, 8, 32, 32, 1> fast(network);
  wick::Generator g(5);
  const auto x = wick::randn<float>({3, 8}, g);
  const auto expected = network.logits(x);
  for (Index row = 0; row < 3; ++row) {
    const auto y = fast.logits(row_of<float, 8>(x, row));
    CHECK(y[0] == expected.at(row, 0));
    CHECK(y[0] != 0);
  }
}

TEST_CASE("a static network is the formula") {
  const auto network = network_of<double, 6, 20, 4>();
  const wick::StaticNetwork<double, 6, 20, 4> fast(network);
  wick::Generator g(3);
  const auto x = wick::randn<double>({1, 6}, g);
  const auto parameter = [&](const char* name) { return network.parameters()->value(name); };
  std::array<double, 20> hidden{};
  for (Index j = 0; j < 20; ++j) {
    double sum = parameter("hidden_layers.0.bias").at(j);
    for (Index k = 0; k < 6; ++k) sum += parameter("hidden_layers.0.weight").at(j, k) * x.at(0, k);
    hidden[static_cast<std::size_t>(j)] = std::max(sum, 0.0);
  }
  std::array<double, 4> logits{};
  double total = 0;
  for (Index j = 0; j < 4; ++j) {
    double sum = parameter("output.bias").at(j);
    for (Index k = 0; k < 20; ++k) {
      sum += parameter("output.weight").at(j, k) * hidden[static_cast<std::size_t>(k)];
    }
    logits[static_cast<std::size_t>(j)] = sum;
    total += std::exp(sum);
  }
  const auto y = fast.predict(row_of<double, 6>(x, 0));
  for (std::size_t j = 0; j < 4; ++j) {
    const double expected = logits[j] - std::log(total);
    CHECK(std::abs(y[j] - expected) <= 1e-12 * std::abs(expected));
  }
}

TEST_CASE("NaN in the sample reaches every result of a static network") {
  const auto network = network_of<float, 4, 20, 20, 3>();
  const wick::StaticNetwork<float, 4, 20, 20, 3> fast(network);
  const std::array<float, 4> x{0, std::numeric_limits<float>::quiet_NaN(), 1, 2};
  for (const float y : fast.predict(x)) CHECK(std::isnan(y));
}

TEST_CASE("a static network refuses a network of other sizes") {
  using Fast = wick::StaticNetwork<float, 4, 8, 3>;
  const auto refuses = [](const wick::Network<float>& network, const char* message) {
    CHECK_THROWS_WITH_AS(Fast{network}, message, wick::ShapeError);
  };
  refuses(wick::Network<float>(4, 3, {9}), "StaticNetwork: expected a network of the sizes 4-8-3, got 4-9-3");
  refuses(wick::Network<float>(5, 3, {8}), "StaticNetwork: expected a network of the sizes 4-8-3, got 5-8-3");
  refuses(wick::Network<float>(4, 2, {8}), "StaticNetwork: expected a network of the sizes 4-8-3, got 4-8-2");
  refuses(wick::Network<float>(4, 3, {}), "StaticNetwork: expected a network of the sizes 4-8-3, got 4-3");
  refuses(wick::Network<float>(4, 3, {8, 8}),
          "StaticNetwork: expected a network of the sizes 4-8-3, got 4-8-8-3");
}

TEST_CASE("a static network is a value, allocates nothing and throws nothing") {
  auto network = network_of<float, 8, 32, 2>();
  using Fast = wick::StaticNetwork<float, 8, 32, 2>;
  Fast fast(network);
  const std::array<float, 8> x{1, 2, 3, 4, 5, 6, 7, 8};
  const auto before = fast.predict(x);
  const Fast copy = fast;
  network.parameters()->value("output.bias").fill(100);
  CHECK(fast.predict(x) == before);
  fast = Fast(network_of<float, 8, 32, 2>());
  CHECK(copy.predict(x) == before);
  static_assert(noexcept(copy.predict(x)));

  const auto count = wick_tests::allocations_in([&] { static_cast<void>(copy.predict(x)); });
  CHECK(count == 0);
}

TEST_CASE("a network with another activation or with norms is refused") {
  wick::Generator g(1);
  const wick::Network<float> smooth(8, 3, {32}, {.activation = wick::Activation::tanh}, g);
  CHECK(wick_tests::message_of<wick::OptionError>([&] { wick::StaticNetwork<float, 8, 32, 3>{smooth}; }) ==
        "StaticNetwork: expected a network with ReLU and without normalisation, got tanh");
  const wick::Network<float> norms(8, 3, {32}, {.normalisation = wick::Normalisation::layer_norm}, g);
  CHECK(wick_tests::message_of<wick::OptionError>([&] { wick::StaticNetwork<float, 8, 32, 3>{norms}; }) ==
        "StaticNetwork: expected a network with ReLU and without normalisation, got relu and LayerNorm");
}

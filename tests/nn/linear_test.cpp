#include <wick/nn/linear.hpp>
#include <wick/random/distributions.hpp>

#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/gradient_check.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <sstream>
#include <type_traits>

using namespace wick;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

template <class T>
std::uint64_t fingerprint(TensorView<const T> t) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  std::uint64_t sum = 0;
  for (Index i = 0; i < t.numel(); ++i) {
    sum += (2 * static_cast<std::uint64_t>(i) + 1) * std::bit_cast<Bits>(t.data()[i]);
  }
  return sum;
}

template <class T>
void check_drawn(Fixture& file) {
  const auto seed = file.get<std::uint64_t>();
  const auto in = static_cast<Index>(file.get<std::int64_t>());
  const auto out = static_cast<Index>(file.get<std::int64_t>());
  CAPTURE(seed);
  CAPTURE(in);
  CAPTURE(out);
  Generator g(seed);
  ParameterBlock<T> block;
  const Linear<T> layer(block, "fc", in, out, g);
  const TensorView<const T> weight = block.value(layer.weight());
  const TensorView<const T> bias = block.value(layer.bias());
  CHECK(weight.shape() == Shape{out, in});
  CHECK(bias.shape() == Shape{out});
  const Index few = (std::min)(in * out, Index{3});
  const auto flat = weight.reshape({in * out});
  CHECK(Tensor<T>(flat.rows(0, few)) == file.tensor<T>({few}));
  CHECK(Tensor<T>(flat.rows(in * out - few, in * out)) == file.tensor<T>({few}));
  const Index few_biases = (std::min)(out, Index{3});
  CHECK(Tensor<T>(bias.rows(0, few_biases)) == file.tensor<T>({few_biases}));
  CHECK(fingerprint(weight) == file.get<std::uint64_t>());
  CHECK(fingerprint(bias) == file.get<std::uint64_t>());
  CHECK(random63(g) == file.get<std::int64_t>());
}

struct Example {
  ParameterBlock<double> block;
  Linear<double> layer{block, "fc", Tensor<double>::from({{1, 2, 3}, {4, 5, 6}}),
                       Tensor<double>::from({10, 20})};
  GemmScratch<double> scratch;
};

}  // namespace

TEST_CASE("a new layer has PyTorch's parameters, bit for bit") {
  Fixture file("nn.bin");  // tests/reference/make_nn.py
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count == 22);
  for (std::uint32_t i = 0; i < count; ++i) {
    file.get<std::uint8_t>() == 1 ? check_drawn<double>(file) : check_drawn<float>(file);
  }
}

TEST_CASE("reset_parameters draws what construction drew") {
  ParameterBlock<float> block;
  Generator g(5);
  const Linear<float> layer(block, "fc", 7, 3, g);
  const StateDict drawn = block.state_dict();
  for (float& x : block.values()) x = 9;
  g.manual_seed(5);
  layer.reset_parameters(block, g);
  CHECK(block.state_dict() == drawn);
}

TEST_CASE("a layer from given values computes y = x W^T + b and adds up its gradients") {
  Example e;
  CHECK(e.layer.in_features() == 3);
  CHECK(e.layer.out_features() == 2);
  CHECK(e.block.state_dict().keys() == StateDict::Keys{"fc.weight", "fc.bias"});
  const auto x = Tensor<double>::from({{1, 0, 2}, {0, -1, 1}});
  Tensor<double> y(Shape{2, 2});
  e.layer.forward(e.block, x, y.view(), e.scratch);
  CHECK(y == Tensor<double>::from({{17, 36}, {11, 21}}));

  e.block.require_grad();
  const auto dy = Tensor<double>::from({{1, 2}, {-1, 3}});
  Tensor<double> dx = Tensor<double>::full({2, 3}, 77);
  e.layer.backward(e.block, x, dy, dx.view(), e.scratch);
  CHECK(dx == Tensor<double>::from({{9, 12, 15}, {11, 13, 15}}));
  CHECK(Tensor<double>(e.block.grad(e.layer.weight())) == Tensor<double>::from({{1, 1, 1}, {2, -3, 7}}));
  CHECK(Tensor<double>(e.block.grad(e.layer.bias())) == Tensor<double>::from({0, 5}));
  e.layer.backward(e.block, x, dy, {}, e.scratch);
  CHECK(Tensor<double>(e.block.grad(e.layer.weight())) == Tensor<double>::from({{2, 2, 2}, {4, -6, 14}}));
  CHECK(Tensor<double>(e.block.grad(e.layer.bias())) == Tensor<double>::from({0, 10}));
}

TEST_CASE("the derivatives of a layer agree with central differences") {
  Generator g(8);
  for (const auto& sizes : {std::array<Index, 3>{1, 1, 1}, {4, 5, 3}, {1, 6, 20}, {7, 3, 19}}) {
    const Index batch = sizes[0];
    const Index in = sizes[1];
    const Index out = sizes[2];
    CAPTURE(batch);
    CAPTURE(out);
    ParameterBlock<double> block;
    const Linear<double> layer(block, "fc", in, out, g);
    block.require_grad();
    auto x = randn<double>({batch, in}, g);
    const auto dy = randn<double>({batch, out}, g);
    Tensor<double> y(dy.shape());
    Tensor<double> dx(x.shape());
    GemmScratch<double> scratch;
    layer.backward(block, x, dy, dx.view(), scratch);
    const auto loss = [&] {
      layer.forward(block, x, y.view(), scratch);
      return wick_tests::dot(y, dy);
    };
    CHECK_GRADIENT(x, dx, loss);
    CHECK_GRADIENT(block.value(layer.weight()), block.grad(layer.weight()), loss);
    CHECK_GRADIENT(block.value(layer.bias()), block.grad(layer.bias()), loss);
  }
}

TEST_CASE("a batch without rows gives no rows and no gradient") {
  Example e;
  e.block.require_grad();
  Tensor<double> x(Shape{0, 3});
  Tensor<double> y(Shape{0, 2});
  e.layer.forward(e.block, x, y.view(), e.scratch);
  e.layer.backward(e.block, x, y, x.view(), e.scratch);
  CHECK(std::ranges::all_of(e.block.grads(), [](double g) { return g == 0; }));
}

TEST_CASE("layers without inputs or outputs are refused by name, and leave no parameters") {
  ParameterBlock<float> block;
  Generator g(1);
  const GeneratorState before = g.state();
  const auto message = [&](Index in, Index out) {
    return message_of<OptionError>([&] { Linear<float>(block, "fc1", in, out, g); });
  };
  CHECK(message(0, 3) == "Linear fc1: in_features must be >= 1, got 0");
  CHECK(message(-5, 3) == "Linear fc1: in_features must be >= 1, got -5");
  CHECK(message(3, 0) == "Linear fc1: out_features must be >= 1, got 0");
  CHECK(message(3, -1) == "Linear fc1: out_features must be >= 1, got -1");
  CHECK(message_of<OptionError>([&] { Linear<float>(block, "fc1", 0, 3, uninitialised); }) ==
        "Linear fc1: in_features must be >= 1, got 0");
  CHECK(block.entries().empty());
  CHECK(g.state() == before);
  CHECK_NOTHROW(Linear<float>(block, "fc1", 3, 2, g));
}

TEST_CASE("given values that do not fit together are refused with both shapes") {
  const auto message = [](const Tensor<float>& weight, const Tensor<float>& bias) {
    ParameterBlock<float> block;
    const std::string text = message_of<ShapeError>([&] { Linear<float>(block, "fc", weight, bias); });
    CHECK(block.entries().empty());
    return text;
  };
  const std::string start = "Linear fc: expected weight (out, in) and bias (out), got ";
  CHECK(message(Tensor<float>::zeros({3, 2}), Tensor<float>::zeros({2})) == start + "[3, 2] and [2]");
  CHECK(message(Tensor<float>::zeros({3}), Tensor<float>::zeros({3})) == start + "[3] and [3]");
  CHECK(message(Tensor<float>::zeros({3, 2}), Tensor<float>::zeros({3, 1})) == start + "[3, 2] and [3, 1]");
  CHECK(message(Tensor<float>::zeros({}), Tensor<float>::zeros({})) == start + "[] and []");
  ParameterBlock<float> block;
  CHECK_THROWS_AS(Linear<float>(block, "fc", Tensor<float>::zeros({0, 2}), Tensor<float>::zeros({0})),
                  OptionError);
}

TEST_CASE("inputs of another shape are refused with the layer and both shapes") {
  Example e;
  e.block.require_grad();
  const std::string start = "Linear(3 -> 2): expected input [*, 3] and output [*, 2] with equal rows, got ";
  const auto forward = [&](const Shape& x, const Shape& y) {
    const auto in = Tensor<double>::zeros(x);
    auto out = Tensor<double>::full(y, 5);
    const std::string text =
        message_of<ShapeError>([&] { e.layer.forward(e.block, in, out.view(), e.scratch); });
    CHECK(out == Tensor<double>::full(y, 5));
    return text;
  };
  CHECK(forward({4, 2}, {4, 2}) == start + "[4, 2] and [4, 2]");
  CHECK(forward({4, 3}, {4, 3}) == start + "[4, 3] and [4, 3]");
  CHECK(forward({4, 3}, {5, 2}) == start + "[4, 3] and [5, 2]");
  CHECK(forward({3}, {2}) == start + "[3] and [2]");
  CHECK(forward({1, 4, 3}, {4, 2}) == start + "[1, 4, 3] and [4, 2]");
  CHECK(forward({}, {}) == start + "[] and []");

  const auto backward = [&](const Shape& x, const Shape& dy, const Shape& dx) {
    const auto in = Tensor<double>::ones(x);
    const auto up = Tensor<double>::ones(dy);
    auto down = Tensor<double>::full(dx, 5);
    const std::string text =
        message_of<ShapeError>([&] { e.layer.backward(e.block, in, up, down.view(), e.scratch); });
    CHECK(down == Tensor<double>::full(dx, 5));
    CHECK(std::ranges::all_of(e.block.grads(), [](double g) { return g == 0; }));
    return text;
  };
  CHECK(backward({4, 3}, {4, 3}, {4, 3}) == start + "[4, 3] and [4, 3]");
  CHECK(backward({4, 3}, {4, 2}, {4, 2}) == start + "[4, 2] and [4, 2]");
  CHECK(backward({4, 3}, {4, 2}, {3, 3}) == start + "[3, 3] and [4, 2]");
}

TEST_CASE("a layer prints as in PyTorch") {
  ParameterBlock<float> block;
  std::ostringstream out;
  out << Linear<float>(block, "fc", 784, 512, uninitialised);
  CHECK(out.str() == "Linear(in_features=784, out_features=512, bias=True)");
}

TEST_CASE("Linear without a bias: that with a bias of zero, and derivatives of its own") {
  Generator data(3);
  ParameterBlock<double> block, with_bias;
  Generator g1(0), g2(0);
  const Linear<double> layer(Scope<double>(block, g1), 5, 4, {.bias = false});
  const Linear<double> other(Scope<double>(with_bias, g2), 5, 4);
  CHECK(block.entries().size() == 1);
  CHECK(block.entries().front().name == "weight");
  CHECK(!layer.has_bias());
  CHECK(Tensor<double>(std::as_const(block).value("weight")) ==
        Tensor<double>(std::as_const(with_bias).value("weight")));
  with_bias.value("bias").fill(0);
  const auto x = rand<double>({7, 5}, data);
  const auto dy = rand<double>({7, 4}, data);
  Tensor<double> y({7, 4}), expected({7, 4}), dx({7, 5}), expected_dx({7, 5});
  GemmScratch<double> scratch;
  layer.forward(block, x, y.view(), scratch);
  other.forward(with_bias, x, expected.view(), scratch);
  block.require_grad();
  with_bias.require_grad();
  layer.backward(block, x, dy, dx.view(), scratch);
  other.backward(with_bias, x, dy, expected_dx.view(), scratch);
  const auto equal = [](auto a, auto b) {
    for (Index i = 0; i < a.numel(); ++i) CHECK(a.data()[i] == doctest::Approx(b.data()[i]).epsilon(1e-13));
  };
  equal(y, expected);
  equal(dx, expected_dx);
  equal(std::as_const(block).grad("weight"), std::as_const(with_bias).grad("weight"));
  std::ostringstream printed;
  printed << layer;
  CHECK(printed.str() == "Linear(in_features=5, out_features=4, bias=False)");
}

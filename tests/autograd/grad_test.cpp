#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/grad.hpp>
#include <wick/autograd/reductions.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;

TEST_CASE("grad: derivatives of derivatives") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({0.5, -1, 2}), true);
  // x^4: 4 x^3, 12 x^2, 24 x, 24, nothing.
  const auto y = sum(square(square(x)));
  const auto first = grad(y, x, {.create_graph = true});
  const auto second = grad(sum(first), x, {.create_graph = true});
  const auto third = grad(sum(second), x, {.create_graph = true});
  const auto fourth = grad(sum(third), x);
  for (Index i = 0; i < 3; ++i) {
    const double v = x.value().at(i);
    CHECK(first.value().at(i) == doctest::Approx(4 * v * v * v));
    CHECK(second.value().at(i) == doctest::Approx(12 * v * v));
    CHECK(third.value().at(i) == doctest::Approx(24 * v));
    CHECK(fourth.value().at(i) == doctest::Approx(24));
  }
  CHECK(third.requires_grad());
  CHECK(!fourth.requires_grad());
}

TEST_CASE("grad: by values on the way, weighted, of several outputs") {
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({3}, 1), true);
  const auto h = tanh(x);
  const auto y = h * h;
  const auto w = recorder->constant(Tensor<double>::from({1, 2, 3}));
  const auto both = grad<double>({y, sum(x)}, {h, x}, {w, {}});
  for (Index i = 0; i < 3; ++i) {
    const double t = std::tanh(x.value().at(i));
    const double weight = static_cast<double>(i + 1);
    CHECK(both[0].value().at(i) == doctest::Approx(2 * t * weight));
    CHECK(both[1].value().at(i) == doctest::Approx(2 * t * weight * (1 - t * t) + 1));
  }
}

TEST_CASE("grad: of one number by several values") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({2}), true);
  const auto y = recorder->constant(Tensor<double>::from({3}), true);
  const auto by = grad(sum(x * y), {x, y}, {.create_graph = true});
  CHECK(by.at(0).item() == 3);
  CHECK(by.at(1).item() == 2);
  CHECK(grad(by.at(0), {y, x}, {.allow_unused = true}).at(0).item() == 1);
  const auto z = sum(square(x));
  z.backward({.retain_graph = true});
  z.backward();
  CHECK(x.grad().at(0) == 8);
}

TEST_CASE("grad: what cannot be had") {
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({3}, 1), true);
  const auto other = recorder->constant(numbers({3}, 2), true);
  const auto fixed = recorder->constant(numbers({3}, 3));
  const auto y = sum(x * fixed);
  CHECK(contains(message_of<Error>([&] { static_cast<void>(grad(y, other, {.retain_graph = true})); }),
                 "appears to not have been used in the graph"));
  CHECK(grad(y, other, {.retain_graph = true, .allow_unused = true}).empty());
  CHECK(contains(message_of<Error>([&] { static_cast<void>(grad(y, fixed)); }), "does not require grad"));
  CHECK(contains(message_of<Error>([&] { static_cast<void>(grad(x * fixed, x)); }),
                 "grad can be implicitly created only for scalar outputs"));
  CHECK(
      contains(message_of<ShapeError>([&] { static_cast<void>(grad<double>({x * fixed}, {x}, {sum(x)})); }),
               "Mismatch in shape: grad_output[0] has a shape of torch.Size([]) and output[0] has a shape of "
               "torch.Size([3])."));
  static_cast<void>(grad(y, x));
  CHECK(contains(message_of<Error>([&] { static_cast<void>(grad(y, x)); }),
                 "Trying to backward through the graph a second time"));
}

TEST_CASE("grad: an operation without a derivative is named") {
  static constexpr Rule<double> rule{.name = "twice", .apply = [](const Stretch<double>& s) {
                                       for (Index i = 0; i < s.n; ++i) s.out[i] = 2 * s.in[i];
                                     }};
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({1}, 1), true);
  const auto y = recorder->elementwise(rule, x);
  CHECK(message_of<Error>([&] { static_cast<void>(grad(y, x)); }) ==
        "derivative for twice (node 1) is not implemented: its Rule has no `derive`");
}

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/losses.hpp>
#include <wick/loss/nll.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("losses: nll_loss is NLLLoss, with all its options") {
  const auto x = numbers({4, 3}, 1);
  const auto target = Tensor<std::int64_t>::from({2, 0, 1, 2});
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    for (const bool weighted : {false, true}) {
      NLLLossOptions<double> options{.reduction = reduction};
      if (weighted) {
        options.weight = Tensor<double>::from({0.5, 2, 0.25});
        options.ignore_index = 0;
      }
      const NLLLoss<double> criterion(options);
      Recorder<double> recorder;
      const auto loss = nll_loss(recorder->input(x), target, options);
      if (reduction == Reduction::none) {
        CHECK(loss.tensor() == criterion.values(x, target));
      } else {
        CHECK(loss.item() == criterion(x, target));
      }
      check_derivatives([&](const Variables& v) { return nll_loss(v[0], target, options); }, {x});
      check_derivatives(
          [&](const Variables& v) {
            return cross_entropy(v[0], target, {options.weight, options.ignore_index, options.reduction});
          },
          {x});
    }
  }
  Recorder<double> recorder;
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(nll_loss(recorder->input(x), Tensor<std::int64_t>::from({1, 2})));
        }) == "NLLLoss: Expected input batch_size (4) to match target batch_size (2).");
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(nll_loss(recorder->input(x), Tensor<std::int64_t>::from({0, 1, 3, 1})));
        }).starts_with("NLLLoss: Target 3 is out of bounds"));
}

TEST_CASE("losses: mse_loss") {
  const auto x = numbers({4, 3}, 1);
  const auto y = numbers({4, 3}, 2);
  double total = 0;
  for (Index i = 0; i < 12; ++i) total += std::pow(x.data()[i] - y.data()[i], 2);
  Recorder<double> recorder;
  const auto input = recorder->input(x);
  CHECK(mse_loss(input, y).item() == doctest::Approx(total / 12));
  CHECK(mse_loss(input, y, Reduction::sum).item() == doctest::Approx(total));
  CHECK(mse_loss(input, y, Reduction::none).shape() == Shape{4, 3});
  check_derivatives([](const Variables& v) { return mse_loss(v[0], v[1]); }, {x, y});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(mse_loss(input, numbers({4, 1}, 1)));
        }) == "mse_loss: expected a target of the input's shape [4, 3], got [4, 1]");
}

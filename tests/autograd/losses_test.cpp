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

TEST_CASE("losses: classes of several places in a sample, and of one sample") {
  const auto x = numbers({2, 3, 2, 2}, 1);
  const auto target = Tensor<std::int64_t>::from({2, 0, 1, 2, 1, 1, 0, 2}).reshape({2, 2, 2});
  // Place by place, as rows of all classes.
  Tensor<double> rows({8, 3});
  for (Index b = 0; b < 2; ++b) {
    for (Index i = 0; i < 4; ++i) {
      for (Index c = 0; c < 3; ++c) rows.data()[(b * 4 + i) * 3 + c] = x.data()[(b * 3 + c) * 4 + i];
    }
  }
  const Tensor<std::int64_t> flat = Tensor<std::int64_t>(target).reshape({8});
  const auto weight = Tensor<double>::from({0.5, 2, 0.25});
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const NLLLossOptions<double> options{.weight = weight, .ignore_index = 0, .reduction = reduction};
    const CrossEntropyLossOptions<double> smooth{
        .weight = weight, .reduction = reduction, .label_smoothing = 0.1};
    Recorder<double> recorder;
    const auto all = recorder->input(x);
    const auto of_rows = recorder->constant(rows);
    const auto shape = reduction == Reduction::none ? Shape{2, 2, 2} : Shape{};
    CHECK(nll_loss(all, target, options).tensor() ==
          nll_loss(of_rows, flat, options).tensor().reshape(shape));
    CHECK(cross_entropy(all, target, smooth).tensor() ==
          cross_entropy(of_rows, flat, smooth).tensor().reshape(shape));
    CHECK(cross_entropy(all, all, smooth).tensor() ==
          cross_entropy(of_rows, of_rows, smooth).tensor().reshape(shape));
    const auto one = recorder->constant(numbers({3}, 2));
    const auto one_row = reshape(one, {1, 3});
    const auto two = Tensor<std::int64_t>::full({}, 2);
    const auto two_in_row = Tensor<std::int64_t>::full({1}, 2);
    CHECK(nll_loss(one, two, options).item() == nll_loss(one_row, two_in_row, options).item());
    CHECK(nll_loss(one, two, options).shape() == Shape{});
    CHECK(cross_entropy(one, two, smooth).item() == cross_entropy(one_row, two_in_row, smooth).item());
    CHECK(cross_entropy(one, one, smooth).item() == cross_entropy(one_row, one_row, smooth).item());
    check_derivatives([&](const Variables& v) { return nll_loss(v[0], target, options); }, {x});
    check_derivatives([&](const Variables& v) { return cross_entropy(v[0], target, smooth); }, {x});
  }
  Recorder<double> recorder;
  const auto all = recorder->input(x);
  CHECK(message_of<ShapeError>([&] { static_cast<void>(nll_loss(all, flat)); }) ==
        "nll_loss: expected scores (C), (B, C) or (B, C, d...) and as many classes, without C, got "
        "[2, 3, 2, 2] and [8]");
  CHECK_THROWS_AS(static_cast<void>(cross_entropy(recorder->constant(Tensor<double>::ones({})),
                                                  Tensor<std::int64_t>::full({}, 0))),
                  ShapeError);
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

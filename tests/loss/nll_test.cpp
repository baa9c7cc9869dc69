#include <wick/loss/nll.hpp>

#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/gradient_check.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

using namespace wick;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

using Labels = Tensor<std::int64_t>;

template <class T>
void check_case(Fixture& file, double tolerance) {
  const auto reduction = file.get<std::uint8_t>();
  const bool weighted = file.get<std::uint8_t>() == 1;
  NLLLossOptions<T> options;
  options.reduction = reduction == 0 ? Reduction::mean : reduction == 1 ? Reduction::sum : Reduction::none;
  options.ignore_index = file.get<std::int64_t>();
  const auto rows = static_cast<Index>(file.get<std::int64_t>());
  const auto classes = static_cast<Index>(file.get<std::int64_t>());
  CAPTURE(reduction);
  CAPTURE(weighted);
  CAPTURE(options.ignore_index);
  CAPTURE(rows);
  const auto log_probs = file.tensor<T>({rows, classes});
  const auto target = file.tensor<std::int64_t>({rows});
  if (weighted) options.weight = file.tensor<T>({classes});
  const bool none = options.reduction == Reduction::none;
  const auto loss = file.tensor<T>({none ? rows : 1});
  const auto upstream = file.tensor<T>({none ? rows : 0});
  const auto gradient = file.tensor<T>({rows, classes});

  const NLLLoss<T> criterion(options);
  const Tensor<T> found =
      none ? criterion.values(log_probs, target) : Tensor<T>::full({1}, criterion(log_probs, target));
  CHECK(all_close(found, loss, tolerance, tolerance, true));
  Tensor<T> grad = Tensor<T>::full({rows, classes}, T(99));
  criterion.backward(log_probs, target, grad.view(), upstream);
  CHECK(all_close(grad, gradient, tolerance, 0, true));
}

const Tensor<double> example = Tensor<double>::from({{-1, -2, -3}, {-4, -5, -6}, {-7, -8, -9}});

}  // namespace

TEST_CASE("values and gradients are PyTorch's for every reduction, weights and ignored rows") {
  Fixture file("nll.bin");  // tests/reference/make_nll.py
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count == 144);
  for (std::uint32_t i = 0; i < count; ++i) {
    CAPTURE(i);
    file.get<std::uint8_t>() == 1 ? check_case<double>(file, 1e-14) : check_case<float>(file, 1e-6);
  }
  CHECK(file.at_end());
}

TEST_CASE("losses one can work out by hand") {
  const Labels target = Labels::from({2, 0, 1});
  CHECK(NLLLoss<double>()(example, target) == 5);
  CHECK(NLLLoss<double>({.reduction = Reduction::sum})(example, target) == 15);
  CHECK(NLLLoss<double>({.reduction = Reduction::none}).values(example, target) ==
        Tensor<double>::from({3, 4, 8}));
  CHECK(NLLLoss<double>().values(example, target) == Tensor<double>::from({3, 4, 8}));
  NLLLossOptions<double> weighted{.weight = Tensor<double>::from({1, 0, 3})};
  CHECK(NLLLoss<double>(weighted)(example, target) == (3 * 3 + 1 * 4) / 4.0);
  weighted.ignore_index = 2;
  CHECK(NLLLoss<double>(weighted)(example, target) == 4);
  CHECK(NLLLoss<double>(weighted).values(example, target) == Tensor<double>::from({0, 4, 0}));
  // As in PyTorch, a weight may be negative.
  const NLLLossOptions<double> negative{.weight = Tensor<double>::from({-2, 0, 3})};
  CHECK(NLLLoss<double>(negative)(example, target) == (3 * 3 - 2 * 4) / 1.0);
}

TEST_CASE("a batch in which no row counts has no mean, a sum of zero and no gradient") {
  const Labels none = Labels::full({3}, -100);
  CHECK(std::isnan(NLLLoss<double>()(example, none)));
  CHECK(NLLLoss<double>({.reduction = Reduction::sum})(example, none) == 0);
  CHECK(NLLLoss<double>().values(example, none) == Tensor<double>::zeros({3}));
  Tensor<double> grad = Tensor<double>::full({3, 3}, 5);
  NLLLoss<double>().backward(example, none, grad.view());
  CHECK(grad == Tensor<double>::zeros({3, 3}));
  SUBCASE("nor has an empty batch") {
    const Tensor<double> empty(Shape{0, 3});
    const Labels no_target(Shape{0});
    CHECK(std::isnan(NLLLoss<double>()(empty, no_target)));
    CHECK(NLLLoss<double>({.reduction = Reduction::sum})(empty, no_target) == 0);
    CHECK(NLLLoss<double>().values(empty, no_target).numel() == 0);
    Tensor<double> no_grad(Shape{0, 3});
    NLLLoss<double>().backward(empty, no_target, no_grad.view());
  }
}

TEST_CASE("gradients agree with central differences") {
  Generator g(5);
  auto x = randn<double>({6, 4}, g);
  Labels target = randint(0, 4, {6}, g);
  target.at(2) = -100;
  const auto upstream = randn<double>({6}, g);
  Tensor<double> weight = rand<double>({4}, g);
  for (const bool weighted : {false, true}) {
    for (const auto reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
      CAPTURE(weighted);
      NLLLossOptions<double> options{.reduction = reduction};
      if (weighted) options.weight = weight;
      const NLLLoss<double> criterion(options);
      Tensor<double> grad(x.shape());
      if (reduction == Reduction::none) {
        criterion.backward(x, target, grad.view(), upstream);
        CHECK_GRADIENT(x, grad, [&] { return wick_tests::dot(criterion.values(x, target), upstream); });
      } else {
        criterion.backward(x, target, grad.view());
        CHECK_GRADIENT(x, grad, [&] { return criterion(x, target); });
      }
    }
  }
}

TEST_CASE("targets outside the classes are refused by value and row, and no gradient is written") {
  const auto message = [](std::int64_t bad, std::int64_t ignore) {
    const Labels target = Labels::from({1, bad, 0});
    const NLLLoss<double> criterion({.ignore_index = ignore});
    Tensor<double> grad = Tensor<double>::full({3, 3}, 5);
    const auto text = message_of<IndexError>([&] { static_cast<void>(criterion(example, target)); });
    CHECK(message_of<IndexError>([&] { static_cast<void>(criterion.values(example, target)); }) == text);
    CHECK(message_of<IndexError>([&] { criterion.backward(example, target, grad.view()); }) == text);
    CHECK(grad == Tensor<double>::full({3, 3}, 5));
    return text;
  };
  CHECK(message(3, -100) ==
        "NLLLoss: Target 3 is out of bounds: row 1 must hold a class in [0, 3) or ignore_index (-100)");
  CHECK(message(-1, -100) ==
        "NLLLoss: Target -1 is out of bounds: row 1 must hold a class in [0, 3) or ignore_index (-100)");
  CHECK(message(-100, 2) ==
        "NLLLoss: Target -100 is out of bounds: row 1 must hold a class in [0, 3) or ignore_index (2)");
  constexpr auto lowest = (std::numeric_limits<std::int64_t>::min)();
  CHECK(message(lowest, -100) ==
        "NLLLoss: Target -9223372036854775808 is out of bounds: row 1 must hold a class "
        "in [0, 3) or ignore_index (-100)");
}

TEST_CASE("shapes that do not fit are refused with all of them") {
  const NLLLoss<double> criterion;
  const auto message = [&](const Shape& log_probs, const Shape& target) {
    const auto x = Tensor<double>::zeros(log_probs);
    const auto t = Labels::zeros(target);
    auto grad = Tensor<double>::full(log_probs, 5);
    const auto text = message_of<ShapeError>([&] { static_cast<void>(criterion(x, t)); });
    CHECK(message_of<ShapeError>([&] { static_cast<void>(criterion.values(x, t)); }) == text);
    CHECK(message_of<ShapeError>([&] { criterion.backward(x, t, grad.view()); }) == text);
    CHECK(grad == Tensor<double>::full(log_probs, 5));
    return text;
  };
  const std::string start = "NLLLoss: expected log-probabilities (B, C) and targets (B), got ";
  CHECK(message({4, 3}, {4, 1}) == start + "[4, 3] and [4, 1]");
  CHECK(message({4}, {4}) == start + "[4] and [4]");
  CHECK(message({4, 3, 1}, {4}) == start + "[4, 3, 1] and [4]");
  CHECK(message({4, 3}, {}) == start + "[4, 3] and []");
  CHECK(message({4, 3}, {5}) == "NLLLoss: Expected input batch_size (4) to match target batch_size (5).");

  const Labels target = Labels::from({1, 2, 0});
  auto wrong = Tensor<double>::full({3, 2}, 5);
  auto grad = Tensor<double>::full({3, 3}, 5);
  CHECK(message_of<ShapeError>([&] { criterion.backward(example, target, wrong.view()); }) ==
        "NLLLoss::backward: expected a gradient of shape [3, 3], got [3, 2]");
  CHECK(message_of<ShapeError>([&] {
          criterion.backward(example, target, grad.view(), Tensor<double>::ones({3}));
        }) == "NLLLoss::backward: expected 0 upstream derivatives, got shape [3]");
  const NLLLoss<double> rows({.reduction = Reduction::none});
  CHECK(message_of<ShapeError>([&] { rows.backward(example, target, grad.view()); }) ==
        "NLLLoss::backward: expected 3 upstream derivatives, got shape [0]");
  CHECK(message_of<ShapeError>([&] {
          rows.backward(example, target, grad.view(), Tensor<double>::ones({2}));
        }) == "NLLLoss::backward: expected 3 upstream derivatives, got shape [2]");
  CHECK(wrong == Tensor<double>::full({3, 2}, 5));
  CHECK(grad == Tensor<double>::full({3, 3}, 5));

  const NLLLoss<double> weighted({.weight = Tensor<double>::ones({4})});
  CHECK(message_of<ShapeError>([&] { static_cast<void>(weighted(example, target)); }) ==
        "NLLLoss: weight tensor should be defined either for all 3 classes or no classes but got weight "
        "tensor of "
        "shape: [4]");
}

TEST_CASE("one value for each row comes from values(), not from the call") {
  CHECK(message_of<OptionError>([] {
          static_cast<void>(NLLLoss<double>({.reduction = Reduction::none})(example, Labels::zeros({3})));
        }) == "NLLLoss: reduction none gives one value for each row; call values()");
}

TEST_CASE("weights that are no weights are refused by value") {
  const auto message = [](Tensor<float> weight) {
    return message_of<OptionError>([&] { NLLLoss<float>({.weight = std::move(weight)}); });
  };
  constexpr float inf = std::numeric_limits<float>::infinity();
  CHECK(message(Tensor<float>::from({1, inf})) == "NLLLoss: weights must be finite, got inf");
  CHECK(message(Tensor<float>::from({std::nanf("")})) == "NLLLoss: weights must be finite, got nan");
  CHECK(message(Tensor<float>::ones({2, 2})) == "NLLLoss: weight must have one dimension, got shape [2, 2]");
  CHECK(message(Tensor<float>::ones({})) == "NLLLoss: weight must have one dimension, got shape []");
}

TEST_CASE("the loss prints as in PyTorch") {
  std::ostringstream out;
  out << NLLLoss<float>();
  CHECK(out.str() == "NLLLoss()");
}

TEST_CASE("a gradient that is a tensor gets the shape of the batch, so that the last one may be smaller") {
  const NLLLoss<float> criterion;
  Tensor<float> grad({10, 3});
  const float* const memory = grad.data();
  const auto rows = Tensor<float>::zeros({5, 3});
  const auto target = Tensor<std::int64_t>::from({0, 1, 2, 0, 1});
  criterion.backward(rows, target, grad);
  CHECK(grad.shape() == Shape{5, 3});
  CHECK(grad.data() == memory);
  Tensor<float> expected({5, 3});
  criterion.backward(rows, target, expected.view());
  CHECK(grad == expected);
  Tensor<float> none;
  criterion.backward(rows, target, none);
  CHECK(none == expected);
  // A view is as it is, and so is a tensor when the call is refused.
  Tensor<float> other({10, 3});
  CHECK_THROWS_AS(criterion.backward(rows, target, other.view()), wick::ShapeError);
  CHECK_THROWS_AS(criterion.backward(rows, Tensor<std::int64_t>::zeros({4}), grad), wick::ShapeError);
  CHECK(grad == expected);
}

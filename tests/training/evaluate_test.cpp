#include <wick/training/evaluate.hpp>

#include "support/compare.hpp"
#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using wick::DataLoader;
using wick::Index;
using wick::Shape;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

/// Its predictions are its inputs.
struct Echo {
  [[nodiscard]] static wick::TensorView<const float> predict(wick::TensorView<const float> x,
                                                             wick::Workspace<float>& /*workspace*/) {
    return x;
  }
};

}  // namespace

TEST_CASE("loss and accuracy are means of batch means, also when the last batch is smaller") {
  // Losses 1, 2, 4 | 8 and right, wrong, right | wrong in batches of three and one.
  const wick::TensorDataset<float> data(Tensor<float>::from({{-1, -3}, {-1, -2}, {-5, -4}, {-8, -7}}),
                                        Tensor<std::int64_t>::from({0, 1, 1, 0}));
  const wick::NLLLoss<float> criterion;
  wick::Workspace<float> workspace;
  const auto run = [&](Index batch_size, bool drop_last = false) {
    DataLoader loader(data, {.batch_size = batch_size, .drop_last = drop_last});
    return wick::evaluate(Echo(), loader, criterion, workspace);
  };
  const auto uneven = run(3);
  CHECK(wick_tests::close(uneven.loss, ((1 + 2 + 4) / 3.0 + 8) / 2, 1e-7));
  CHECK(wick_tests::close(uneven.metrics["Accuracy"], (2 / 3.0 + 0) / 2, 1e-12));
  const auto even = run(2);
  CHECK(even.loss == (1.5 + 6) / 2);
  CHECK(even.metrics["Accuracy"] == 0.5);
  const auto whole = run(4);
  CHECK(whole.loss == 15 / 4.0);
  CHECK(whole.metrics["Accuracy"] == 0.5);
  const auto dropped = run(3, true);
  CHECK(wick_tests::close(dropped.loss, 7 / 3.0, 1e-7));
  CHECK(wick_tests::close(dropped.metrics["Accuracy"], 2 / 3.0, 1e-12));
}

TEST_CASE("no batches are an error, not a division by zero") {
  const wick::TensorDataset<float> data(Tensor<float>::zeros({2, 2}), Tensor<std::int64_t>::zeros({2}));
  DataLoader loader(data, {.batch_size = 3, .drop_last = true});
  wick::Workspace<float> workspace;
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(wick::evaluate(Echo(), loader, wick::NLLLoss<float>(), workspace));
        }) == "evaluate: the loader has no batches; with drop_last it needs at least batch_size samples");
}

TEST_CASE("evaluation uses no dropout and leaves the mode and the generator alone") {
  wick::Generator g(1);
  wick::Network<float> model(4, 3, {6}, {.dropout = 0.9}, g);
  const wick::TensorDataset<float> data(wick::randn<float>({5, 2, 2}, g),
                                        Tensor<std::int64_t>::from({0, 1, 2, 0, 1}));
  DataLoader loader(data, {.batch_size = 2});
  wick::Workspace<float> workspace;
  REQUIRE(model.training());
  const auto first = wick::evaluate(model, loader, wick::NLLLoss<float>(), workspace);
  CHECK(model.training());
  const auto again = wick::evaluate(model.eval(), loader, wick::NLLLoss<float>(), workspace);
  CHECK(first.loss == again.loss);
  CHECK(first.metrics["Accuracy"] == again.metrics["Accuracy"]);
  CHECK(first.loss > 0);
}

TEST_CASE("accuracy is the share of rows whose largest entry is at the target") {
  const auto scores = Tensor<double>::from({{0, 2, 1}, {5, 4, 3}, {-3, -2, -1}, {0, 0, 0}});
  const auto share = [&](std::initializer_list<std::int64_t> target) {
    return wick::accuracy<double>(scores, Tensor<std::int64_t>::from(target));
  };
  CHECK(share({1, 0, 2, 0}) == 1);
  CHECK(share({1, 0, 2, 1}) == 0.75);  // the first of equals
  CHECK(share({2, 1, 0, 2}) == 0);
  CHECK(std::isnan(wick::accuracy<double>(Tensor<double>::zeros({0, 3}), Tensor<std::int64_t>(Shape{0}))));
}

TEST_CASE("accuracy refuses shapes that do not fit") {
  const auto refusal = [](const Shape& scores, const Shape& target) {
    return message_of<wick::ShapeError>([&] {
      static_cast<void>(
          wick::accuracy<float>(Tensor<float>::zeros(scores), Tensor<std::int64_t>::zeros(target)));
    });
  };
  CHECK(refusal({4, 3}, {3}) ==
        "accuracy: expected log-probabilities (B, C) and targets (B), got [4, 3] and [3]");
  CHECK(contains(refusal({4, 3}, {4, 1}), "got [4, 3] and [4, 1]"));
  CHECK(contains(refusal({4}, {4}), "got [4] and [4]"));
  CHECK(contains(refusal({}, {}), "got [] and []"));
}

TEST_CASE("flatten keeps the rows and shares the elements") {
  Tensor<float> images = Tensor<float>::zeros({2, 1, 3, 4});
  images.at(1, 0, 0, 0) = 5;
  const auto flat = wick::flatten(images.view());
  CHECK(flat.shape() == Shape{2, 12});
  CHECK(flat.data() == images.data());
  CHECK(flat.at(1, 0) == 5);
  const auto flat_shape = [](const Shape& shape) {
    const Tensor<float> x(shape);
    return wick::flatten(x.view()).shape();
  };
  CHECK(flat_shape({3}) == Shape{3, 1});
  CHECK(flat_shape({3, 4}) == Shape{3, 4});
  CHECK(flat_shape({0, 28, 28}) == Shape{0, 784});
  CHECK(flat_shape({2, 0, 5}) == Shape{2, 0});
  CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(flat_shape({})); }) ==
        "flatten: expected a tensor of shape (B, ...), got a scalar");
  constexpr Index big = Index{1} << 40;
  CHECK(contains(message_of<wick::ShapeError>([&] {
                   static_cast<void>(wick::flatten(wick::TensorView<float>(nullptr, Shape{0, big, big})));
                 }),
                 "are too long"));
}

#include <wick/training/evaluate.hpp>

#include "support/compare.hpp"
#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
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

/// Batches that it was given.
struct Batches : wick::Accuracy {
  [[nodiscard]] static const char* name() noexcept { return "Batches"; }
  void accumulate(wick::TensorView<const float> /*scores*/, wick::TensorArg<std::int64_t> /*targets*/) {
    ++count;
  }
  [[nodiscard]] double result() const noexcept { return count; }
  int count = 0;
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

TEST_CASE("a metric that is made of Accuracy is measured as what it is") {
  const wick::TensorDataset<float> data(Tensor<float>::zeros({5, 4}), Tensor<std::int64_t>::zeros({5}));
  DataLoader loader(data, {.batch_size = 2});
  const wick::Network<float> model(4, 3, {6});
  wick::Workspace<float> workspace;
  const auto result = wick::evaluate(model, loader, wick::NLLLoss<float>(), workspace, Batches());
  CHECK(result.metrics["Batches"] == 3);
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

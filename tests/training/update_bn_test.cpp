#include <wick/training/update_bn.hpp>

#include "support/recorded.hpp"

#include <wick/autograd.hpp>
#include <wick/nn/any_sequential.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/group_norm.hpp>
#include <wick/nn/model.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

using namespace wick;
using wick_tests::numbers;

namespace {

using Norm = Model<BatchNorm1d<double>, double>;

struct Batch {
  Tensor<double> inputs;
};

}  // namespace

TEST_CASE("update_bn: the averages of all batches, each of the same weight") {
  const std::vector<Batch> batches{{numbers({4, 3}, 1)}, {numbers({6, 3}, 2)}, {numbers({2, 3}, 3)}};
  for (const bool training : {false, true}) {
    Norm model(3, BatchNorm1dOptions{.momentum = 0.9});
    model.train();
    static_cast<void>(model(numbers({5, 3}, 4)));
    model.train(training);
    update_bn(batches, model);
    CHECK(model.training() == training);
    const auto averages = model.named_buffers();
    for (Index c = 0; c < 3; ++c) {
      double means = 0;
      double variances = 0;
      for (const Batch& batch : batches) {
        const Index n = batch.inputs.size(0);
        double mean = 0;
        for (Index b = 0; b < n; ++b) mean += batch.inputs.at(b, c) / static_cast<double>(n);
        double squares = 0;
        for (Index b = 0; b < n; ++b)
          squares += (batch.inputs.at(b, c) - mean) * (batch.inputs.at(b, c) - mean);
        means += mean / 3;
        variances += squares / static_cast<double>(n - 1) / 3;
      }
      CHECK(averages.at(0).value.at(c) == doctest::Approx(means));
      CHECK(averages.at(1).value.at(c) == doctest::Approx(variances));
    }
    CHECK(averages.at(2).value.item() == 3);
    // The next pass is weighted by the momentum again.
    const double before = averages.at(0).value.at(0);
    model.train();
    const auto x = Tensor<double>::from({{1, 0, 0}, {3, 1, 1}});
    static_cast<void>(model(x));
    CHECK(averages.at(0).value.at(0) == doctest::Approx(0.1 * before + 0.9 * 2));
  }
}

TEST_CASE("update_bn: of what is no BatchNorm1d nothing changes, and errors leave the mode") {
  Model<InstanceNorm1d<double>, double> other(3, InstanceNorm1dOptions{.track_running_stats = true});
  const std::vector<Tensor<double>> batches{numbers({2, 3, 4}, 1)};
  update_bn(batches, other);
  CHECK(other.named_buffers().at(1).value.at(0) == 1);

  Norm model(3);
  model.eval();
  const std::vector<Tensor<double>> wrong{numbers({4, 2}, 1)};
  CHECK_THROWS_AS(update_bn(wrong, model), ShapeError);
  CHECK_FALSE(model.training());
  CHECK_FALSE(default_tape<double>().averages_evenly());
}

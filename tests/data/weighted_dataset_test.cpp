#include <wick/data/weighted_dataset.hpp>

#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

using wick::Shape;
using wick::Tensor;
using wick::WeightedDataset;
using wick_tests::contains;
using wick_tests::message_of;

TEST_CASE("weights travel with their samples") {
  const Tensor<double> x = Tensor<double>::from({{1, 2}, {3, 4}, {5, 6}});
  const Tensor<double> y = Tensor<double>::from({10, 20, 30});
  const WeightedDataset data(x, y, Tensor<double>::from({0.5, 0, 2}));
  wick::DataLoader loader(data, {.batch_size = 2, .rows = std::vector<wick::Index>{2, 0, 1}});
  auto batch = loader.begin();
  CHECK(batch->inputs == Tensor<double>::from({{5, 6}, {1, 2}}));
  CHECK(batch->targets == Tensor<double>::from({30, 10}));
  CHECK(batch->weights == Tensor<double>::from({2, 0.5}));
  ++batch;
  CHECK(batch->weights == Tensor<double>::from({0}));
}

TEST_CASE("weights are refused that no sample can have") {
  const Tensor<float> x = Tensor<float>::ones(Shape{2, 1});
  const Tensor<std::int64_t> y = Tensor<std::int64_t>::from({0, 1});
  CHECK(contains(message_of<wick::ShapeError>([&] { WeightedDataset(x, y, Tensor<float>(Shape{3})); }),
                 "expected weights of shape [2], one for each sample, got [3]"));
  for (const float bad : {-1.0F, std::nanf(""), HUGE_VALF}) {
    CHECK(contains(message_of<wick::OptionError>([&] {
                     WeightedDataset(x, y, Tensor<float>::from({1, bad}));
                   }),
                   " for sample 1"));
  }
}

#include <wick/metrics/binary_accuracy.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <utility>

using wick::Tensor;
using wick_tests::message_of;

TEST_CASE("each element counts that is on the side of its target, over all batches") {
  wick::BinaryAccuracy metric;
  const auto logits = Tensor<float>::from({{-1, 0.1F, 0}, {3, -2, 5}});
  metric.accumulate(std::as_const(logits).view(), Tensor<float>::from({{0, 1, 0}, {0, 0, 1}}));
  CHECK(metric.result() == 5 / 6.0);
  const auto one = Tensor<float>::full({1, 1}, 0.25F);
  metric.accumulate(std::as_const(one).view(), Tensor<float>::zeros({1, 1}));
  CHECK(metric.result() == 5 / 7.0);

  wick::BinaryAccuracy of_probabilities(0.5);
  const auto probabilities = Tensor<double>::from({0.5, 0.51, 0.1, 0.9});
  of_probabilities.accumulate(std::as_const(probabilities).view(), Tensor<double>::from({0, 1, 1, 1}));
  CHECK(of_probabilities.result() == 0.75);
}

TEST_CASE("targets of another shape are refused") {
  wick::BinaryAccuracy metric;
  const auto x = Tensor<float>::zeros({4, 1});
  CHECK(message_of<wick::ShapeError>([&] {
          metric.accumulate(std::as_const(x).view(), Tensor<float>::zeros({4}));
        }) == "BinaryAccuracy: expected targets of the predictions' shape [4, 1], got [4]");
}

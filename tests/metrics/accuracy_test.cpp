#include <wick/metrics/accuracy.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <utility>

using wick::Shape;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

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

TEST_CASE("the metric is the mean over batches, of which a small one weighs as much as a large one") {
  wick::Accuracy metric;
  const auto scores = Tensor<float>::from({{0, 1}, {1, 0}, {1, 0}});
  metric.accumulate(std::as_const(scores).view(), Tensor<std::int64_t>::from({1, 0, 1}));
  CHECK(metric.result() == 2.0 / 3);
  const auto one = Tensor<float>::from({{0, 1}});
  metric.accumulate(std::as_const(one).view(), Tensor<std::int64_t>::from({0}));
  CHECK(metric.result() == (2.0 / 3 + 0) / 2);
}

#include <wick/data/class_weights.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

TEST_CASE("weights of classes are scikit-learn's") {
  // compute_class_weight("balanced", classes=[0, 1, 3], y=[0, 0, 0, 1, 3, 3]) of scikit-learn 1.9.1
  const std::vector<std::int64_t> labels{0, 0, 0, 1, 3, 3};
  CHECK(wick::class_weights<double>(labels, 5) == Tensor<double>::from({0.6666666666666666, 2, 0, 1, 0}));
  const std::vector<std::int64_t> one(7, 1);
  CHECK(wick::class_weights(one, 2) == Tensor<float>::from({0, 1}));
}

TEST_CASE("weights of classes that there are not are refused") {
  const auto weights = [](const std::vector<std::int64_t>& labels, wick::Index count) {
    static_cast<void>(wick::class_weights(labels, count));
  };
  CHECK(contains(message_of<wick::OptionError>([&] { weights({}, 3); }),
                 "expected at least one row, got none"));
  CHECK(contains(message_of<wick::IndexError>([&] {
                   weights({0, 3}, 3);
                 }),
                 "class 3 is out of range for 3 classes"));
  CHECK(contains(message_of<wick::IndexError>([&] { weights({-1}, 3); }), "class -1 is out of range"));
  CHECK(contains(message_of<wick::IndexError>([&] { weights({0}, -2); }),
                 "class 0 is out of range for -2 classes"));
}

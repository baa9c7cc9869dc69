#include <wick/base/vector_level.hpp>

#include "support/vector_levels.hpp"

#include <wick/models/network.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>

using namespace wick;

TEST_CASE("a program computes with the highest level that it has, unless told otherwise") {
  const VectorLevel first = vector_level();
  CHECK(has_vector_level(first));
  if (std::getenv("WICK_VECTOR_LEVEL") == nullptr) {
    for (const auto level : {VectorLevel::base, VectorLevel::avx2, VectorLevel::avx512}) {
      if (level > first) CHECK_FALSE(has_vector_level(level));
    }
  }
  int levels = 0;
  wick_tests::at_each_vector_level([&levels] { ++levels; });
  CHECK(levels >= 1);
  CHECK(vector_level() == first);
}

TEST_CASE("a level that is not there is refused, and nothing changes") {
  const VectorLevel before = vector_level();
  for (const auto level :
       {VectorLevel::base, VectorLevel::avx2, VectorLevel::avx512, VectorLevel{0}, VectorLevel{9}}) {
    if (has_vector_level(level)) continue;
    CHECK_THROWS_WITH_AS(set_vector_level(level),
                         doctest::Contains("set_vector_level: expected a level from "), OptionError);
    CHECK(vector_level() == before);
  }
}

TEST_CASE("a model and its memory may be used with one level after the other") {
  Generator g(1);
  const Network<float> model(37, 5, {70, 33}, {}, g);
  Workspace<float> workspace;
  std::optional<Tensor<float>> first;
  const auto x = rand<float>({130, 37}, g);
  wick_tests::at_each_vector_level([&] {
    const Tensor<float> y(model.predict(x, workspace));
    if (!first) first = y;
    CHECK(all_close<float>(y, *first, 1e-5, 1e-6));
  });
}

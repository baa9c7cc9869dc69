// Values are PyTorch's, see tests/conformance; here are formulas, misuse, variables and programs.

#include <wick/ops/distances.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/autograd.hpp>
#include <wick/ops/norms.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::check_traced;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Values;
using wick_tests::Variables;

using D = Tensor<double>;

TEST_CASE("distances: by their formulas") {
  const D x = D::from({{3, 4}, {0, 0}});
  const D y = D::from({{0, 0}, {6, 8}});
  CHECK(dist(x, y).item() == doctest::Approx(std::sqrt(125)));
  CHECK(pairwise_distance(x, y, 1, 0) == D::from({7, 14}));
  CHECK(cdist(x, y) == D::from({{5, 5}, {0, 10}}));
  CHECK(cdist(D::zeros({2, 3, 0}), D::zeros({1, 4, 0}), 0) == D::zeros({2, 3, 4}));
  CHECK(cosine_similarity(x, y) == D::from({0, 0}));
  CHECK(cosine_similarity(x, x, 1).at(0) == doctest::Approx(1));
  CHECK(normalize(x) == D::from({{0.6, 0.8}, {0, 0}}));
  CHECK(renorm(x, 2, 0, 10) == x);
  CHECK(renorm(x, 2, 0, 1).at(0, 0) == doctest::Approx(0.6).epsilon(1e-6));
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(cdist(x, D::zeros({2, 3})));
        }) ==
        "cdist only supports at least 2D tensors with the same number of columns, got shapes [2, 2] and [2, "
        "3]");
  CHECK_THROWS_AS(static_cast<void>(cdist(x, y, -1)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(renorm(x, 0, 0, 1)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(renorm(x, 2, 0, -1)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(renorm(D::zeros({2}), 2, 0, 1)), ShapeError);
}

TEST_CASE("norms: by their formulas") {
  const D x = D::from({{1, 3, 2, 6}, {0, 0, 1, 5}});
  const D g = group_norm(x, 2, 0.0);
  CHECK(g.at(0, 0) == doctest::Approx(-1));
  CHECK(g.at(0, 3) == doctest::Approx(1));
  CHECK(group_norm(x, 2, D::from({1, 2, 3, 4}), D::ones({4}), 0.0).at(0, 3) == doctest::Approx(5));
  CHECK(batch_norm(x, 0.0).at(1, 3) == doctest::Approx(-1));
  CHECK(batch_norm(x, D::zeros({4}), D::full({4}, 4), 0.0) == 0.5 * x);
  CHECK(batch_norm(x, D::zeros({4}), D::ones({4}), D::from({1, 2, 3, 4}), D::ones({4}), 0.0).at(0, 3) == 25);
  CHECK_THROWS_AS(static_cast<void>(batch_norm(D::ones({4}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(batch_norm(D::ones({1, 4}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(batch_norm(x, D::ones({3}), D::ones({4}))), ShapeError);
  CHECK(rms_norm(D::from({3, 4}), {2}, 0.0).at(1) == doctest::Approx(4 / std::sqrt(12.5)));
  CHECK(rms_norm(D::from({3, 4}), {2}, D::from({0, 2}), 0.0).at(1) == doctest::Approx(8 / std::sqrt(12.5)));
  const D weight = D::from({1, 2, 3, 4, 5, 6}).reshape({3, 2, 1});
  CHECK(bilinear(D::from({1, 10}), D::from({2.0}), weight, D::from({0, 0, 1})) == D::from({42, 86, 131}));
  CHECK_THROWS_AS(static_cast<void>(group_norm(x, 3)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(group_norm(x, 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(rms_norm(x, {3})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(rms_norm(x, {4}, D::zeros({3}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(bilinear(x, x, weight)), ShapeError);
}

TEST_CASE("distances and norms: derivatives, and programs with the bits of the tape") {
  const D a = numbers({2, 4}, 1);
  const D b = numbers({3, 4}, 2);
  const D v = numbers({4}, 3);
  check_derivatives([](const Variables& of) { return dist(of[0], of[1], 3); }, {a, v});
  check_derivatives([](const Variables& of) { return cdist(of[0], of[1]); }, {a, b});
  check_derivatives([](const Variables& of) { return pairwise_distance(of[0], of[1]); }, {a, v});
  check_derivatives([](const Variables& of) { return cosine_similarity(of[0], of[1], -1); }, {a, v});
  check_derivatives([](const Variables& of) { return normalize(of[0], 3) + renorm(of[0], 2, 0, 0.5); }, {a});
  check_derivatives([](const Variables& of) { return group_norm(of[0], 2, of[1], of[1]); }, {a, v});
  check_derivatives([](const Variables& of) { return batch_norm(of[0], 0.1); }, {numbers({3, 2, 2}, 6)});
  check_derivatives(
      [](const Variables& of) { return batch_norm(of[0], of[1], square(of[1]), of[1], of[1], 0.1); }, {b, v});
  check_derivatives([](const Variables& of) { return rms_norm(of[0], {4}, of[1]); }, {a, v});
  check_derivatives([](const Variables& of) { return bilinear(of[0], of[0], of[1], of[2]); },
                    {a, numbers({3, 4, 4}, 4), numbers({3}, 5)});
  check_traced(
      {3}, [](const auto& x) { return normalize(x) + pairwise_distance(x, x * 2.0F, 1, 0, true); },
      [](const Values& x) {
        double square = 0;
        double size = 0;
        for (const double e : x) {
          square += e * e;
          size += std::abs(e);
        }
        Values result;
        for (const double e : x) result.push_back(e / std::sqrt(square) + size);
        return result;
      });
  check_traced(
      {2}, [](const auto& x) { return rms_norm(group_norm(x, 1), {2}, 0.0); },
      [](const Values& x) {
        return x[0] < x[1] ? Values{-1, 1} : Values{1, -1};
      });
}

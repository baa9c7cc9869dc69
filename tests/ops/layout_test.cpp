// Values are PyTorch's too, see tests/conformance; here are formulas, misuse, variables and programs.

#include <wick/ops/layout.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/autograd.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::check_traced;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Values;
using wick_tests::Variables;

namespace {

using D = Tensor<double>;
using I = Tensor<std::int64_t>;
using B = Tensor<bool>;

}  // namespace

TEST_CASE("layout: turned, split up, repeated and on diagonals") {
  const I x = I::from({{1, 2, 3}, {4, 5, 6}});
  CHECK(rot90(x) == I::from({{3, 6}, {2, 5}, {1, 4}}));
  CHECK(rot90(x, -1) == I::from({{4, 1}, {5, 2}, {6, 3}}));
  CHECK(rot90(x, 2) == I::from({{6, 5, 4}, {3, 2, 1}}));
  CHECK(rot90(x, 4) == x);
  CHECK(rot90(x, 1, {1, 0}) == rot90(x, 3));
  CHECK(unflatten(x, 1, {3, -1}).shape() == Shape{2, 3, 1});
  CHECK(unflatten(x, -2, {1, 2}).shape() == Shape{1, 2, 3});
  CHECK(unflatten(I::zeros({0, 2}), 0, {0, 4}).shape() == Shape{0, 4, 2});
  CHECK(repeat_interleave(x, I::from({2, 0}), 0) == I::from({{1, 2, 3}, {1, 2, 3}}));
  CHECK(repeat_interleave(x, 2, 1) == I::from({{1, 1, 2, 2, 3, 3}, {4, 4, 5, 5, 6, 6}}));
  CHECK(repeat_interleave(I::from({7, 8}), 2) == I::from({7, 7, 8, 8}));
  CHECK(repeat_interleave(I::full({}, 5), 3, 0) == I::from({5, 5, 5}));
  CHECK(broadcast_tensors({I::from({1, 2}), I::zeros({2, 1})})[0] == I::from({{1, 2}, {1, 2}}));
  CHECK(diag(I::from({1, 2}), -1) == I::from({{0, 0, 0}, {1, 0, 0}, {0, 2, 0}}));
  CHECK(diag(x, 1) == I::from({2, 6}));
  CHECK(kron(I::from({1, 10}), I::from({1, 2}).reshape({2, 1})) == I::from({{1, 10}, {2, 20}}));
  CHECK(kron(D::zeros({0}), D::zeros({3})).shape() == Shape{0});
}

TEST_CASE("layout: differences and integrals") {
  const I x = I::from({{1, 2, 4}, {1, 0, 7}});
  CHECK(diff(x) == I::from({{1, 2}, {-1, 7}}));
  CHECK(diff(x, 2) == I::from({1, 8}).reshape({2, 1}));
  CHECK(diff(x, 1, 0) == I::from({{0, -2, 3}}));
  CHECK(diff(x, 5).shape() == Shape{2, 0});
  CHECK(diff(B::from({true, false, false})) == B::from({true, false}));
  const D y = D::from({1, 2, 4});
  CHECK(trapezoid(y).item() == 4.5);
  CHECK(trapezoid(y, 2).item() == 9);
  CHECK(trapezoid(y, D::from({0, 1, 3})).item() == 7.5);
  CHECK(trapezoid(D::ones({2, 3}), D::from({{0, 1, 3}, {0, 0, 1}})) == D::from({3, 1}));
  CHECK(trapezoid(D::zeros({2, 0})) == D::zeros({2}));
}

TEST_CASE("layout: derivatives, and programs with the bits of the tape") {
  const D a = numbers({2, 3}, 1);
  const D v = numbers({3}, 2);
  check_derivatives([](const Variables& of) { return square(rot90(of[0], 3)); }, {a});
  check_derivatives(
      [](const Variables& of) {
        return square(repeat_interleave(of[0], I::from({2, 0, 1}), 1));
      },
      {a});
  check_derivatives([](const Variables& of) { return square(diag(of[0], 1)); }, {v});
  check_derivatives([](const Variables& of) { return diff(of[0], 2) * trapezoid(of[0]); }, {a});
  check_derivatives([](const Variables& of) { return trapezoid(of[0], of[1]); }, {a, v});
  check_derivatives([](const Variables& of) { return kron(of[0], of[1]); }, {a, v});
  check_derivatives(
      [](const Variables& of) {
        return broadcast_tensors({of[0], of[1]})[1] * unflatten(of[0], 1, {3});
      },
      {a, v});
  check_traced(
      {2, 2},
      [](const auto& x) {
        return repeat_interleave(diff(flatten(unflatten(x, 1, {1, 2}), 1)), 2, 1);
      },
      [](const Values& x) {
        Values result;
        for (std::size_t i = 0; i + 1 < x.size(); ++i) result.insert(result.end(), 2, x[i + 1] - x[i]);
        return result;
      });
}

TEST_CASE("layout: what does not fit is refused") {
  CHECK(contains(wick_tests::refusal_of<ShapeError>({}, [](const auto& x) { return diag(x); }), "samples"));
  const D x = D::zeros({2, 3});
  CHECK_THROWS_AS(static_cast<void>(rot90(D::zeros({3}))), ShapeError);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(rot90(x, 1, {0, -2}));
        }) == "rot90: expected rotation dims to be different, but got dim0 = 0 and dim1 = -2");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(unflatten(x, 1, {2, -1}));
        }) ==
        "unflatten: Provided sizes [2, -1] don't multiply up to the size of dim 1 (3) in the input tensor of "
        "shape [2, 3]");
  constexpr Index most = std::numeric_limits<Index>::max();
  CHECK_THROWS_AS(static_cast<void>(unflatten(x, 1, {most, most})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(unflatten(x, 1, {-1, -1, 3})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(unflatten(x, 2, {1})), IndexError);
  CHECK_THROWS_AS(static_cast<void>(repeat_interleave(x, -1, 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(repeat_interleave(x, I::from({1, 2, 3}), 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(broadcast_tensors({x, D::zeros({2})})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(diag(D::zeros({}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(diag(D::zeros({2}), most)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(diag(D::zeros({2}), std::numeric_limits<Index>::min())), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(diff(D::zeros({}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(diff(x, -1)), OptionError);
  CHECK(contains(message_of<ShapeError>([&] { static_cast<void>(trapezoid(x, D::zeros({2}))); }),
                 "There must be one `x` value for each sample point"));
  CHECK_THROWS_AS(static_cast<void>(kron(D::zeros({1, 1, 1, 1, 1}), x)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(kron(D::zeros({most / 2, 0}), D::zeros({4, 0}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(repeat_interleave(x, most, 0)), ShapeError);
}

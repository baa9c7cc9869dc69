#include <wick/graph/parts.hpp>

#include "support/allocations.hpp"
#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/graph/join.hpp>
#include <wick/graph/trace.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::check_traced;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::refusal_of;
using wick_tests::Values;

TEST_CASE("reshape, expand: sizes that follow, and those that stay") {
  check_traced(
      {6},
      [](const auto& x) {
        return reshape(reshape(x, {-1, 2, 3}), {x.size(0), -1});
      },
      [](const Values& x) { return x; });
  check_traced(
      {2},
      [](const auto& x) {
        return expand(unsqueeze(x, 1), {-1, 2, -1});
      },
      [](const Values& x) {
        return Values{x[0], x[1], x[0], x[1]};
      });
  Recorder<float> recorder;
  const auto x = recorder->input(Tensor<float>::zeros({2, 3}));
  CHECK(reshape(x, {3, -1}).shape() == Shape{3, 2});
  CHECK(expand(x, {4, -1, -1}).shape() == Shape{4, 2, 3});
  CHECK(expand(x.tensor(), {4, -1, 3}).shape() == Shape{4, 2, 3});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(reshape(x, {4, -1}));
        }) == "reshape: shape '[4, -1]' is invalid for input of size 6 with shape [2, 3]");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(expand(x, {-1, 2, 3}));
        }) ==
        "expand: The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension 0: "
        "shape "
        "[2, 3] to [-1, 2, 3]");
}

TEST_CASE("narrow, permute: programs give the bits of the tape") {
  check_traced(
      {6}, [](const auto& x) { return narrow(x, 1, 2, 3); },
      [](const Values& x) { return Values(x.begin() + 2, x.begin() + 5); });
  check_traced(
      {6}, [](const auto& x) { return relu(narrow(x, -1, -2, 2)) + narrow(x, 1, 0, 2); },
      [](const Values& x) {
        return Values{(x[4] > 0 ? x[4] : 0) + x[0], (x[5] > 0 ? x[5] : 0) + x[1]};
      });
  check_traced(
      {2, 3},
      [](const auto& x) {
        return permute(x, {0, 2, 1});
      },
      [](const Values& x) { return Values{x[0], x[3], x[1], x[4], x[2], x[5]}; });
  check_traced(
      {2, 3}, [](const auto& x) { return flatten(transpose(x, 1, -1), 1); },
      [](const Values& x) { return Values{x[0], x[3], x[1], x[4], x[2], x[5]}; });
  check_traced(
      {6}, [](const auto& x) { return narrow(x, 1, 0, 6); }, [](const Values& x) { return x; });
  check_traced(
      {1, 3}, [](const auto& x) { return unsqueeze(squeeze(x, 1), -1) * 2.0F; },
      [](const Values& x) {
        return Values{2 * x[0], 2 * x[1], 2 * x[2]};
      });
  check_traced(
      {4, 1}, [](const auto& x) { return narrow(x, 1, 4, 0); }, [](const Values&) { return Values{}; });
}

TEST_CASE("narrow, permute: the samples as another dimension than the first") {
  check_traced(
      {2, 3},
      [](const auto& x) {
        return exp(permute(permute(x, {1, 0, 2}), {1, 2, 0}));
      },
      [](const Values& x) {
        Values y{x[0], x[3], x[1], x[4], x[2], x[5]};
        for (double& v : y) v = std::exp(v);
        return y;
      });
  // Each half of what was joined along the samples.
  check_traced(
      {2},
      [](const auto& x) {
        const auto both = exp(cat({x, x * 2.0F}, 0));
        const Index n = x.size(0);
        return narrow(both, 0, n, n) - narrow(both, 0, 0, n);
      },
      [](const Values& x) {
        return Values{std::exp(2 * x[0]) - std::exp(x[0]), std::exp(2 * x[1]) - std::exp(x[1])};
      });
}

TEST_CASE("narrow, permute: what a program cannot do") {
  CHECK(refusal_of<ShapeError>({3}, [](const auto& x) { return narrow(x, 0, 0, 1); }) ==
        "narrow: a program does not know the number of samples, which is * in [*, 3]; take other dimensions, "
        "or "
        "do this outside of the module");
  CHECK(contains(refusal_of<ShapeError>({3}, [](const auto& x) { return narrow(x, 0, -1, 1); }), "[*, 3]"));
  CHECK(contains(refusal_of<IndexError>({3}, [](const auto& x) { return narrow(x, 1, 2, 2); }),
                 "narrow: start (2) + length (2) exceeds dimension size (3)."));
  CHECK(contains(refusal_of<ShapeError>({3},
                                        [](const auto& x) {
                                          return permute(x, {0, 0});
                                        }),
                 "duplicate dims are not allowed"));
  CHECK(refusal_of<ShapeError>({}, [](const auto& x) {
          return flatten(matmul(unsqueeze(x, 1), unsqueeze(x, 0)));
        }) == "reshape: [**] has a dimension of the square of the number of samples, *");
}

TEST_CASE("programs with parts, joins and indices allocate nothing after the largest number of rows") {
  const auto index = Tensor<std::int64_t>::from({2, 0, 2});
  const auto module = [&](const auto& x) {
    const auto parts = cat({narrow(x, 1, 1, 2), index_select(x, 1, index)}, 1);
    return index_add(x, 1, index, flatten(permute(unsqueeze(narrow(parts, 1, 2, 3), 1), {0, 2, 1}), 1));
  };
  const ParameterBlock<float> none;
  const Program<float> program = trace(module, none, Shape{3});
  Workspace<float> workspace;
  const auto x = Tensor<float>::ones({1025, 3});
  const auto pass = [&](Index rows) {
    return allocations_in(
        [&] { static_cast<void>(program(none.values(), x.view().rows(0, rows), workspace)); });
  };
  pass(1025);
  for (const Index rows : {0, 1, 2, 513, 1025}) CHECK(pass(rows) == 0);
}

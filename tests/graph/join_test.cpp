#include <wick/graph/join.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <type_traits>
#include <vector>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::contains;
using wick_tests::refusal_of;
using wick_tests::Values;

TEST_CASE("cat: programs give the bits of the tape, for any number of values") {
  check_traced(
      {2},
      [](const auto& x) {
        return cat({x, exp(x), x * 2.0F}, 1);
      },
      [](const Values& x) { return Values{x[0], x[1], std::exp(x[0]), std::exp(x[1]), 2 * x[0], 2 * x[1]}; });
  check_traced(
      {2}, [](const auto& x) { return relu(cat({x}, -1)); },
      [](const Values& x) {
        return Values{x[0] > 0 ? x[0] : 0, x[1] > 0 ? x[1] : 0};
      });
  for (const int count : {2, 4, 9, 10, 29}) {
    check_traced(
        {2, 3},
        [count](const auto& x) {
          std::vector<std::remove_cvref_t<decltype(x)>> all;
          for (int i = 0; i < count; ++i) all.push_back(x + static_cast<float>(i));
          return cat(all, 1);
        },
        [count](const Values& x) {
          Values y;
          for (int i = 0; i < count; ++i) {
            for (const double v : x) y.push_back(v + i);
          }
          return y;
        });
  }
}

TEST_CASE("cat: values that are the same for all samples, and some of shape [0]") {
  check_traced(
      {2},
      [](const auto& x) {
        using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
        const auto numbers = Tensor<T>::from({T(7), T(8), T(9)});
        const auto same = expand(x.tape().constant(numbers), Shape{x.size(0), 3});
        return cat({x.tape().constant(Tensor<T>(Shape{0})), same, x}, 1);
      },
      [](const Values& x) {
        return Values{7, 8, 9, x[0], x[1]};
      });
}

TEST_CASE("stack: programs give the bits of the tape, along each dimension") {
  for (const Index dim : {1, 2, -1}) {
    check_traced(
        {2},
        [dim](const auto& x) {
          return stack({x, x + 1.0F, x + 2.0F}, dim);
        },
        [dim](const Values& x) {
          return dim == 1 ? Values{x[0], x[1], x[0] + 1, x[1] + 1, x[0] + 2, x[1] + 2}
                          : Values{x[0], x[0] + 1, x[0] + 2, x[1], x[1] + 1, x[1] + 2};
        });
  }
  // In front of the samples, and behind them again.
  check_traced(
      {2},
      [](const auto& x) {
        return permute(stack({x, x + 1.0F}), {1, 2, 0});
      },
      [](const Values& x) {
        return Values{x[0], x[0] + 1, x[1], x[1] + 1};
      });
  check_traced(
      {2}, [](const auto& x) { return stack({x}, 1); }, [](const Values& x) { return x; });
}

TEST_CASE("cat, stack: what a program cannot do") {
  CHECK(contains(refusal_of<ShapeError>({3},
                                        [](const auto& x) {
                                          return cat({x, x.tape().constant(Tensor<float>(Shape{2, 3}))}, 0);
                                        }),
                 "cat: a program does not know the number of samples, which is * in [*, 3]"));
  CHECK(contains(refusal_of<ShapeError>({3},
                                        [](const auto& x) {
                                          return cat({x, x, x, narrow(x, 1, 0, 2)}, 0);
                                        }),
                 "Expected size 3 but got size 2 for tensor number 3 in the list"));
  CHECK(contains(refusal_of<ShapeError>({3},
                                        [](const auto& x) {
                                          return stack({x, narrow(x, 1, 0, 2)}, 0);
                                        }),
                 "stack expects each tensor to be equal size"));
  CHECK(refusal_of<ShapeError>({3}, [](const auto& x) {
          return cat(std::span<const std::remove_cvref_t<decltype(x)>>());
        }) == "cat(): expected a non-empty list of Tensors");
}

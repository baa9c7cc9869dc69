#include <wick/ops/extremes.hpp>

#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <type_traits>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

TEST_CASE("indices of extremes are PyTorch's: the first of several, or of a NaN") {
  for (const char* const operation : {"argmax", "argmin"}) {
    for_each_case(operation, [&](const OpCase& c) {
      with_type(c.given[0], [&]<class T>(T) {
        if constexpr (!std::is_same_v<T, bool>) {
          const Tensor<T> x = c.input<T>();
          const bool largest = c.operation == "argmax";
          if (c.arguments.size() == 1) {
            check_result(largest ? argmax(x) : argmin(x), c.expected[0]);
          } else {
            const Index dim = c.index(1);
            const bool keepdim = c.arguments[0] != 0;
            check_result(largest ? argmax(x, dim, keepdim) : argmin(x, dim, keepdim), c.expected[0]);
          }
        }
      });
    });
  }
}

TEST_CASE("extremes along a dimension with their indices") {
  for (const char* const operation : {"max_along", "min_along"}) {
    for_each_case(operation, [&](const OpCase& c) {
      with_type(c.given[0], [&]<class T>(T) {
        const Tensor<T> x = c.input<T>();
        const auto [values, indices] =
            c.operation == "max_along" ? (max)(x, c.index(1)) : (min)(x, c.index(1));
        check_result(values, c.expected[0]);
        check_result(indices, c.expected[1]);
      });
    });
  }
  const Tensor<float> x = Tensor<float>::from({{1, 5}, {7, 2}});
  CHECK((max)(x).item() == 7);
  CHECK((min)(x).item() == 1);
  CHECK((max)(x, 1, true).values == Tensor<float>::from({5, 7}).reshape({2, 1}));
}

TEST_CASE("nothing has no extremes") {
  CHECK(wick_tests::contains(
      message_of<ShapeError>([] { static_cast<void>((max)(Tensor<float>({0}))); }),
      "max(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction "
      "dim with the 'dim' argument."));
  CHECK(message_of<IndexError>([] {
          static_cast<void>(argmax(Tensor<float>({2, 0}), 1));
        }) == "argmax(): Expected reduction dim 1 to have non-zero size. Got shape [2, 0]");
  CHECK(argmax(Tensor<float>({0, 3}), 1).shape() == Shape{0});
  CHECK_THROWS_AS(static_cast<void>(argmin(Tensor<float>({2}), 1)), IndexError);
}

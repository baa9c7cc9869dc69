#include <wick/ops/create.hpp>

#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

namespace {

using F = Tensor<float>;
using I = Tensor<std::int64_t>;
using B = Tensor<bool>;
static_assert(std::is_same_v<decltype(arange(3)), I> && std::is_same_v<decltype(arange(3.0)), F>);
static_assert(std::is_same_v<decltype(full({}, true)), B> && std::is_same_v<decltype(full({}, 1)), I>);
static_assert(std::is_same_v<decltype(full<double>({}, 1)), Tensor<double>> &&
              std::is_same_v<decltype(eye(2)), F>);

}  // namespace

TEST_CASE("sequences are PyTorch's") {
  // To a unit in the last place of the larger end: PyTorch may fuse the product with the sum.
  for_each_case("arange", [](const OpCase& c) {
    const double start = c.arguments[1];
    const double end = c.arguments[2];
    const double step = c.arguments[3];
    const double size = (std::max)(std::abs(start), std::abs(end));
    if (c.arguments[0] == 1) check_result(arange(c.index(1), c.index(2), c.index(3)), c.expected[0]);
    if (c.arguments[0] == 2) check_result(arange(start, end, step), c.expected[0], 0, 0x1p-23 * size);
    if (c.arguments[0] == 3) check_result(arange<double>(start, end, step), c.expected[0], 0, 0x1p-52 * size);
  });
  for_each_case("linspace", [](const OpCase& c) {
    const double start = c.arguments[1];
    const double end = c.arguments[2];
    const double size = (std::max)(std::abs(start), std::abs(end));
    if (c.arguments[0] == 2) check_result(linspace(start, end, c.index(3)), c.expected[0], 0, 0x1p-23 * size);
    if (c.arguments[0] == 3)
      check_result(linspace<double>(start, end, c.index(3)), c.expected[0], 0, 0x1p-52 * size);
  });
  CHECK(arange(3) == I::from({0, 1, 2}));
  // As PyTorch: torch.arange(0.0, -8.000001, -4.0, dtype=torch.int64), and of 0.9, 3.9, 1.9.
  CHECK(arange<std::int64_t>(0.0, -8.000001, -4.0) == I::from({0, -4}));
  CHECK(arange<std::int64_t>(0.9, 3.9, 1.9) == I::from({0, 1, 2}));
  CHECK(message_of<OptionError>([] { static_cast<void>(arange(0, 5, 0)); }) ==
        "arange: step must be nonzero");
  CHECK(wick_tests::contains(message_of<OptionError>([] { static_cast<void>(arange(5, 0)); }),
                             "upper bound and lower bound inconsistent with step sign"));
  CHECK_THROWS_AS(static_cast<void>(arange<double>(0, 1, 1e-300)), OptionError);
  CHECK(message_of<OptionError>([] { static_cast<void>(linspace(0, 1, -1)); }) ==
        "linspace: number of steps must be non-negative, got -1");
  // As PyTorch: torch.linspace(4.3, -3, 8, dtype=torch.int64).
  CHECK(linspace<std::int64_t>(4.3, -3, 8) == I::from({4, 3, 2, 1, 0, -1, -2, -3}));
}

TEST_CASE("constants, identities and triangles") {
  CHECK(eye(2) == F::from({{1, 0}, {0, 1}}));
  CHECK(eye<std::int64_t>(2, 3) == I::from({{1, 0, 0}, {0, 1, 0}}));
  CHECK(message_of<OptionError>([] { static_cast<void>(eye(-1)); }) ==
        "eye: n must be greater or equal to 0, got -1");
  CHECK(full({2}, 0.5) == F::from({0.5, 0.5}));
  CHECK(full<std::uint8_t>({2}, 7) == Tensor<std::uint8_t>::from({7, 7}));
  const I x({2, 3});
  CHECK(zeros_like(x) == I::zeros({2, 3}));
  CHECK(ones_like(x) == I::ones({2, 3}));
  CHECK(full_like(x, 4) == I::full({2, 3}, 4));
  CHECK(zeros({2}) == F::zeros({2}));
  CHECK(ones<bool>({2}) == B::from({true, true}));
  for_each_case("tril", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) { check_result(tril(c.input<T>(), c.index(0)), c.expected[0]); });
  });
  for_each_case("triu", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) { check_result(triu(c.input<T>(), c.index(0)), c.expected[0]); });
  });
  CHECK_THROWS_AS(static_cast<void>(tril(F({3}))), ShapeError);
}

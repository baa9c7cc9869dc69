#include <wick/ops/compare.hpp>

#include "support/op_cases.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

using namespace wick;
using wick_tests::binary_cases;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::OpCase;
using wick_tests::with_type;

namespace {

template <class X, class Y>
concept has_and = requires(const X& x, const Y& y) {
  x& y;
};
using F = Tensor<float>;
using I = Tensor<std::int64_t>;
using B = Tensor<bool>;
static_assert(!has_and<F, F> && !has_and<B, F> && has_and<B, I>);
static_assert(std::is_same_v<decltype(F{} == F{}), bool> && std::is_same_v<decltype(F{} < F{}), B>);
static_assert(std::is_same_v<decltype(B{} & true), B> && std::is_same_v<decltype(I{} | 1), I>);

}  // namespace

TEST_CASE("comparisons are PyTorch's") {
  binary_cases("lt", [](const auto& x, const auto& y) { return x < y; });
  binary_cases("le", [](const auto& x, const auto& y) { return x <= y; });
  binary_cases("gt", [](const auto& x, const auto& y) { return x > y; });
  binary_cases("ge", [](const auto& x, const auto& y) { return x >= y; });
  binary_cases("eq", [](const auto& x, const auto& y) { return eq(x, y); });
  binary_cases("ne", [](const auto& x, const auto& y) { return ne(x, y); });
  for_each_case("lt_number", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      const double value = c.arguments[1];
      if (c.arguments[0] == 0) check_result(c.input<T>() < (value != 0), c.expected[0]);
      if (c.arguments[0] == 1) check_result(c.input<T>() < static_cast<int>(value), c.expected[0]);
      if (c.arguments[0] == 2) check_result(value > c.input<T>(), c.expected[0]);
    });
  });
}

TEST_CASE("logic of truth values and bits of integers") {
  const auto integers = [](auto f) {
    return [f](const auto& x, const auto& y) requires has_and<decltype(x), decltype(y)> { return f(x, y); };
  };
  binary_cases("and", integers([](const auto& x, const auto& y) { return x & y; }));
  binary_cases("or", integers([](const auto& x, const auto& y) { return x | y; }));
  binary_cases("xor", integers([](const auto& x, const auto& y) { return x ^ y; }));
  CHECK(~B::from({true, false}) == B::from({false, true}));
  CHECK(~I::from({0, 5}) == I::from({-1, -6}));
  const F x = F::from({0, 2, 0, -1});
  const I y = I::from({0, 0, 3, 4});
  CHECK(logical_and(x, y) == B::from({false, false, false, true}));
  CHECK(logical_or(x, y) == B::from({false, true, true, true}));
  CHECK(logical_xor(x, y) == B::from({false, true, true, false}));
  CHECK(logical_not(x) == B::from({true, false, true, false}));
}

TEST_CASE("equality of whole tensors") {
  CHECK(equal(F::from({1, 2}), I::from({1, 2})));
  CHECK(!equal(F::from({1, 2}), F::from({{1, 2}})));
  CHECK(!equal(F::from({1, 2}), F::from({1, 3})));
}

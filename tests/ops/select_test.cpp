#include <wick/ops/select.hpp>

#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

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
using U = Tensor<std::uint8_t>;
using B = Tensor<bool>;

template <class X, class V>
concept fills = requires(const X& x, const B& mask, V v) {
  masked_fill(x, mask, v);
};
static_assert(fills<F, int> && fills<I, bool> && !fills<I, double> && fills<B, int>);

}  // namespace

TEST_CASE("the larger and the smaller element") {
  const auto both = [](const char* operation, auto f) {
    for_each_case(operation, [&](const OpCase& c) {
      with_type(c.given[0], [&]<class A>(A) {
        with_type(c.given[1],
                  [&]<class E>(E) { check_result(f(c.input<A>(0), c.input<E>(1)), c.expected[0]); });
      });
    });
  };
  both("maximum", [](const auto& x, const auto& y) { return maximum(x, y); });
  both("minimum", [](const auto& x, const auto& y) { return minimum(x, y); });
  CHECK(maximum(F::from({-1, 2}), 0) == F::from({0, 2}));
}

TEST_CASE("elements within bounds") {
  for_each_case("clamp", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      const double low = c.arguments[1];
      const double high = c.arguments[3];
      if (c.arguments[0] == 1) {
        check_result(clamp(c.input<T>(), static_cast<int>(low), static_cast<int>(high)), c.expected[0]);
      } else {
        check_result(clamp(c.input<T>(), low, high), c.expected[0]);
      }
    });
  });
  CHECK(clamp_min(I::from({-3, 3}), 0) == I::from({0, 3}));
  CHECK(clamp_max(I::from({-3, 3}), 0.5) == F::from({-3, 0.5}));
  CHECK(message_of<Error>([] { static_cast<void>(clamp(U::from({1}), -1, 300)); }) ==
        "clamp: value -1 cannot be converted to type uint8 without overflow");
}

TEST_CASE("elements by a mask") {
  for_each_case("where", [](const OpCase& c) {
    const Tensor<bool> mask = c.input<bool>(0);
    const DType first = c.given[1].dtype();
    if (first == DType::f32) check_result(where(mask, c.input<float>(1), c.input<float>(2)), c.expected[0]);
    if (first == DType::i64)
      check_result(where(mask, c.input<std::int64_t>(1), c.input<double>(2)), c.expected[0]);
    if (first == DType::u8)
      check_result(where(mask, c.input<std::uint8_t>(1), c.input<bool>(2)), c.expected[0]);
  });
  for_each_case("masked_fill", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      if constexpr (!std::is_same_v<T, bool>)
        check_result(masked_fill(c.input<T>(0), c.input<bool>(1), 1), c.expected[0]);
    });
  });
  const B mask = B::from({true, false});
  CHECK(where(mask, 1, F::from({{5, 6}, {7, 8}})) == F::from({{1, 6}, {1, 8}}));
  F x = F::from({1, 2});
  const float* const memory = x.data();
  const F y = masked_fill(std::move(x), mask, 0);
  CHECK(y.data() == memory);
  CHECK(y == F::from({0, 2}));
  CHECK(message_of<ShapeError>([&] { static_cast<void>(where(mask, F({3}), 1)); }) ==
        "where: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0 "
        "(shapes [2] "
        "and [3])");
}

#include <wick/ops/arithmetic.hpp>

#include "support/allocations.hpp"
#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>
#include <utility>

using namespace wick;
using wick_tests::binary_cases;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

namespace {

// The same beside a number.
template <class Function>
void number_cases(const char* operation, Function f) {
  for_each_case(operation, [&](const OpCase& c) {
    with_type(c.given[0], [&]<class A>(A) {
      const Tensor<A> x = c.input<A>(0);
      const double value = c.arguments[1];
      if constexpr (std::is_invocable_v<Function, Tensor<A>, bool>) {
        if (c.arguments[0] == 0) return check_result(f(x, value != 0), c.expected[0]);
      }
      if constexpr (std::is_invocable_v<Function, Tensor<A>, int>) {
        if (c.arguments[0] == 1) return check_result(f(x, static_cast<int>(value)), c.expected[0]);
        if (c.arguments[0] == 2) return check_result(f(x, value), c.expected[0]);
      }
      FAIL("not compiled for these types");
    });
  });
}

template <class X, class Y>
concept has_sum = requires(const X& x, const Y& y) {
  x + y;
};
template <class X, class Y>
concept has_difference = requires(const X& x, const Y& y) {
  x - y;
};
template <class X>
concept has_negative = requires(const X& x) {
  -x;
};
template <class X, class Y>
concept adds = requires(X& x, const Y& y) {
  x += y;
};
template <class X, class Y>
concept divides = requires(X& x, const Y& y) {
  x /= y;
};
using F = Tensor<float>;
using D = Tensor<double>;
using I = Tensor<std::int64_t>;
using U = Tensor<std::uint8_t>;
using B = Tensor<bool>;

static_assert(std::is_same_v<decltype(F{} + I{}), F> && std::is_same_v<decltype(F{} * D{}), D>);
static_assert(std::is_same_v<decltype(U{} + I{}), I> && std::is_same_v<decltype(U{} / U{}), F>);
static_assert(std::is_same_v<decltype(F{} * 0.1), F> && std::is_same_v<decltype(2.0 - I{}), F>);
static_assert(std::is_same_v<decltype(B{} + 1), I> && std::is_same_v<decltype(U{} + 1), U>);

static_assert(has_sum<F, TensorView<const float>> && has_sum<TensorArg<float>, D> && has_sum<int, F>);
// What PyTorch refuses does not compile, nor do elements that are for storage.
static_assert(!has_difference<B, B> && !has_difference<F, B> && !has_difference<B, bool> &&
              has_difference<F, I>);
static_assert(!has_negative<B> && has_negative<U>);
static_assert(!has_sum<Tensor<std::int32_t>, F> && !has_sum<Tensor<Half>, F> && !has_sum<F, const char*>);
static_assert(adds<F, D> && adds<F, I> && adds<U, I> && adds<I, bool> && !adds<I, F> && !adds<B, I>);
static_assert(divides<F, I> && !divides<I, I> && !adds<I, double> && adds<TensorView<float>, float>);
static_assert(!adds<const F, F> && !adds<TensorView<const float>, F>);

}  // namespace

TEST_CASE("sums, differences, products and quotients are PyTorch's, with its types") {
  binary_cases("add", [](const auto& x, const auto& y) { return x + y; });
  binary_cases("mul", [](const auto& x, const auto& y) { return x * y; });
  binary_cases("div", [](const auto& x, const auto& y) { return x / y; });
  binary_cases(
      "sub",
      [](const auto& x, const auto& y) requires has_difference<decltype(x), decltype(y)> { return x - y; });
}

TEST_CASE("numbers beside tensors count by their category") {
  number_cases("add_number", [](const auto& x, auto y) { return x + y; });
  number_cases("mul_number", [](const auto& x, auto y) { return y * x; });
  number_cases("div_number", [](const auto& x, auto y) { return x / y; });
  number_cases(
      "number_minus",
      [](const auto& x, auto y) requires has_difference<decltype(x), decltype(y)> { return y - x; });
}

TEST_CASE("quotients and remainders are rounded down") {
  const auto numbers = [](auto f) {
    return [f](const auto& x, const auto& y) requires(!std::is_same_v<std::remove_cvref_t<decltype(x)>, B>) {
      return f(x, y);
    };
  };
  binary_cases("remainder", numbers([](const auto& x, const auto& y) { return x % y; }));
  binary_cases("floor_divide", numbers([](const auto& x, const auto& y) { return floor_divide(x, y); }));
  CHECK(wick_tests::contains(message_of<Error>([] { static_cast<void>(I::from({1}) % I::from({0})); }),
                             "remainder: ZeroDivisionError"));
  CHECK(wick_tests::contains(message_of<Error>([] { static_cast<void>(floor_divide(I::from({1}), 0)); }),
                             "floor_divide: ZeroDivisionError"));
}

TEST_CASE("negatives") {
  for_each_case("neg", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      if constexpr (!std::is_same_v<T, bool>) check_result(-c.input<T>(), c.expected[0]);
    });
  });
  CHECK(-U::from({1, 0}) == U::from({255, 0}));
}

TEST_CASE("shapes that do not fit are named, with the operation") {
  const F a({2, 3});
  const F b({2, 4});
  CHECK(message_of<ShapeError>([&] { static_cast<void>(a + b); }) ==
        "add: The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1 "
        "(shapes [2, 3] and [2, 4])");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(F({5, 2, 3}) / b.rows(0, 1));
        }) ==
        "div: The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 2 "
        "(shapes [5, 2, 3] and [1, 4])");
  F c({3});
  CHECK(message_of<ShapeError>([&] { c += a; }) ==
        "add: output with shape [3] doesn't match the broadcast shape [2, 3]");
  CHECK(message_of<ShapeError>([&] { add_out(c.view(), a, 1); }) ==
        "add: output with shape [3] doesn't match the broadcast shape [2, 3]");
}

TEST_CASE("updates in place broadcast and convert") {
  F a = F::from({{1, 2, 3}, {4, 5, 6}});
  a += F::from({1, 0, -1});
  CHECK(a == F::from({{2, 2, 2}, {5, 5, 5}}));
  a *= D::from({0.5, 1, 2});
  CHECK(a == F::from({{1, 2, 4}, {2.5, 5, 10}}));
  a.rows(1, 2) /= 5;
  a[0] -= 1;
  CHECK(a == F::from({{0, 1, 3}, {0.5, 1, 2}}));
  U u = U::from({250, 1});
  u += I::from({10, -2});  // in int64, then into uint8
  CHECK(u == U::from({4, 255}));
  (a -= 1) *= 2;
  CHECK(a == F::from({{-2, 0, 4}, {-1, 0, 2}}));
  a += a;
  CHECK(a == F::from({{-4, 0, 8}, {-2, 0, 4}}));
}

TEST_CASE("what is written must not be read under another index") {
  F a = F::from({{1, 2}, {3, 4}});
  const std::string message = message_of<Error>([&] { a += a[0]; });
  CHECK(message ==
        "add: unsupported operation: some elements of the input tensor (shape [2]) and the written-to tensor "
        "(shape "
        "[2, 2]) refer to a single memory location. Copy the input first.");
  CHECK(a == F::from({{1, 2}, {3, 4}}));
  F b = F::from({1, 2, 3});
  CHECK_THROWS_AS(add_out(b.rows(0, 2), b.rows(1, 3), 1), Error);
  add_out(b.rows(0, 2), b.rows(0, 2), 1);
  CHECK(b == F::from({2, 3, 3}));
}

TEST_CASE("temporaries lend their memory, unless it is read under another index") {
  const F a = F::full({64, 64}, 2);
  const F b = F::full({64}, 3);
  F result;
  CHECK(wick_tests::allocations_in([&] { result = a * b + 1 - a / b; }) == 2);  // a * b and a / b
  CHECK(result.at(3, 5) == 2.0F * 3 + 1 - 2.0F / 3);
  F c = F::full({4}, 1);
  const float* const memory = c.data();
  F d = std::move(c) + 1;
  CHECK(d.data() == memory);
  CHECK(c.numel() == 0);  // NOLINT(bugprone-use-after-move): what it is then is what is tested
  F e = 1 - std::move(d);
  CHECK(e.data() == memory);
  CHECK(e == F::from({-1, -1, -1, -1}));
  F m = F::from({{1, 2}, {3, 4}});
  const auto row = m[0];
  CHECK(std::move(m) + row == F::from({{2, 4}, {4, 6}}));
  // Another type needs other memory.
  I i = I::from({1, 2});
  CHECK(std::move(i) / 2 == F::from({0.5, 1}));
}

TEST_CASE("results that are there cost no allocation") {
  const F a = F::from({{1, 2, 3}, {4, 5, 6}});
  const I b = I::from({1, 2, 3});
  F out({2, 3});
  CHECK(wick_tests::allocations_in([&] {
          add_out(out.view(), a, b);
          mul_out(out.view(), out, 2);
          sub_out(out.view(), a, out);
          div_out(out.view(), out, a);
          neg_out(out.view(), out);
          out += b;
          out.rows(0, 1) *= 2;
        }) == 0);
  CHECK(out.at(0, 0) == 2 * (3 + 1));
}

TEST_CASE("large tensors, all rests of blocks, every broadcast: against the definition") {
  for (const Index n : {1, 15, 16, 17, 31, 100}) {
    for (const Index m : {1, 2, 16, 33}) {
      F a({m, n});
      F b({n});
      F c({m, 1});
      for (Index i = 0; i < a.numel(); ++i) a.data()[i] = static_cast<float>(i % 13);
      for (Index i = 0; i < n; ++i) b.data()[i] = static_cast<float>(i % 7);
      for (Index i = 0; i < m; ++i) c.data()[i] = static_cast<float>(i % 5);
      const F rows = a - b;
      const F columns = c - a;
      const F outer = b - c;
      bool good = rows.shape() == Shape{m, n} && outer.shape() == Shape{m, n};
      for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
          good = good && rows.at(i, j) == a.at(i, j) - b.at(j) &&
                 columns.at(i, j) == c.at(i, 0) - a.at(i, j) && outer.at(i, j) == b.at(j) - c.at(i, 0);
        }
      }
      CHECK(good);
    }
  }
}

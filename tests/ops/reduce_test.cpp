#include <wick/ops/reduce.hpp>

#include "support/allocations.hpp"
#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <span>
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

// f(x, dims, keepdim), within 1e-6 or 1e-14.
template <class Function>
void cases(const char* operation, Function f) {
  for_each_case(operation, [&](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      if constexpr (std::is_invocable_v<Function, Tensor<T>, Axes, bool>) {
        const auto dims = c.indices(1);
        const auto y = f(c.input<T>(), Axes(std::span<const Index>(dims)), c.arguments[0] != 0);
        const bool single = std::is_same_v<T, float>;
        check_result(y, c.expected[0], single ? 1e-6 : 1e-14, single ? 1e-5 : 1e-14);
      } else {
        FAIL("not compiled for this type");
      }
    });
  });
}

template <class X>
concept has_mean = requires(const X& x) {
  wick::mean(x);
};
static_assert(has_mean<F> && has_mean<TensorView<const double>> && !has_mean<I> && !has_mean<B>);
// A forgotten dimension.
static_assert(!std::is_constructible_v<Axes, bool> && std::is_constructible_v<Axes, int>);

}  // namespace

TEST_CASE("reductions are PyTorch's") {
  cases("sum", [](const auto& x, const Axes& dim, bool keepdim) { return sum(x, dim, keepdim); });
  cases("prod", [](const auto& x, const Axes& dim, bool keepdim) { return prod(x, dim, keepdim); });
  cases("amax", [](const auto& x, const Axes& dim, bool keepdim) { return amax(x, dim, keepdim); });
  cases("amin", [](const auto& x, const Axes& dim, bool keepdim) { return amin(x, dim, keepdim); });
  cases("any", [](const auto& x, const Axes& dim, bool keepdim) { return any(x, dim, keepdim); });
  cases("all", [](const auto& x, const Axes& dim, bool keepdim) { return all(x, dim, keepdim); });
  const auto floats = [](auto f) {
    return [f](const auto& x, const Axes& dim, bool keepdim) requires has_mean<decltype(x)> {
      return f(x, dim, keepdim);
    };
  };
  cases("mean", floats([](const auto& x, const Axes& dim, bool keepdim) { return mean(x, dim, keepdim); }));
  cases("var", floats([](const auto& x, const Axes& dim, bool keepdim) {
          return var(x, dim, {.keepdim = keepdim});
        }));
  cases("std", floats([](const auto& x, const Axes& dim, bool keepdim) {
          return wick::std(x, dim, {.keepdim = keepdim});
        }));
  cases("logsumexp",
        floats([](const auto& x, const Axes& dim, bool keepdim) { return logsumexp(x, dim, keepdim); }));
}

TEST_CASE("variances with other corrections, norms") {
  for (const char* const operation : {"var_correction", "std_correction", "norm"}) {
    for_each_case(operation, [&](const OpCase& c) {
      with_type(c.given[0], [&]<class T>(T) {
        if constexpr (Floating<T>) {
          const auto dims = c.indices(1);
          const Axes dim{std::span<const Index>(dims)};
          const Tensor<T> x = c.input<T>();
          const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-14;
          if (c.operation == "norm")
            return check_result(norm(x, c.arguments[0], dim), c.expected[0], tolerance);
          const VarianceOptions options{.correction = c.arguments[0]};
          check_result(c.operation == "var_correction" ? var(x, dim, options) : wick::std(x, dim, options),
                       c.expected[0], tolerance);
        }
      });
    });
  }
  CHECK(std::isnan(var(F::from({3})).item()));
  CHECK(std::isnan(var(F({0})).item()));
}

TEST_CASE("large sums keep their digits, along every dimension") {
  const Index n = 200003;
  F x({n, 3});
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < 3; ++j) x.at(i, j) = 0.1F * static_cast<float>(j + 1);
  }
  const F columns = sum(x, 0);
  for (Index j = 0; j < 3; ++j) {
    const double exact = static_cast<double>(n) * static_cast<double>(0.1F * static_cast<float>(j + 1));
    CHECK(std::abs(static_cast<double>(columns.at(j)) - exact) < 4e-7 * exact);
  }
  const double exact = static_cast<double>(n) *
                       (static_cast<double>(0.1F) + static_cast<double>(0.2F) + static_cast<double>(0.3F));
  CHECK(std::abs(static_cast<double>(sum(x).item()) - exact) < 4e-7 * exact);
  const F one = sum(x.view().reshape({1, n * 3}), 1, true);
  CHECK(one.shape() == Shape{1, 1});
  CHECK(one.item() == sum(x).item());
}

TEST_CASE("every rest of a stretch: against the definition") {
  for (Index rows = 1; rows < 70; rows += 3) {
    for (const Index cols : {1, 2, 15, 16, 17, 63, 64, 65, 130}) {
      I x({rows, cols});
      for (Index i = 0; i < x.numel(); ++i) x.data()[i] = (i * 7919) % 101;
      std::int64_t all = 0;
      I along0 = I::zeros({cols});
      I along1 = I::zeros({rows});
      for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < cols; ++j) {
          all += x.at(i, j);
          along0.at(j) += x.at(i, j);
          along1.at(i) += x.at(i, j);
        }
      }
      CHECK(sum(x).item() == all);
      CHECK(sum(x, 0) == along0);
      CHECK(sum(x, 1) == along1);
    }
  }
  I x({700, 3});
  for (Index i = 0; i < x.numel(); ++i) x.data()[i] = i;
  CHECK(sum(x).item() == 2100 * 2099 / 2);
}

TEST_CASE("dimensions that are not there, and nothing where something is needed") {
  const F x({2, 3});
  CHECK(message_of<IndexError>([&] { static_cast<void>(sum(x, 5)); }) ==
        "sum: Dimension out of range (expected to be in range of [-2, 1], but got 5)");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(mean(x, {0, -2}));
        }) == "mean: dim 0 appears multiple times in the list of dims");
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(amax(F({2, 0}), 1));
        }) == "amax(): Expected reduction dim 1 to have non-zero size. Got shape [2, 0]");
  CHECK(wick_tests::contains(message_of<ShapeError>([&] { static_cast<void>(amin(F({0}))); }),
                             "amin(): Expected reduction dim to be specified for input.numel() == 0."));
  CHECK(amax(F({2, 0}), 0).shape() == Shape{0});
  CHECK_THROWS_AS(static_cast<void>(norm(F({0}), INFINITY)), ShapeError);
  F out({3});
  CHECK(message_of<ShapeError>([&] { sum_out(out.view(), x, 1); }) ==
        "sum: output with shape [3] doesn't match the shape [2] of the result for [2, 3]");
}

TEST_CASE("results in memory that is there cost no allocation") {
  const F x = F::from({{1, 2, 3}, {4, 5, 6}});
  F out({2});
  CHECK(wick_tests::allocations_in([&] { sum_out(out.view(), x, 1); }) == 0);
  CHECK(out == F::from({6, 15}));
  F kept({1, 3});
  CHECK(wick_tests::allocations_in([&] { mean_out(kept.view(), x, 0); }) == 0);
  CHECK(kept == F::from({{2.5, 3.5, 4.5}}));
  F all(Shape{});
  amax_out(all.view(), x);
  CHECK(all.item() == 6);
  F m = F::from({{1, 2}, {3, 4}});
  CHECK_THROWS_AS(sum_out(m[0], m, 0), Error);
}

#include <wick/ops/of_variables.hpp>

#include <wick/autograd.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <limits>

using namespace wick;

namespace {

template <class Tx>
concept compares = requires(const Tx& x) {
  x < 1;
};
static_assert(compares<Var<double>> && !compares<Symbol<double>>);

}  // namespace

TEST_CASE("variables: what looks at their numbers is what it is of tensors") {
  const auto t = Tensor<double>::from({{1, -2, 0}, {3, std::numeric_limits<double>::quiet_NaN(), 3}});
  const auto other = Tensor<double>::from({1, 0, 3});
  const auto x = requires_grad(t);
  const auto y = x.tape().constant(other);
  const auto same = [](const auto& a, const auto& b) { CHECK(a == b); };
  same(x < y, t < other);
  same(x <= other, t <= other);
  same(t > y, t > other);
  same(x >= 0, t >= 0);
  same(0 < x, 0 < t);
  same(eq(x, y), eq(t, other));
  same(ne(3, x), ne(3, t));
  same(isclose(x, y), isclose(t, other));
  same(isnan(x), isnan(t));
  same(isinf(x), isinf(t));
  same(isfinite(x), isfinite(t));
  same(argmax(y), argmax(other));
  same(argmin(x, 1, true), argmin(t, 1, true));
  same(argsort(y, -1, true), argsort(other, -1, true));
  same(nonzero(y), nonzero(other));
  same(nonzero_numpy(y), nonzero_numpy(other));
  CHECK(allclose(y, other));
  CHECK(!equal(x, t));
  // As a mask, of a leaky ReLU.
  const auto z = requires_grad(other - 1);
  sum(where(z > 0, z, 0.1 * z)).backward();
  CHECK(Tensor<double>(z.grad()) == Tensor<double>::from({0.1, 0.1, 1}));
}

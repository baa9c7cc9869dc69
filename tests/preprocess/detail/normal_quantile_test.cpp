#include <wick/preprocess/detail/normal_quantile.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>

// Of SciPy 1.17: scipy.stats.norm.ppf(p).
TEST_CASE("quantiles of the normal distribution") {
  using wick::detail::normal_quantile;
  for (const auto& known :
       {std::pair{0.5, 0.0}, std::pair{0.975, 1.959963984540054}, std::pair{0.025, -1.959963984540054},
        std::pair{0.1, -1.2815515655446004}, std::pair{1e-7, -5.199337582192816}, std::pair{1e-300, -37.0471},
        std::pair{0.4999, -0.00025066283008866774}}) {
    const auto p = known.first;
    const auto expected = known.second;
    CAPTURE(p);
    const double tolerance = p == 1e-300 ? 1e-4 : 1e-14;
    CHECK(std::abs(normal_quantile(p) - expected) <= tolerance * (1 + std::abs(expected)));
  }
  for (double x = -8; x <= 5; x += 0.01) {
    CHECK(std::abs(normal_quantile(wick::detail::normal_probability(x)) - x) <= 1e-9);
  }
  CHECK(std::abs(normal_quantile(5e-324) + 38.4674) < 5e-4);
  CHECK(normal_quantile(0) == -std::numeric_limits<double>::infinity());
  CHECK(normal_quantile(1) == std::numeric_limits<double>::infinity());
}

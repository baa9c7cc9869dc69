#include <wick/kernels/lbfgs.hpp>

#include "support/vector_levels.hpp"

#include <wick/base/types.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

using namespace wick;

namespace {

template <class T>
std::vector<T> numbers(Index n, std::uint64_t seed) {
  Generator g(seed);
  std::vector<T> x(static_cast<std::size_t>(n));
  for (T& v : x) v = static_cast<T>(detail::uniform53(g) - 0.4);
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("sums of long vectors: exact enough, and the same bits on every level", T, float, double) {
  for (const Index n : {0, 1, 15, 16, 17, 100, 4099}) {
    const std::vector<T> a = numbers<T>(n, 1);
    const std::vector<T> b = numbers<T>(n, 2);
    const T factor = T(-0.3);
    long double products = 0;
    long double sizes = 0;
    T largest = 0;
    std::vector<T> moved = a;
    for (std::size_t i = 0; i < a.size(); ++i) {
      products += static_cast<long double>(a[i]) * static_cast<long double>(b[i]);
      sizes += std::abs(static_cast<long double>(a[i]));
      largest = std::max(largest, std::abs(a[i]));
      const volatile T product = factor * b[i];  // rounded
      moved[i] += product;
    }
    std::optional<double> first_dot;
    std::optional<double> first_sizes;
    wick_tests::at_each_vector_level([&] {
      const double dot = detail::kernels::dot_in_double(a.data(), b.data(), n);
      CHECK(std::abs(dot - static_cast<double>(products)) <= 1e-14 * static_cast<double>(n));
      CHECK(dot == first_dot.value_or(dot));
      first_dot = dot;
      const double sum = detail::kernels::sum_of_sizes(a.data(), n);
      CHECK(std::abs(sum - static_cast<double>(sizes)) <= 1e-14 * static_cast<double>(n));
      CHECK(sum == first_sizes.value_or(sum));
      first_sizes = sum;
      CHECK(detail::kernels::largest_size(a.data(), n) == largest);
      std::vector<T> y = a;
      detail::kernels::add_times(factor, b.data(), y.data(), n);
      CHECK(y == moved);
      y = a;
      const double after = detail::kernels::add_times_and_dot(factor, b.data(), y.data(), b.data(), n);
      CHECK(y == moved);
      CHECK(after == detail::kernels::dot_in_double(y.data(), b.data(), n));
    });
  }
}

TEST_CASE_TEMPLATE("the largest size: NaN wherever it is, infinities", T, float, double) {
  wick_tests::at_each_vector_level([] {
    for (std::size_t at = 0; at < 37; ++at) {
      std::vector<T> x = numbers<T>(37, 3);
      x[at] = -std::numeric_limits<T>::infinity();
      CHECK(detail::kernels::largest_size(x.data(), Index{37}) == std::numeric_limits<T>::infinity());
      x[(at + 7) % 37] = std::numeric_limits<T>::quiet_NaN();
      CHECK(std::isnan(detail::kernels::largest_size(x.data(), Index{37})));
    }
  });
}

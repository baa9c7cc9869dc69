#include <wick/kernels/exponential.hpp>

#include "support/vector_levels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace wick;

namespace {

template <class T>
std::vector<T> exponentials_of(std::vector<T> x) {
  detail::kernels::exponentials(x.data(), static_cast<std::ptrdiff_t>(x.size()), x.data());
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("exponentials: the same for each place in a row of any length, as near as the type allows",
                   T, float, double) {
  wick_tests::at_each_vector_level([] {
    std::vector<T> x;
    for (int i = 0; i < 70; ++i) x.push_back(static_cast<T>(-0.37 * i + 3));
    const std::vector<T> all = exponentials_of(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double expected = std::exp(static_cast<long double>(x[i]));
      CHECK(std::abs(static_cast<long double>(all[i]) - expected) <=
            2 * std::numeric_limits<T>::epsilon() * expected);
    }
    for (std::size_t n = 0; n <= 40; ++n) {
      std::vector<T> some(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n));
      some.push_back(T(7));
      detail::kernels::exponentials(some.data(), static_cast<std::ptrdiff_t>(n), some.data());  // in place
      CHECK(some.back() == T(7));
      CHECK(std::equal(some.begin(), some.end() - 1, all.begin()));
    }
  });
}

TEST_CASE_TEMPLATE("exponentials over the whole range, and at its ends", T, float, double) {
  using Limits = std::numeric_limits<T>;
  wick_tests::at_each_vector_level([] {
    const T most = std::log((Limits::max)());
    const T least = std::log((Limits::min)());
    std::vector<T> x;
    for (T v = least; v < most; v += (most - least) / 20011) x.push_back(v);
    const std::vector<T> y = exponentials_of(x);
    long double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double expected = std::exp(static_cast<long double>(x[i]));
      worst = (std::max)(worst, std::abs(static_cast<long double>(y[i]) - expected) / expected);
    }
    CHECK(worst <= 2 * Limits::epsilon());
    const std::vector<T> ends = exponentials_of<T>(
        {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(), T(0), T(-0.0), 2 * most});
    CHECK(ends[0] == Limits::infinity());
    CHECK(std::abs(ends[1]) < (Limits::min)());
    CHECK(std::isnan(ends[2]));
    CHECK(ends[3] == 1);
    CHECK(ends[4] == 1);
    CHECK(ends[5] >= (Limits::max)() / 2);
  });
}

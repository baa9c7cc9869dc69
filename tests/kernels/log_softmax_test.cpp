#include <wick/kernels/log_softmax.hpp>

#include <wick/base/types.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace wick;

namespace {

// One row alone is done along the row, several short ones side by side.

template <class T>
void check_rows(Index rows, Index cols, const std::vector<T>& x, const std::vector<T>& dy) {
  CAPTURE(rows);
  CAPTURE(cols);
  const auto same = [](T a, T b) {
    return (a == b && std::signbit(a) == std::signbit(b)) || (a != a && b != b);
  };
  const Index n = rows * cols;
  std::vector<T> expected(x.size());
  std::vector<T> gradient(x.size());
  for (Index r = 0; r < rows; ++r) {
    const Index at = r * cols;
    detail::kernels::log_softmax_rows(Index{1}, cols, x.data() + at, expected.data() + at);
    detail::kernels::log_softmax_backward_rows(Index{1}, cols, expected.data() + at, dy.data() + at,
                                               gradient.data() + at);
  }
  // Elsewhere and in place, with a mark on both sides.
  for (const bool in_place : {false, true}) {
    std::vector<T> y(static_cast<std::size_t>(n) + 2, T(5));
    if (in_place) std::copy(x.begin(), x.end(), y.begin() + 1);
    detail::kernels::log_softmax_rows(rows, cols, in_place ? y.data() + 1 : x.data(), y.data() + 1);
    CHECK(std::equal(expected.begin(), expected.end(), y.begin() + 1, same));
    CHECK((y.front() == T(5) && y.back() == T(5)));
    std::vector<T> dx(static_cast<std::size_t>(n) + 2, T(5));
    if (in_place) std::copy(dy.begin(), dy.end(), dx.begin() + 1);
    detail::kernels::log_softmax_backward_rows(rows, cols, expected.data(),
                                               in_place ? dx.data() + 1 : dy.data(), dx.data() + 1);
    CHECK(std::equal(gradient.begin(), gradient.end(), dx.begin() + 1, same));
    CHECK((dx.front() == T(5) && dx.back() == T(5)));
  }
}

}  // namespace

TEST_CASE_TEMPLATE("short rows side by side have the bits of each alone", T, float, double) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  for (Index rows = 2; rows <= 40; ++rows) {
    for (Index cols = 1; cols <= 18; ++cols) {
      Generator g(1);
      std::vector<T> x(static_cast<std::size_t>(rows * cols));
      std::vector<T> dy(x.size());
      for (T& v : x) v = static_cast<T>(30 * detail::uniform53(g) - 15);
      for (T& v : dy) v = static_cast<T>(2 * detail::uniform53(g) - 1);
      check_rows<T>(rows, cols, x, dy);
      const std::vector<T> odd{T(0), T(-0.0), infinity, -infinity, nan, T(1e30), T(-1e30)};
      for (std::size_t i = 0; i < x.size(); i += 3) x[i] = odd[i / 3 % odd.size()];
      check_rows<T>(rows, cols, x, dy);
    }
  }
}

TEST_CASE_TEMPLATE("the logarithm of many sums at a time is that of each", T, float, double) {
  // Sums between 1 and 15, most of them next to 1, 2, 3 and so on.
  for (const Index cols : {2, 3, 15}) {
    constexpr Index rows = 20000;
    Generator g(2);
    std::vector<T> x(static_cast<std::size_t>(rows * cols));
    for (T& v : x) v = static_cast<T>(-std::pow(40.0, detail::uniform53(g) * 2 - 1));
    for (Index r = 0; r < rows; ++r) x[static_cast<std::size_t>(r * cols)] = 0;
    std::vector<T> y(x.size());
    detail::kernels::log_softmax_rows(rows, cols, x.data(), y.data());
    Index different = 0;
    for (Index r = 0; r < rows; ++r) {
      std::vector<T> row(static_cast<std::size_t>(cols));
      detail::kernels::log_softmax_rows(Index{1}, cols, x.data() + r * cols, row.data());
      different += std::equal(row.begin(), row.end(), y.begin() + r * cols) ? 0 : 1;
    }
    CHECK(different == 0);
  }
}

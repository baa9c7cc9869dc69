#include <wick/kernels/softmax.hpp>

#include <wick/random/distributions.hpp>
#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace wick;

TEST_CASE_TEMPLATE("softmax and its derivative are those of the formula, for any number of columns", T, float,
                   double) {
  Generator g(1);
  constexpr T eps = std::numeric_limits<T>::epsilon();
  for (const Index cols : {1, 2, 7, 15, 16, 17, 33, 64, 100}) {
    CAPTURE(cols);
    constexpr Index rows = 3;
    Tensor<T> x({rows, cols});
    Tensor<T> dy({rows, cols});
    normal_(x.view(), 0, 10, g);
    normal_(dy.view(), 0, 1, g);
    Tensor<T> y({rows, cols});
    detail::kernels::softmax_rows(rows, cols, x.data(), y.data());
    Tensor<T> dx({rows, cols});
    detail::kernels::softmax_backward_rows(rows, cols, y.data(), dy.data(), dx.data());
    for (Index r = 0; r < rows; ++r) {
      const long double most = *std::max_element(x[r].data(), x[r].data() + cols);
      long double total = 0;
      for (const T v : x[r].span()) total += std::exp(static_cast<long double>(v) - most);
      long double inner = 0;
      for (Index c = 0; c < cols; ++c) inner += static_cast<long double>(y.at(r, c)) * dy.at(r, c);
      for (Index c = 0; c < cols; ++c) {
        const long double truth = std::exp(x.at(r, c) - most) / total;
        CHECK(std::abs(y.at(r, c) - truth) <= 64 * eps * truth);
        CHECK(std::abs(dx.at(r, c) - y.at(r, c) * (dy.at(r, c) - inner)) <=
              64 * eps * y.at(r, c) * (std::abs(dy.at(r, c)) + 4));
      }
    }
    Tensor<T> in_place = x;
    detail::kernels::softmax_rows(rows, cols, in_place.data(), in_place.data());
    CHECK(in_place == y);
    in_place = dy;
    detail::kernels::softmax_backward_rows(rows, cols, y.data(), in_place.data(), in_place.data());
    CHECK(in_place == dx);
  }
}

TEST_CASE_TEMPLATE("softmax: infinities and NaN spread as in PyTorch, also in rows longer than a vector", T,
                   float, double) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  for (const std::size_t cols : {3U, 40U}) {
    const auto row = [&](T first, T rest) {
      std::vector<T> x(cols, rest);
      x[0] = first;
      detail::kernels::softmax_rows(Index{1}, static_cast<Index>(cols), x.data(), x.data());
      return x;
    };
    CHECK(row(-infinity, 0).front() == 0);
    CHECK(row(-infinity, 0).back() == doctest::Approx(1.0 / static_cast<double>(cols - 1)));
    CHECK(row(-1e4F, 0).front() == 0);
    CHECK(std::isnan(row(infinity, 0).front()));
    CHECK(std::isnan(row(infinity, 0).back()));
    CHECK(std::isnan(row(-infinity, -infinity).back()));
    CHECK(std::isnan(row(nan, 0).back()));
  }
}

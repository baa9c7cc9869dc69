#include <wick/kernels/layer_norm.hpp>

#include "support/vector_levels.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace wick;

namespace {

// Rows of different scales, in any order.
std::vector<double> numbers(std::ptrdiff_t n, double seed) {
  std::vector<double> x;
  for (std::ptrdiff_t i = 0; i < n; ++i) x.push_back(3 * std::sin(seed + 1.7 * static_cast<double>(i * i)));
  return x;
}
template <class T>
std::vector<T> as(const std::vector<double>& x) {
  return {x.begin(), x.end()};
}

struct Problem {
  std::ptrdiff_t rows;
  std::ptrdiff_t cols;
  std::vector<double> x = numbers(rows * cols, 1);
  std::vector<double> gamma = numbers(cols, 2);
  std::vector<double> beta = numbers(cols, 3);
  std::vector<double> dy = numbers(rows * cols, 4);
  double eps = 1e-5;

  [[nodiscard]] std::size_t at(std::ptrdiff_t r, std::ptrdiff_t c) const {
    return static_cast<std::size_t>(r * cols + c);
  }
  /// y of one row.
  [[nodiscard]] std::vector<double> row(const std::vector<double>& input, std::ptrdiff_t r) const {
    double mean = 0;
    for (std::ptrdiff_t c = 0; c < cols; ++c) mean += input[at(r, c)] / static_cast<double>(cols);
    double variance = 0;
    for (std::ptrdiff_t c = 0; c < cols; ++c)
      variance += (input[at(r, c)] - mean) * (input[at(r, c)] - mean) / static_cast<double>(cols);
    std::vector<double> y;
    for (std::ptrdiff_t c = 0; c < cols; ++c) {
      const auto i = static_cast<std::size_t>(c);
      y.push_back((input[at(r, c)] - mean) / std::sqrt(variance + eps) * gamma[i] + beta[i]);
    }
    return y;
  }
  [[nodiscard]] double loss(const std::vector<double>& input, std::ptrdiff_t r) const {
    const std::vector<double> y = row(input, r);
    double sum = 0;
    for (std::ptrdiff_t c = 0; c < cols; ++c) sum += y[static_cast<std::size_t>(c)] * dy[at(r, c)];
    return sum;
  }
};

}  // namespace

TEST_CASE_TEMPLATE("layer_norm: values", T, float, double) {
  const double most = sizeof(T) == 4 ? 2e-5 : 2e-12;
  wick_tests::at_each_vector_level([&] {
    for (std::ptrdiff_t cols = 1; cols <= 40; ++cols) {
      const Problem p{.rows = 3, .cols = cols};
      const std::vector<T> x = as<T>(p.x);
      std::vector<T> y(x.size() + 1, T(7));
      std::vector<T> mean(3);
      std::vector<T> rstd(3);
      detail::kernels::layer_norm_forward(p.rows, p.cols, x.data(), as<T>(p.gamma).data(),
                                          as<T>(p.beta).data(), static_cast<T>(p.eps), y.data(), mean.data(),
                                          rstd.data());
      CHECK(y.back() == T(7));
      for (std::ptrdiff_t r = 0; r < p.rows; ++r) {
        const std::vector<double> expected = p.row(p.x, r);
        for (std::ptrdiff_t c = 0; c < cols; ++c) {
          const double wanted = expected[static_cast<std::size_t>(c)];
          CHECK(std::abs(static_cast<double>(y[p.at(r, c)]) - wanted) <= most * (1 + std::abs(wanted)));
        }
      }
    }
    detail::kernels::layer_norm_forward<T>(0, 5, nullptr, nullptr, nullptr, T(1), nullptr, nullptr, nullptr);
  });
}

TEST_CASE("layer_norm: derivatives, by central differences") {
  wick_tests::at_each_vector_level([] {
    for (const std::ptrdiff_t cols : {2, 3, 8, 13, 37}) {
      const Problem p{.rows = 3, .cols = cols};
      std::vector<double> y(p.x.size());
      std::vector<double> mean(3);
      std::vector<double> rstd(3);
      detail::kernels::layer_norm_forward(p.rows, cols, p.x.data(), p.gamma.data(), p.beta.data(), p.eps,
                                          y.data(), mean.data(), rstd.data());
      const auto n = static_cast<std::size_t>(cols);
      std::vector<double> dgamma(n + 1, 5.0);
      std::vector<double> dbeta(n + 1, 6.0);
      std::vector<double> dx = p.dy;  // in place
      for (const bool add : {false, true}) {
        dx = p.dy;
        detail::kernels::layer_norm_backward(p.rows, cols, p.x.data(), p.gamma.data(), mean.data(),
                                             rstd.data(), dx.data(), dx.data(), dgamma.data(), dbeta.data(),
                                             add);
      }
      CHECK(dgamma.back() == 5.0);
      CHECK(dbeta.back() == 6.0);
      for (std::size_t c = 0; c < n; ++c) {
        double by_gamma = 0;
        double by_beta = 0;
        for (std::ptrdiff_t r = 0; r < p.rows; ++r) {
          const auto i = p.at(r, static_cast<std::ptrdiff_t>(c));
          by_gamma += p.dy[i] * (p.row(p.x, r)[c] - p.beta[c]) / p.gamma[c];
          by_beta += p.dy[i];
        }
        // Written over, then added to.
        CHECK(dgamma[c] == doctest::Approx(2 * by_gamma).epsilon(1e-9));
        CHECK(dbeta[c] == doctest::Approx(2 * by_beta).epsilon(1e-12));
      }
      for (std::ptrdiff_t r = 0; r < p.rows; ++r) {
        for (std::ptrdiff_t c = 0; c < cols; ++c) {
          std::vector<double> x = p.x;
          constexpr double step = 1e-5;
          x[p.at(r, c)] += step;
          const double up = p.loss(x, r);
          x[p.at(r, c)] -= 2 * step;
          const double slope = (up - p.loss(x, r)) / (2 * step);
          CHECK(std::abs(dx[p.at(r, c)] - slope) <= 1e-5 * (1 + std::abs(slope)));
        }
      }
      // Without the sums, and without what goes on.
      std::vector<double> alone(p.x.size());
      detail::kernels::layer_norm_backward<double>(p.rows, cols, p.x.data(), p.gamma.data(), mean.data(),
                                                   rstd.data(), p.dy.data(), alone.data(), nullptr, nullptr,
                                                   false);
      CHECK(alone == dx);
      std::vector<double> again(n, 1.0);
      std::vector<double> sums(n, 1.0);
      detail::kernels::layer_norm_backward<double>(p.rows, cols, p.x.data(), p.gamma.data(), mean.data(),
                                                   rstd.data(), p.dy.data(), nullptr, again.data(),
                                                   sums.data(), false);
      for (std::size_t c = 0; c < n; ++c) CHECK(sums[c] * 2 == doctest::Approx(dbeta[c]).epsilon(1e-12));
    }
  });
}

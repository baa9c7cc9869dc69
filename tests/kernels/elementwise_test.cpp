#include <wick/base/types.hpp>
#include <wick/kernels/elementwise.hpp>

#include "support/vector_levels.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace wick;

namespace {

template <class T>
std::vector<T> numbers(std::size_t n, double from, double step) {
  std::vector<T> x;
  for (std::size_t i = 0; i < n; ++i) x.push_back(static_cast<T>(from + step * static_cast<double>(i)));
  return x;
}

/// `run(a, b, y, n)` for lengths with and without a rest, into memory of its own and into each operand,
/// against truth(a_i, b_i) to `units` in the last place; what lies behind stays.
template <class T, class Run, class Truth>
void check_pairs(const Run& run, const Truth& truth, int units) {
  wick_tests::at_each_vector_level([&] {
    for (std::size_t n = 0; n <= 40; ++n) {
      const std::vector<T> a = numbers<T>(n, -1.9, 0.1);
      const std::vector<T> b = numbers<T>(n, 0.3, 0.07);
      for (int place = 0; place < 3; ++place) {
        std::vector<T> x = a;
        std::vector<T> z = b;
        std::vector<T> own(n);
        std::vector<T>& y = place == 0 ? own : place == 1 ? x : z;
        for (auto* const v : {&x, &z, &own}) v->push_back(T(7));
        run(x.data(), z.data(), y.data(), static_cast<std::ptrdiff_t>(n));
        CHECK(y.back() == T(7));
        for (std::size_t i = 0; i < n; ++i) {
          const long double expected = truth(static_cast<long double>(a[i]), static_cast<long double>(b[i]));
          const long double most =
              static_cast<long double>(units) * std::numeric_limits<T>::epsilon() * std::abs(expected);
          CHECK(std::abs(static_cast<long double>(y[i]) - expected) <= most);
        }
      }
    }
  });
}

}  // namespace

TEST_CASE_TEMPLATE("arithmetic of stretches is rounded once", T, float, double) {
  const auto exact = [](const auto& run, const auto& f) {
    wick_tests::at_each_vector_level([&] {
      for (std::size_t n = 0; n <= 40; ++n) {
        const std::vector<T> a = numbers<T>(n, -1.9, 0.1);
        const std::vector<T> b = numbers<T>(n, 0.3, 0.07);
        std::vector<T> y(n + 1, T(7));
        run(a.data(), b.data(), y.data(), static_cast<std::ptrdiff_t>(n));
        CHECK(y.back() == T(7));
        for (std::size_t i = 0; i < n; ++i) CHECK(y[i] == f(a[i], b[i]));
      }
    });
  };
  using In = const T*;
  exact([](In a, In b, T* y, Index n) { detail::kernels::add(a, b, y, n); }, [](T a, T b) { return a + b; });
  exact([](In a, In b, T* y, Index n) { detail::kernels::subtract(a, b, y, n); },
        [](T a, T b) { return a - b; });
  exact([](In a, In b, T* y, Index n) { detail::kernels::multiply(a, b, y, n); },
        [](T a, T b) { return a * b; });
  exact([](In a, In b, T* y, Index n) { detail::kernels::divide(a, b, y, n); },
        [](T a, T b) { return a / b; });
  exact([](In a, In, T* y, Index n) { detail::kernels::multiply_by_number(a, T(0.3), y, n); },
        [](T a, T) { return a * T(0.3); });
  exact([](In a, In, T* y, Index n) { detail::kernels::divide_by_number(a, T(0.3), y, n); },
        [](T a, T) { return a / T(0.3); });
  exact([](In a, In, T* y, Index n) { detail::kernels::add_number(a, T(0.3), y, n); },
        [](T a, T) { return a + T(0.3); });
}

TEST_CASE_TEMPLATE("derivatives of tanh and sigmoid by their results, gelu and its derivative", T, float,
                   double) {
  using In = const T*;
  check_pairs<T>([](In y, In dy, T* dx, Index n) { detail::kernels::tanh_gradient(y, dy, dx, n); },
                 [](long double y, long double dy) { return dy * (1 - y * y); }, 16);
  check_pairs<T>([](In y, In dy, T* dx, Index n) { detail::kernels::sigmoid_gradient(y, dy, dx, n); },
                 [](long double y, long double dy) { return dy * y * (1 - y); }, 16);
  const long double pi = std::acos(-1.0L);
  const auto inner = [pi](long double x) { return std::sqrt(2 / pi) * (x + 0.044715L * x * x * x); };
  check_pairs<T>([](In x, In, T* y, Index n) { detail::kernels::gelu_tanh(x, y, n); },
                 [&](long double x, long double) { return x / 2 * (1 + std::tanh(inner(x))); }, 16);
  check_pairs<T>([](In x, In dy, T* dx, Index n) { detail::kernels::gelu_tanh_gradient(x, dy, dx, n); },
                 [&](long double x, long double dy) {
                   const long double t = std::tanh(inner(x));
                   const long double slope = std::sqrt(2 / pi) * (1 + 3 * 0.044715L * x * x);
                   return dy * ((1 + t) / 2 + x / 2 * (1 - t * t) * slope);
                 },
                 200);  // it is 0 near x = -0.75
}

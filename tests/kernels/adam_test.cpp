#include <wick/kernels/adam.hpp>

#include "support/vector_levels.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace wick;

namespace {

/// 1 / sqrt(v) of each v: a step from 0 with the averages 1 and v, which stay.
template <class T>
std::vector<T> inverse_roots(std::vector<T> v) {
  const std::vector<T> g(v.size(), T(0));
  std::vector<T> p(v.size(), T(0));
  std::vector<T> m(v.size(), T(1));
  const detail::AdamScalars<T> s{.beta1 = 1,
                                 .one_minus_beta1 = 0,
                                 .beta2 = 1,
                                 .one_minus_beta2 = 0,
                                 .step_size = 1,
                                 .eps = 0,
                                 .sign = 1,
                                 .weight_decay = 0};
  T* const no_largest = nullptr;
  detail::kernels::adam_update(false, false, s, static_cast<std::ptrdiff_t>(v.size()), g.data(), p.data(),
                               m.data(), v.data(), no_largest);
  return p;
}

}  // namespace

TEST_CASE("roots and quotients of a step are correctly rounded") {
  wick_tests::at_each_vector_level([] {
    // Significands: they and the parity of the exponent decide.
    std::vector<float> v;
    for (auto bits = std::bit_cast<std::uint32_t>(1.0F); bits < std::bit_cast<std::uint32_t>(4.0F);
         bits += 37) {
      v.push_back(std::bit_cast<float>(bits));
    }
    v.resize(v.size() / 16 * 16);
    const std::vector<float> found = inverse_roots(v);
    std::uint64_t wrong = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
      // A root of 53 bits rounds to 24 as the exact one does: 53 >= 2 * 24 + 2 (Figueroa, 1995).
      wrong += found[i] != 1 / static_cast<float>(std::sqrt(static_cast<double>(v[i])));
    }
    CHECK(wrong == 0);
    const std::vector<double> some{2, 1e-300, 3e300, 0.1, 7, 1e-8, 4, 9, 1e-16, 5, 6, 8, 1e3, 123.5, 11, 1};
    const std::vector<double> roots = inverse_roots(some);
    for (std::size_t i = 0; i < some.size(); ++i) CHECK(roots[i] == 1 / std::sqrt(some[i]));
  });
}

TEST_CASE_TEMPLATE("averages below the smallest normal number become 0, others stay", T, float, double) {
  wick_tests::at_each_vector_level([] {
    constexpr T least = (std::numeric_limits<T>::min)();
    constexpr T tiny = std::numeric_limits<T>::denorm_min();
    const std::vector<T> start{least, -least,    least / 2,      -least / 2, tiny,  -tiny, T(0), T(1),
                               T(-1), 2 * least, least * T(0.9), T(1e-30),   least, tiny,  T(3), -2 * least};
    const std::vector<T> g(start.size(), T(0));
    std::vector<T> p(start.size(), T(1));
    std::vector<T> m = start;
    std::vector<T> v(start.size());
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::abs(start[i]);
    const std::vector<T> squares = v;
    const detail::AdamScalars<T> s{.beta1 = 1,
                                   .one_minus_beta1 = 0,
                                   .beta2 = 1,
                                   .one_minus_beta2 = 0,
                                   .step_size = T(-1e-3),
                                   .eps = T(1e-8),
                                   .sign = 1,
                                   .weight_decay = 0};
    T* const no_largest = nullptr;
    detail::kernels::adam_update(false, false, s, static_cast<std::ptrdiff_t>(v.size()), g.data(), p.data(),
                                 m.data(), v.data(), no_largest);
    for (std::size_t i = 0; i < start.size(); ++i) {
      CAPTURE(i);
      CHECK(m[i] == (std::abs(start[i]) < least ? T(0) : start[i]));
      CHECK(v[i] == (squares[i] < least ? T(0) : squares[i]));
      // What a subnormal average would have added is far below a unit in the last place.
      CHECK(p[i] == 1 - start[i] * T(1e-3) / (std::sqrt(squares[i]) + T(1e-8)));
    }
  });
}

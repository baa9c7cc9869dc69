#include <wick/core/packets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace wick;

namespace {

template <class T>
T first_root(T x) {
  namespace ei = Eigen::internal;
  using Packet = typename detail::MathPackets<T>::Packet;
  return ei::pfirst(detail::square_root(ei::pset1<Packet>(x)));
}

}  // namespace

TEST_CASE("square_root rounds correctly") {
  // All significands: they and the parity of the exponent decide.
  std::uint64_t wrong = 0;
  for (std::uint32_t bits = std::bit_cast<std::uint32_t>(1.0F); bits < std::bit_cast<std::uint32_t>(4.0F);
       ++bits) {
    const auto x = std::bit_cast<float>(bits);
    // A root of 53 bits rounds to 24 as the exact one does: 53 >= 2 * 24 + 2 (Figueroa, 1995).
    wrong += first_root(x) != static_cast<float>(std::sqrt(static_cast<double>(x)));
  }
  CHECK(wrong == 0);
  for (const float x : {0.0F, 1e-42F, 1e-38F, 3e38F, std::numeric_limits<float>::infinity()}) {
    CHECK(first_root(x) == static_cast<float>(std::sqrt(static_cast<double>(x))));
  }
  CHECK(std::isnan(first_root(-1.0F)));
  for (const double x : {0.0, 2.0, 1e-310, 3e300}) CHECK(first_root(x) == std::sqrt(x));
}

TEST_CASE_TEMPLATE("exponentials: the same for each place in a row of any length, as near as the type allows",
                   T, float, double) {
  std::vector<T> x;
  for (int i = 0; i < 70; ++i) x.push_back(static_cast<T>(-0.37 * i + 3));
  std::vector<T> all(x.size());
  detail::exponentials(x.data(), 70, all.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double expected = std::exp(static_cast<long double>(x[i]));
    CHECK(std::abs(static_cast<long double>(all[i]) - expected) <=
          2 * std::numeric_limits<T>::epsilon() * expected);
  }
  for (Index n = 0; n <= 40; ++n) {
    std::vector<T> some(x.begin(), x.begin() + n);
    some.push_back(T(7));
    detail::exponentials(some.data(), n, some.data());  // in place
    CHECK(some.back() == T(7));
    CHECK(std::equal(some.begin(), some.end() - 1, all.begin()));
  }
}

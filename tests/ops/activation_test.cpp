#include <wick/ops/activation.hpp>

#include "support/compare.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace wick;

namespace {

template <class T>
Tensor<T> mixed(Index n, std::uint64_t seed) {
  Generator g(seed);
  Tensor<T> t = randn<T>({n}, g);
  for (Index i = 0; i < n; i += 5) t.data()[i] = T(0);
  return t;
}

template <class T>
Tensor<T> mask_of(Index n, T scale) {
  Generator g(9);
  Tensor<T> mask(Shape{n});
  for (T& m : mask.span()) m = g.random32() % 2 == 0 ? T(0) : scale;
  return mask;
}

/// Every length up to a few vectors, so that whole vectors and rests both count.
template <class T>
void check_lengths() {
  for (Index n = 0; n <= 70; ++n) {
    CAPTURE(n);
    const T scale = T(1) / T(0.75);
    const Tensor<T> x = mixed<T>(n, 1);
    const Tensor<T> dy = mixed<T>(n, 2);
    const Tensor<T> mask = mask_of<T>(n, scale);
    Tensor<T> relu(x.shape());
    Tensor<T> drelu(x.shape());
    Tensor<T> masked(x.shape());
    Tensor<T> dmasked(x.shape());
    for (Index i = 0; i < n; ++i) {
      const bool on = x.data()[i] > 0;
      relu.data()[i] = on ? x.data()[i] : T(0);
      drelu.data()[i] = on ? dy.data()[i] : T(0);
      masked.data()[i] = relu.data()[i] * mask.data()[i];
      dmasked.data()[i] = drelu.data()[i] * mask.data()[i];
    }
    Tensor<T> y(x.shape());
    relu_forward(x.data(), y.data(), n);
    CHECK(y == relu);
    Tensor<T> in_place = x;
    relu_forward(in_place.data(), in_place.data(), n);
    CHECK(in_place == relu);

    Tensor<T> dx(x.shape());
    relu_backward(relu.data(), dy.data(), dx.data(), n);
    CHECK(dx == drelu);
    in_place = dy;
    relu_backward(relu.data(), in_place.data(), in_place.data(), n);
    CHECK(in_place == drelu);

    relu_mask_forward(x.data(), mask.data(), y.data(), n);
    CHECK(y == masked);
    in_place = x;
    relu_mask_forward(in_place.data(), mask.data(), in_place.data(), n);
    CHECK(in_place == masked);

    relu_mask_backward(masked.data(), scale, dy.data(), dx.data(), n);
    CHECK(dx == dmasked);
    in_place = dy;
    relu_mask_backward(masked.data(), scale, in_place.data(), in_place.data(), n);
    CHECK(in_place == dmasked);
  }
}

}  // namespace

TEST_CASE("ReLU and ReLU with a mask, there and back, element by element") {
  SUBCASE("float") { check_lengths<float>(); }
  SUBCASE("double") { check_lengths<double>(); }
}

TEST_CASE("ReLU hands NaN on wherever it stands, as PyTorch does, and clips infinities on one side") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    constexpr T inf = std::numeric_limits<T>::infinity();
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    for (Index at = 0; at < 37; ++at) {
      CAPTURE(at);
      Tensor<T> x = Tensor<T>::full({37}, T(-1));
      x.data()[at] = nan;
      x.data()[(at + 1) % 37] = inf;
      x.data()[(at + 2) % 37] = -inf;
      const Tensor<T> ones = Tensor<T>::ones({37});
      Tensor<T> plain(x.shape());
      Tensor<T> masked(x.shape());
      relu_forward(x.data(), plain.data(), 37);
      relu_mask_forward(x.data(), ones.data(), masked.data(), 37);
      for (const auto& y : {plain, masked}) {
        CHECK(std::isnan(y.data()[at]));
        CHECK(y.data()[(at + 1) % 37] == inf);
        CHECK(y.data()[(at + 2) % 37] == 0);
        CHECK(y.data()[(at + 3) % 37] == 0);
      }
    }
  };
  check(0.0F);
  check(0.0);
}

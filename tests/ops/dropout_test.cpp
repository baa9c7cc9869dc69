#include <wick/ops/dropout.hpp>
#include <wick/tensor/eigen.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

using namespace wick;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

template <class T>
void check_case(Fixture& file) {
  const auto p = file.get<double>();
  const auto seed = file.get<std::uint64_t>();
  const auto n = static_cast<Index>(file.get<std::uint32_t>());
  CAPTURE(p);
  CAPTURE(seed);
  CAPTURE(n);
  const auto expected = file.tensor<T>({n});
  Generator g(seed);
  Tensor<T> mask(Shape{n});
  dropout_mask(mask.view(), p, g);
  CHECK(mask == expected);
  CHECK(random63(g) == file.get<std::int64_t>());
  if (p < 1) {
    CHECK(std::ranges::all_of(mask.span(), [&](T x) { return x == 0 || x == dropout_scale<T>(p); }));
  }
}

}  // namespace

TEST_CASE("dropout masks are PyTorch's, and leave the generator where PyTorch leaves it") {
  Fixture file("ops.bin");  // tests/reference/make_ops.py
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count > 40);
  for (std::uint32_t i = 0; i < count; ++i) {
    file.get<std::uint8_t>() == 1 ? check_case<double>(file) : check_case<float>(file);
  }
}

TEST_CASE("a share p of a large mask is zero, and its mean is 1") {
  for (const double p : {0.1, 0.5, 0.8}) {
    CAPTURE(p);
    Generator g(1);
    Tensor<float> mask(Shape{1000, 1000});
    dropout_mask(mask.view(), p, g);
    // Five standard deviations of a million draws.
    CHECK(std::abs(static_cast<double>((mask.array() == 0.0F).count()) / 1e6 - p) <= 5 * 0.0005);
    CHECK(std::abs(mask.array().cast<double>().mean() - 1) <= 5 * 0.0005 / (1 - p));
  }
}

TEST_CASE("a dropout probability outside [0, 1] is refused by its value, and nothing is drawn") {
  Generator g(1);
  const GeneratorState before = g.state();
  Tensor<float> mask = Tensor<float>::full({3}, 7.0F);
  const auto message = [&](double p) {
    return message_of<OptionError>([&] { dropout_mask(mask.view(), p, g); });
  };
  CHECK(message(1.5) == "dropout probability has to be between 0 and 1, but got 1.5");
  CHECK(message(-1e-5) == "dropout probability has to be between 0 and 1, but got -1e-05");
  CHECK(message(std::numeric_limits<double>::quiet_NaN()) ==
        "dropout probability has to be between 0 and 1, but got nan");
  CHECK(message(std::numeric_limits<double>::infinity()) ==
        "dropout probability has to be between 0 and 1, but got inf");
  CHECK(g.state() == before);
  CHECK(mask == Tensor<float>::full({3}, 7.0F));
}

#include <wick/nn/dropout.hpp>
#include <wick/random/distributions.hpp>

#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/gradient_check.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <sstream>

using namespace wick;
using wick_tests::message_of;

namespace {

template <class T>
void check_case(wick_tests::Fixture& file) {
  const auto p = file.get<double>();
  const auto seed = file.get<std::uint64_t>();
  const auto n = static_cast<Index>(file.get<std::uint32_t>());
  CAPTURE(p);
  const auto expected = file.tensor<T>({n});
  Generator g(seed);
  Tensor<T> y(Shape{n});
  Tensor<T> mask(Shape{n});
  // What PyTorch made of ones: forward and backward multiply by it.
  const auto ones = Tensor<T>::ones({n});
  const auto threes = Tensor<T>::full({n}, T(3));
  const Dropout layer(p);
  layer.forward<T>(threes, y.view(), mask.view(), g);
  CHECK(mask == expected);
  for (Index i = 0; i < n; ++i) REQUIRE(y.data()[i] == T(3) * expected.data()[i]);
  CHECK(random63(g) == file.get<std::int64_t>());
  Tensor<T> dx(Shape{n});
  layer.backward<T>(mask, ones, dx.view());
  CHECK(dx == expected);
}

}  // namespace

TEST_CASE("the layer multiplies by PyTorch's masks, there and back") {
  wick_tests::Fixture file("ops.bin");  // tests/reference/make_ops.py
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count > 40);
  for (std::uint32_t i = 0; i < count; ++i) {
    file.get<std::uint8_t>() == 1 ? check_case<double>(file) : check_case<float>(file);
  }
}

TEST_CASE("the derivative of dropout agrees with central differences under one mask") {
  for (const double p : {0.0, 0.3, 0.5, 1.0}) {
    CAPTURE(p);
    Generator g(3);
    auto x = randn<double>({5, 7}, g);
    const auto dy = randn<double>(x.shape(), g);
    Tensor<double> y(x.shape());
    Tensor<double> mask(x.shape());
    Tensor<double> dx(x.shape());
    const auto loss = [&] {
      Generator same(11);
      Dropout(p).forward<double>(x, y.view(), mask.view(), same);
      return wick_tests::dot(y, dy);
    };
    loss();
    Dropout(p).backward<double>(mask, dy, dx.view());
    CHECK_GRADIENT(x, dx, loss);
  }
}

TEST_CASE("a probability outside [0, 1] is refused by its value") {
  const auto message = [](double p) { return message_of<OptionError>([&] { Dropout{p}; }); };
  const std::string start = "dropout probability has to be between 0 and 1, but got ";
  CHECK(message(1.0000001) == start + "1.0000001");
  CHECK(message(-0.5) == start + "-0.5");
  CHECK(message(std::numeric_limits<double>::quiet_NaN()) == start + "nan");
  CHECK(message(-std::numeric_limits<double>::infinity()) == start + "-inf");
  CHECK(Dropout().p() == 0.5);
  CHECK(Dropout(1).p() == 1.0);
}

TEST_CASE("tensors of different shapes are refused, before anything is drawn") {
  Generator g(1);
  const GeneratorState before = g.state();
  const auto a = Tensor<float>::ones({2, 3});
  auto same = Tensor<float>::full({2, 3}, 7);
  auto b = Tensor<float>::full({3, 2}, 7);
  const std::string text = "Dropout: expected equal shapes, got [2, 3] and [3, 2]";
  const Dropout layer(0.5);
  CHECK(message_of<ShapeError>([&] { layer.forward<float>(a, b.view(), same.view(), g); }) == text);
  CHECK(message_of<ShapeError>([&] { layer.forward<float>(a, same.view(), b.view(), g); }) == text);
  CHECK(message_of<ShapeError>([&] { layer.backward<float>(a, b, same.view()); }) == text);
  CHECK(message_of<ShapeError>([&] { layer.backward<float>(a, a, b.view()); }) == text);
  CHECK(g.state() == before);
  CHECK(same == Tensor<float>::full({2, 3}, 7));
  CHECK(b == Tensor<float>::full({3, 2}, 7));
}

TEST_CASE("dropout prints as in PyTorch") {
  std::ostringstream out;
  out << Dropout(0.5) << Dropout(0) << Dropout(1) << Dropout(0.25) << Dropout(1e-5);
  CHECK(out.str() ==
        "Dropout(p=0.5, inplace=False)Dropout(p=0.0, inplace=False)Dropout(p=1.0, inplace=False)"
        "Dropout(p=0.25, inplace=False)Dropout(p=1e-05, inplace=False)");
}

#include <wick/tensor/print.hpp>

#include "support/fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <iomanip>
#include <limits>
#include <locale>
#include <sstream>

using namespace wick;

namespace {

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

// A locale as unlike C's as possible, made here because no other one may be installed.
struct OddNumbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\1"; }
};

}  // namespace

TEST_CASE("tensors of every type print exactly as in PyTorch") {
  // tests/reference/make_print.py
  wick_tests::Fixture file("print.bin");
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count >= 100);
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto dtype = static_cast<DType>(file.get<std::uint8_t>());
    const Shape shape = file.shape();
    const std::string expected = file.text();
    visit_dtype(dtype, [&]<class T>(T) {
      const Tensor<T> t = file.tensor<T>(shape);
      const std::string text = printed(t);
      if (text != expected) ++wrong;
      if (wrong < 4) CHECK_EQ(text, expected);
      CHECK(printed(t.view()) == text);
      CHECK(printed(AnyTensor::copy_of(t)) == text);
    });
  }
  CHECK(wrong == 0);
  CHECK(file.at_end());
}

TEST_CASE("the documented forms of a printed tensor") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(printed(Tensor<float>::from({1, 2.5F})) == "tensor([1.0000, 2.5000])");
  CHECK(printed(Tensor<float>::from({1, 2})) == "tensor([1., 2.])");
  CHECK(printed(Tensor<float>::from({nan, 1.5F})) == "tensor([   nan, 1.5000])");
  CHECK(printed(Tensor<float>::from({-nan})) == "tensor([nan])");
  CHECK(printed(Tensor<float>::from({1e-4F})) == "tensor([1.0000e-04])");
  CHECK(printed(Tensor<float>::from({1000, 1})) == "tensor([1000.,    1.])");
  CHECK(printed(Tensor<float>::from({1001, 1})) == "tensor([1.0010e+03, 1.0000e+00])");
  CHECK(printed(Tensor<float>::full({}, 1.5F)) == "tensor(1.5000)");
  CHECK(printed(Tensor<std::int64_t>::full({}, 3)) == "tensor(3)");
  CHECK(printed(Tensor<bool>::from({true, false})) == "tensor([ True, False])");
  CHECK(printed(Tensor<double>::from({0.5})) == "tensor([0.5000], dtype=torch.float64)");
  CHECK(printed(Tensor<std::uint8_t>::from({0, 255})) == "tensor([  0, 255], dtype=torch.uint8)");
  CHECK(printed(Tensor<float>()) == "tensor([])");
  CHECK(printed(Tensor<float>(Shape{0, 3})) == "tensor([], size=(0, 3))");
  CHECK(printed(Tensor<std::int64_t>()) == "tensor([], dtype=torch.int64)");
  CHECK(printed(Tensor<bool>(Shape{2, 0})) == "tensor([], size=(2, 0), dtype=torch.bool)");
  CHECK(printed(Tensor<float>::zeros({2, 2})) == "tensor([[0., 0.],\n        [0., 0.]])");

  Tensor<std::int64_t> many(Shape{1001});
  for (Index i = 0; i < 1001; ++i) many.at(i) = i;
  CHECK(printed(many) == "tensor([   0,    1,    2,  ...,  998,  999, 1000])");
}

TEST_CASE("views of rows print as tensors of their own") {
  auto t = Tensor<float>::from({{1, 2}, {3, 4000.5F}});
  CHECK(printed(t[0]) == "tensor([1., 2.])");
  CHECK(printed(std::as_const(t).rows(0, 1)) == "tensor([[1., 2.]])");
}

TEST_CASE("shapes print as torch.Size") {
  CHECK(printed(Shape{2, 3}) == "torch.Size([2, 3])");
  CHECK(printed(Shape{}) == "torch.Size([])");
}

TEST_CASE("printing does not depend on the locale or on the state of the stream") {
  std::ostringstream out;
  out.imbue(std::locale(std::locale::classic(), new OddNumbers));
  out << std::hex << std::showpos << std::scientific << std::setprecision(1);
  out << Tensor<float>::from({1234.5F, 2}) << Tensor<std::int64_t>::from({123456}) << Shape{1024, 16};
  CHECK(out.str() == "tensor([1234.5000,    2.0000])tensor([123456])torch.Size([1024, 16])");
}

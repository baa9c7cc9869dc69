#include "support/named_sections.hpp"

#include <wick/nn/init.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::NamedSections;

namespace {

// Those of uniform_() to the last bit; normal_() promises 1e-6.
template <class T, class Fill>
void check(const std::string& line, double error, const Fill& fill) {
  CAPTURE(line);
  const NamedSections torch("module_prints.txt");
  const std::vector<double> expected = torch.numbers("init", line);
  Generator g(0);
  Tensor<T> weight(Shape{4, 6});
  fill(weight.view(), g);
  REQUIRE(expected.size() == 24);
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(std::abs(static_cast<double>(weight.data()[i]) - expected[i]) <= error);
}
template <class T>
void check_all(const std::string& type) {
  check<T>("xavier_uniform_ " + type, 0, [](auto t, Generator& g) { xavier_uniform_(t, 1.0, g); });
  check<T>("kaiming_uniform_ " + type, 0,
           [](auto t, Generator& g) { kaiming_uniform_(t, 0.0, FanMode::fan_in, g); });
  check<T>("xavier_normal_ " + type, 1e-6, [](auto t, Generator& g) { xavier_normal_(t, 1.0, g); });
  check<T>("kaiming_normal_ " + type, 1e-6,
           [](auto t, Generator& g) { kaiming_normal_(t, 0.0, FanMode::fan_in, g); });
}

}  // namespace

TEST_CASE("Initial values are those of torch.nn.init") {
  check_all<float>("float");
  check_all<double>("double");
  check<double>("kaiming_uniform_fan_out double", 0,
                [](auto t, Generator& g) { kaiming_uniform_(t, 0.5, FanMode::fan_out, g); });
  Tensor<float> bias(Shape{4});
  CHECK_THROWS_AS(xavier_uniform_(bias.view()), ShapeError);
  CHECK_THROWS_AS(kaiming_normal_(bias.view()), ShapeError);
}

#include <wick/report/detail/axis.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

using wick::detail::html::Axis;
using wick::detail::html::AxisOptions;
using wick::detail::html::linear_axis;
using wick::detail::html::logarithmic_axis;
using wick::detail::html::NumberRange;

namespace {

using Labels = std::vector<std::string>;

NumberRange range_of(double low, double high) {
  NumberRange range;
  range.add(low);
  range.add(high);
  return range;
}

Labels labels(double low, double high, const AxisOptions& options = {}) {
  return linear_axis(range_of(low, high), options).labels;
}

void check_axis(const Axis& axis) {
  CAPTURE(axis.low);
  CAPTURE(axis.high);
  CHECK(axis.low < axis.high);
  REQUIRE(axis.ticks.size() == axis.labels.size());
  CHECK(axis.ticks.size() >= 2);
  CHECK(axis.ticks.size() <= 13);
  for (const double tick : axis.ticks) {
    CHECK(axis.share(tick) >= 0);
    CHECK(axis.share(tick) <= 1);
  }
  CHECK(std::set(axis.labels.begin(), axis.labels.end()).size() == axis.labels.size());
}

}  // namespace

TEST_CASE("ticks are round numbers, all with as many decimals") {
  CHECK(labels(0, 1) == Labels{"0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(labels(0.13, 0.87) == Labels{"0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(labels(-3, 12) == Labels{"−5", "0", "5", "10", "15"});
  CHECK(labels(0, 43210) == Labels{"0", "10,000", "20,000", "30,000", "40,000", "50,000"});
  CHECK(labels(0, 2.5e7) == Labels{"0", "5M", "10M", "15M", "20M", "25M"});
  CHECK(labels(0, 5e-5) == Labels{"0", "10⁻⁵", "2×10⁻⁵", "3×10⁻⁵", "4×10⁻⁵", "5×10⁻⁵"});
  CHECK(labels(0, 1.5e12) == Labels{"0", "0.5×10¹²", "1.0×10¹²", "1.5×10¹²"});
}

TEST_CASE("whole numbers, exact ends, and bars from 0") {
  AxisOptions whole;
  whole.whole = true;
  whole.exact = true;
  CHECK(labels(1, 3, whole) == Labels{"1", "2", "3"});
  CHECK(labels(1, 1, whole) == Labels{"0", "1", "2"});
  const Axis epochs = linear_axis(range_of(1, 42), whole);
  CHECK(epochs.low == 1);
  CHECK(epochs.high == 42);
  CHECK(epochs.labels == Labels{"10", "20", "30", "40"});
  AxisOptions bars;
  bars.from_zero = true;
  CHECK(labels(90, 100, bars).front() == "0");
}

TEST_CASE("factors are distances on logarithmic axes") {
  const Axis few = logarithmic_axis(range_of(0.0002, 0.01));
  CHECK(few.labels == Labels{"0.0002", "0.0005", "0.001", "0.002", "0.005", "0.01"});
  CHECK(few.share(0.0002) == 0);
  CHECK(few.share(std::sqrt(0.0002 * 0.01)) == doctest::Approx(0.5));
  CHECK(logarithmic_axis(range_of(1e-9, 1e9)).ticks.size() <= 7);
  check_axis(logarithmic_axis(range_of(3, 3.3)));
  check_axis(logarithmic_axis(range_of(3, 3)));
  check_axis(logarithmic_axis({}));
}

TEST_CASE("any numbers give an axis") {
  constexpr double most = std::numeric_limits<double>::max();
  for (const double low :
       {-most, -1e200, -1e15, -1.0, -1e-9, -5e-324, 0.0, 5e-324, 1e-300, 1e-9, 7.0, 1e15, most}) {
    for (const double high : {-1.0, 0.0, 1e-320, 1e-9, 7.0, 1e15, 1e15 + 1, most}) {
      if (low <= high) check_axis(linear_axis(range_of(low, high)));
    }
  }
  check_axis(linear_axis({}));
  NumberRange range;
  range.add(std::numeric_limits<double>::quiet_NaN());
  range.add(std::numeric_limits<double>::infinity());
  CHECK(range.empty);
}

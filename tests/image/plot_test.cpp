#include <wick/image/plot.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using wick::Color;
using wick::Curve;
using wick::Image;
using wick::Index;
using wick::Shape;
using wick_tests::message_of;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// Columns that hold a colour, in rows [top, bottom).
std::vector<Index> columns_with(const Image& image, Color color, Index top, Index bottom) {
  std::vector<Index> columns;
  for (Index x = 0; x < image.size(1); ++x) {
    for (Index y = top; y < bottom; ++y) {
      const std::uint8_t* p = image.data() + (y * image.size(1) + x) * 3;
      if (Color{p[0], p[1], p[2]} == color) {
        columns.push_back(x);
        break;
      }
    }
  }
  return columns;
}

}  // namespace

TEST_CASE("ticks are round numbers that cover the range, not many more than asked for") {
  const double ends[] = {0,       1,    0.3,   0.45,  1.7,    -2.5,  1000, 46.9,    -1e-7, 2e-7,
                         12345.6, 1e12, -1e12, 1e-20, 7e-301, 1e289, 0.1,  0.30001, 1e17,  1e17 + 32};
  for (const double low : ends) {
    for (const double high : ends) {
      if (!(low <= high)) continue;
      for (const int most : {2, 5, 8, 40}) {
        CAPTURE(low);
        CAPTURE(high);
        CAPTURE(most);
        const auto ticks = wick::detail::ticks_for(low, high, most);
        const double slack = 1e-6 * ticks.step;
        CHECK(ticks.low() <= low + slack);
        CHECK(ticks.high() >= high - slack);
        CHECK(ticks.last - ticks.first >= 1);
        CHECK(ticks.last - ticks.first <= most + 2);
        CHECK((ticks.factor == 1 || ticks.factor == 2 || ticks.factor == 5));
        for (double k = ticks.first; k <= ticks.last; ++k) {
          CHECK(std::stold(ticks.label(k)) == doctest::Approx(k * ticks.step).epsilon(1e-12));
        }
      }
    }
  }
}

TEST_CASE("the labels of ticks are short") {
  const auto labels = [](double low, double high, int most) {
    const auto ticks = wick::detail::ticks_for(low, high, most);
    std::string text;
    for (double k = ticks.first; k <= ticks.last; ++k) text += ticks.label(k) + ' ';
    return text;
  };
  CHECK(labels(0, 1, 5) == "0 0.2 0.4 0.6 0.8 1.0 ");
  CHECK(labels(40, 1840, 4) == "0 500 1000 1500 2000 ");
  CHECK(labels(-0.25, 0.25, 2) == "-0.5 0 0.5 ");
  CHECK(labels(-0.0, 4, 4) == "0 1 2 3 4 ");
  CHECK(labels(0, 3e-7, 3) == "0 1e-7 2e-7 3e-7 ");
  CHECK(labels(0, 4e9, 2) == "0 2e9 4e9 ");
  CHECK(labels(0, 9, 1) == "0 10 ");
  CHECK(labels(inf, -inf, 5) == "0 1 ");
}

TEST_CASE("a curve is drawn from its first to its last point") {
  const std::vector<Curve> curves{{"", {0, 1, 2, 3, 4}, {0, 0, 1, 1, 0}, wick::colors::red}};
  const Image chart = wick::line_chart(curves, {.width = 400, .height = 300});
  REQUIRE(chart.shape() == Shape{300, 400, 3});
  // Below the legend, whose mark has the curve's colour as well.
  const auto columns = columns_with(chart, wick::colors::red, 30, 300);
  REQUIRE(columns.size() > 250);
  CHECK(columns.back() - columns.front() + 1 == static_cast<Index>(columns.size()));
}

TEST_CASE("points that are not finite leave a gap, and extreme ones do no harm") {
  const auto gap = [](double bad) {
    const std::vector<Curve> curves{{"", {0, 1, 2, 3, 4}, {0, 0, bad, 0, 0}, wick::colors::red}};
    const auto columns =
        columns_with(wick::line_chart(curves, {.width = 400, .height = 300}), wick::colors::red, 30, 300);
    return columns.back() - columns.front() + 1 - static_cast<Index>(columns.size());
  };
  CHECK(gap(0) == 0);
  for (const double bad : {not_a_number, inf, -inf, 1e300}) CHECK(gap(bad) > 100);
  std::vector<Curve> wide(3);
  wide[0].x = {-1e280, 1e280};
  wide[0].y = {1e17, 1e17 + 16};
  wide[1].x = wide[1].y = {not_a_number};
  CHECK(wick::line_chart(wide).shape() == Shape{600, 960, 3});
  const std::vector<Curve> point{{"a", {3}, {5}, wick::colors::red}};
  CHECK_FALSE(columns_with(wick::line_chart(point), wick::colors::red, 50, 600).empty());
}

TEST_CASE("a chart without curves is empty axes") {
  CHECK(wick::line_chart({}).shape() == Shape{600, 960, 3});
}

TEST_CASE("charts that cannot be drawn are refused") {
  const std::vector<Curve> uneven{{"loss", {1, 2}, {1}, {}}};
  CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(wick::line_chart(uneven)); }) ==
        "line_chart: curve \"loss\" has 2 x and 1 y");
  for (const Index bad : {Index{199}, Index{10001}, Index{-1}}) {
    CHECK_THROWS_AS(static_cast<void>(wick::line_chart({}, {.width = bad})), wick::OptionError);
    CHECK_THROWS_AS(static_cast<void>(wick::line_chart({}, {.height = bad})), wick::OptionError);
  }
}

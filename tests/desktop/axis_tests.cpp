#include "axis.hpp"

#include "desk.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace {

/// 1, 2 or 5 times a power of ten.
bool is_round(double step) {
  const double digit = step / std::pow(10.0, std::floor(std::log10(step) + 1e-9));
  constexpr std::array round{1.0, 2.0, 5.0};
  return std::any_of(round.begin(), round.end(),
                     [&](double wanted) { return std::abs(digit - wanted) < 1e-6; });
}

}  // namespace

TEST_CASE("an axis holds its range between round numbers, with as many steps as there may be") {
  for (const double low : {0.0, -3.7, 0.123, 17.0, 1e-7}) {
    for (const double range : {1e-6, 0.05, 0.3, 1.0, 2.5, 99.0, 1234.0, 5e6}) {
      for (const int most : {1, 2, 5, 6, 10}) {
        if (range < 1e-3 * low) continue;  // doubles themselves are coarse there
        const desktop::Axis axis = desktop::round_axis(low, low + range, most);
        CAPTURE(low);
        CAPTURE(range);
        CAPTURE(most);
        REQUIRE(axis.ticks.size() >= 2);
        const double step = axis.ticks[1] - axis.ticks[0];
        CHECK(is_round(step));
        CHECK(static_cast<int>(axis.ticks.size()) - 1 <= most);
        CHECK(axis.low <= low + 1e-6 * step);
        CHECK(axis.high >= low + range - 1e-6 * step);
        CHECK(axis.low > low - step);
        CHECK(axis.high < low + range + step);
        CHECK(axis.part_of(axis.low) == 0);
        CHECK(axis.part_of(axis.high) == 1);
        // The decimals tell the ticks apart.
        for (std::size_t i = 1; i < axis.ticks.size(); ++i) {
          CHECK(QString::number(axis.ticks[i], 'f', axis.decimals) !=
                QString::number(axis.ticks[i - 1], 'f', axis.decimals));
        }
      }
    }
  }
}

TEST_CASE("the smallest step that is allowed is taken") {
  CHECK(desktop::round_axis(0, 938, 5).ticks == std::vector<double>{0, 200, 400, 600, 800, 1000});
  CHECK(desktop::round_axis(0, 1, 10).ticks.size() == 11);
  CHECK(desktop::round_axis(0.8, 0.9, 2).ticks.size() == 3);
}

TEST_CASE("a range that is none still has an axis") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [low, high] : {std::pair{0.0, 0.0}, {3.0, 3.0}, {2.0, 1.0}, {nan, 1.0}, {0.0, infinity}}) {
    const desktop::Axis axis = desktop::round_axis(low, high, 5);
    CHECK(axis.high > axis.low);
    CHECK(axis.ticks.size() >= 2);
  }
}

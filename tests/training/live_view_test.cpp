#include <wick/training/live_view.hpp>

#include "support/screen.hpp"

#include <wick/training/progress.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using wick::Index;
using wick::LiveStatus;

TEST_CASE("a curve is high where its numbers are large") {
  const std::vector<double> falling{5, 4, 3, 2, 1, 0};
  CHECK(wick::curve_text(falling, 60, false) == "#*=-._");
  CHECK(wick::curve_text(falling, 3, false) == "#=_");
  CHECK(wick::curve_text(falling, 1, false) == "_");
  CHECK(wick::curve_text(falling, 0, false).empty());
  CHECK(wick::curve_text(falling, -1, false).empty());
  CHECK(wick::curve_text({}, 10, true).empty());
  const std::vector<double> two{0, 1};
  CHECK(wick::curve_text(two, 10, true) == "\u2581\u2588");
  const std::vector<double> same(3, 7.5);
  CHECK(wick::curve_text(same, 10, false) == "___");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> with_gaps{1, std::nan(""), infinity, 2, -infinity};
  CHECK(wick::curve_text(with_gaps, 10, false) == "_  # ");
}

TEST_CASE("lines below the bar say what is known, as far as it fits") {
  const std::vector<double> curve{0.9, 0.6, 0.5};
  LiveStatus status{.loss = 0.41204, .lr = 0.003};
  CHECK(wick::live_lines(status, 80, false) == std::vector<std::string>{"loss 0.4120  lr 0.0030"});
  status.gradient_norm = 1.25;
  status.last = 0.5;
  status.best = 1.5e-7;
  status.best_epoch = 3;
  status.curve = curve;
  status.stop_key = true;
  CHECK(
      wick::live_lines(status, 120, false) ==
      std::vector<std::string>{
          "loss 0.4120  last 0.5000  best 1.50e-7 (epoch 3)  lr 0.0030  norm 1.2500  q, Enter: stop", "#._"});
  for (Index columns = -1; columns < 130; ++columns) {
    for (const std::string& line : wick::live_lines(status, columns, false)) {
      CHECK(static_cast<Index>(line.size()) < (columns > 1 ? columns : 2));
    }
  }
  status.loss = std::nan("");
  status.best = 1e300;
  CHECK(wick::live_lines(status, 50, false)[0] == "loss nan  last 0.5000  best 1.00e300 (epoch 3)");
  status.best = -5e-324;
  CHECK(wick::live_lines(status, 50, false)[0].starts_with("loss nan  last 0.5000  best -4.94e-324"));
}

TEST_CASE("lines below the bar are redrawn in place and removed with it") {
  std::ostringstream out;
  std::vector<std::string> below{"one", "two"};
  const auto lines = [&](Index columns) {
    CHECK(columns == 40);
    return below;
  };
  out << "before\n";
  {
    wick::ProgressBar bar(out, 10, 0, 40);
    bar.update(1, 8, "Epoch 1/2", lines);
    wick_tests::Screen screen(40);
    screen.show(out.str());
    REQUIRE(screen.lines().size() == 4);
    CHECK(screen.lines()[0] == "before");
    CHECK(screen.lines()[1].starts_with("Epoch 1/2 ["));
    CHECK(screen.lines()[2] == "one");
    CHECK(screen.lines()[3] == "two");
    bar.clear();
    out << "Epoch: 1/2\n";
    below = {"three"};
    bar.update(2, 16, "Epoch 2/2", lines);
  }
  out << "after";
  wick_tests::Screen screen(40);
  screen.show(out.str());
  REQUIRE(screen.lines().size() == 4);
  CHECK(screen.lines()[1] == "Epoch: 1/2");
  CHECK(screen.lines()[2] == "after");
  CHECK(screen.lines()[3].empty());
}

TEST_CASE("where nothing can be redrawn there is nothing below the bar") {
  std::ostringstream out;
  wick::ProgressBar bar(out, 10);
  bar.update(1, 8, "Epoch 1/2", [](Index) -> std::vector<std::string> { throw 1; });
  CHECK(out.str().ends_with("%\n"));
}

TEST_CASE("no key is typed where the input is no terminal") { CHECK_FALSE(wick::stop_key_was_typed()); }

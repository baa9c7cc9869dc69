// Draws groups of bars, for benchmarks/compare.
//
//   chart FILE.png < rows
//
// The first line is the title; the others are `GROUP <tab> COLOUR <tab> NAME <tab> VALUE`.

#define WICK_STB_IMPLEMENTATION
#include <wick/external/stb.hpp>
#include <wick/image/canvas.hpp>
#include <wick/image/image.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: chart FILE.png < rows\n";
    return 2;
  }
  struct Bar {
    std::string group, name;
    std::size_t color = 0;
    double value = 0;
  };
  std::string title;
  std::getline(std::cin, title);
  std::vector<Bar> bars;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream fields(line);
    Bar bar;
    std::string color;
    std::string value;
    std::getline(fields, bar.group, '\t');
    std::getline(fields, color, '\t');
    std::getline(fields, bar.name, '\t');
    std::getline(fields, value);
    bar.color = std::stoul(color);
    bar.value = std::stod(value);
    bars.push_back(bar);
  }
  constexpr std::array<wick::Color, 12> palette{{{25, 90, 170},
                                                 {90, 150, 215},
                                                 {225, 115, 20},
                                                 {240, 175, 90},
                                                 {200, 30, 40},
                                                 {20, 130, 50},
                                                 {120, 60, 150},
                                                 {110, 110, 110},
                                                 {0, 150, 160},
                                                 {150, 110, 60},
                                                 {230, 120, 170},
                                                 {150, 190, 60}}};
  constexpr wick::Index width = 1100;
  constexpr wick::Index left = 330;
  constexpr wick::Index row = 18;
  constexpr wick::Index gap = 14;
  std::size_t groups = 0;
  double most = 1;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (i == 0 || bars[i].group != bars[i - 1].group) ++groups;
    most = (std::max)(most, bars[i].value);
  }
  const auto height = static_cast<wick::Index>(60 + groups * (gap + 24) + bars.size() * row);
  wick::Canvas canvas(width, height);
  canvas.text(20, 16, title, wick::colors::black, 2);
  wick::Index y = 56;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const Bar& bar = bars[i];
    if (i == 0 || bar.group != bars[i - 1].group) {
      y += gap;
      canvas.text(20, y, bar.group, wick::colors::black, 2);
      y += 24;
    }
    canvas.text(40, y + 4, bar.name, wick::colors::gray, 1);
    const auto length = static_cast<wick::Index>(std::lround(bar.value / most * (width - left - 90)));
    canvas.rectangle(left, y + 2, (std::max)(length, wick::Index{1}), row - 4,
                     palette[bar.color % palette.size()]);
    std::ostringstream number;
    number.precision(3);
    number << bar.value;
    canvas.text(left + length + 8, y + 4, number.str(), wick::colors::black, 1);
    y += row;
  }
  wick::save_png(canvas.image(), argv[1]);
}

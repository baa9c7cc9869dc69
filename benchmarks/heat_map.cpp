// Draws tables of ratios in colours, for benchmarks/compare and benchmarks/scaling.
//
//   heat_map FILE.png < rows
//
// The first line is the title; the others are `TABLE <tab> ROW <tab> COLUMN <tab> VALUE <tab> MISSED`.
// Tables, rows and columns appear in the order in which they are first named. Blue is above 1, red below; a
// cell whose MISSED is 1 has a thick edge.

#define WICK_STB_IMPLEMENTATION
#include <wick/base/number.hpp>
#include <wick/external/stb.hpp>
#include <wick/image/canvas.hpp>
#include <wick/image/image.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Entry {
  std::string row, column;
  double value = 0;
  bool missed = false;
};

struct Table {
  std::string name;
  std::vector<Entry> entries;
};

wick::Index place(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  const auto at = static_cast<wick::Index>(found - names.begin());
  if (found == names.end()) names.push_back(name);
  return at;
}

/// From white at 1 to the full colour at a factor of 4.
wick::Color fill_of(double ratio) {
  const double depth = std::clamp(std::abs(std::log(ratio)) / std::log(4.0), 0.0, 1.0);
  const wick::Color full = ratio >= 1 ? wick::colors::blue : wick::colors::red;
  const auto mix = [&](std::uint8_t c) {
    return static_cast<std::uint8_t>(std::lround(255 - depth * (255 - c)));
  };
  return {mix(full.red), mix(full.green), mix(full.blue)};
}

std::string text_of(double ratio) { return wick::fixed(ratio, ratio < 10 ? 2 : ratio < 100 ? 1 : 0); }

constexpr wick::Index scale = 2;
constexpr wick::Index pad = 20;
constexpr wick::Index cell_height = 30;

/// Draws with (x, y) as the upper left corner if there is a canvas; returns width and height either way.
std::pair<wick::Index, wick::Index> draw(const Table& table, wick::Canvas* canvas, wick::Index x,
                                         wick::Index y) {
  using wick::Canvas;
  std::vector<std::string> rows;
  std::vector<std::string> columns;
  for (const Entry& entry : table.entries) {
    place(rows, entry.row);
    place(columns, entry.column);
  }
  wick::Index left = 0;
  wick::Index cell = 60;
  for (const auto& name : rows) left = (std::max)(left, Canvas::text_width(name, scale) + pad / 2);
  for (const auto& name : columns) cell = (std::max)(cell, Canvas::text_width(name, scale) + 12);
  const wick::Index top = 2 * Canvas::line_height(scale) + pad / 2;
  const wick::Index width = (std::max)(left + static_cast<wick::Index>(columns.size()) * cell,
                                       Canvas::text_width(table.name, scale));
  const wick::Index height = top + static_cast<wick::Index>(rows.size()) * cell_height;
  if (canvas == nullptr) return {width, height};

  const wick::Index text = Canvas::text_height(scale);
  canvas->text(x, y, table.name, wick::colors::black, scale);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    canvas->text(
        x + left + static_cast<wick::Index>(i) * cell + (cell - Canvas::text_width(columns[i], scale)) / 2,
        y + Canvas::line_height(scale) + pad / 4, columns[i], wick::colors::gray, scale);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    canvas->text(x + left - pad / 2 - Canvas::text_width(rows[i], scale),
                 y + top + static_cast<wick::Index>(i) * cell_height + (cell_height - text) / 2, rows[i],
                 wick::colors::gray, scale);
  }
  for (const Entry& entry : table.entries) {
    const wick::Index cx = x + left + place(columns, entry.column) * cell;
    const wick::Index cy = y + top + place(rows, entry.row) * cell_height;
    const wick::Index edge = entry.missed ? 4 : 0;
    if (entry.missed) canvas->rectangle(cx, cy, cell - 1, cell_height - 1, wick::colors::black);
    canvas->rectangle(cx + edge, cy + edge, cell - 1 - 2 * edge, cell_height - 1 - 2 * edge,
                      fill_of(entry.value));
    const std::string number = text_of(entry.value);
    const bool dark = std::abs(std::log(entry.value)) > std::log(2.2);
    canvas->text(cx + (cell - 1 - Canvas::text_width(number, scale)) / 2, cy + (cell_height - 1 - text) / 2,
                 number, dark ? wick::colors::white : wick::colors::black, scale);
  }
  return {width, height};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: heat_map FILE.png < rows\n";
    return 2;
  }
  std::string title;
  std::getline(std::cin, title);
  std::vector<Table> tables;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream fields(line);
    std::string table;
    std::string value;
    std::string missed;
    Entry entry;
    std::getline(fields, table, '\t');
    std::getline(fields, entry.row, '\t');
    std::getline(fields, entry.column, '\t');
    std::getline(fields, value, '\t');
    std::getline(fields, missed);
    entry.value = std::stod(value);
    entry.missed = missed == "1";
    auto found = std::find_if(tables.begin(), tables.end(), [&](const Table& t) { return t.name == table; });
    if (found == tables.end()) found = tables.insert(tables.end(), Table{table, {}});
    found->entries.push_back(entry);
  }

  // Two tables side by side, prediction and training as a rule.
  struct Spot {
    wick::Index x, y;
  };
  std::vector<Spot> spots;
  wick::Index column = 0;
  for (const Table& table : tables) column = (std::max)(column, draw(table, nullptr, 0, 0).first);
  wick::Index y = pad + 2 * wick::Canvas::line_height(scale + 1);
  for (std::size_t i = 0; i < tables.size(); i += 2) {
    wick::Index tallest = 0;
    for (std::size_t j = i; j < (std::min)(i + 2, tables.size()); ++j) {
      spots.push_back({pad + static_cast<wick::Index>(j - i) * (column + 2 * pad), y});
      tallest = (std::max)(tallest, draw(tables[j], nullptr, 0, 0).second);
    }
    y += tallest + 2 * pad;
  }
  const wick::Index width =
      (std::max)(2 * column + 4 * pad, wick::Canvas::text_width(title, scale) + 2 * pad);
  wick::Canvas canvas(width, y);
  canvas.text(pad, pad, title, wick::colors::black, scale);
  for (std::size_t i = 0; i < tables.size(); ++i) draw(tables[i], &canvas, spots[i].x, spots[i].y);
  wick::save_png(canvas.image(), argv[1]);
}

#pragma once

// Figures of the report: a drawing, its legend, and a table of its numbers.

#include <wick/report/detail/markup.hpp>
#include <wick/report/detail/plot.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// A line of a legend: what it looks like, see style.hpp, and what it is.
struct LegendLine {
  std::string style = {};
  std::string name = {};
};

/// What is around a drawing.
struct FigureParts {
  std::string title = {};
  std::string svg = {};
  std::vector<LegendLine> legend = {};
  std::string caption = {};  ///< below; HTML
  std::string numbers = {};  ///< HTML of a table, folded up
  bool wide = false;         ///< across two columns
};

[[nodiscard]] inline std::string figure_html(const FigureParts& parts) {
  std::string html = parts.wide ? "<figure class=\"wide\">" : "<figure>";
  if (!parts.title.empty()) html += "<h3>" + bdi(parts.title) + "</h3>";
  if (!parts.legend.empty()) {
    html += "<ul class=\"legend\">";
    for (const LegendLine& line : parts.legend) {
      html += R"(<li><svg viewBox="0 0 22 8" aria-hidden="true"><line class=")" + line.style +
              R"(" x1="1" y1="4" x2="21" y2="4"/></svg>)" + bdi(ellipsize(line.name, 32)) + "</li>";
    }
    html += "</ul>";
  }
  html += "<div class=\"drawing\">" + parts.svg + "</div>";
  if (!parts.caption.empty()) html += "<figcaption>" + parts.caption + "</figcaption>";
  if (!parts.numbers.empty()) {
    html += R"(<details class="numbers"><summary>Numbers</summary><div class="scroll">)" + parts.numbers +
            "</div></details>";
  }
  return html + "</figure>\n";
}

/// Which of `count` rows a table shows, where it shows `most`: the first, the last, and some between.
[[nodiscard]] inline std::vector<std::size_t> shown_rows(std::size_t count, std::size_t most = 60) {
  std::vector<std::size_t> rows;
  const std::size_t shown = (std::min)(count, most);
  for (std::size_t i = 0; i < shown; ++i) {
    rows.push_back(shown == 1 ? 0 : i * (count - 1) / (shown - 1));
  }
  return rows;
}

/// A table of numbers with a name over each column.
[[nodiscard]] inline std::string number_table(const std::vector<std::string>& names,
                                              const std::vector<const std::vector<double>*>& columns) {
  std::size_t count = 0;
  for (const auto* column : columns) count = (std::max)(count, column->size());
  std::string html = "<table><thead><tr>";
  for (const std::string& name : names) html += R"(<th scope="col" class="number">)" + bdi(name) + "</th>";
  html += "</tr></thead><tbody>";
  const std::vector<std::size_t> rows = shown_rows(count);
  for (const std::size_t row : rows) {
    html += "<tr>";
    for (const auto* column : columns) {
      html += "<td class=\"number\">" +
              (row < column->size() ? shown_number((*column)[row], 5) : std::string()) + "</td>";
    }
    html += "</tr>";
  }
  html += "</tbody></table>";
  if (rows.size() < count) {
    html += "<p class=\"quiet\">" + std::to_string(rows.size()) + " of " +
            counted(static_cast<Index>(count), "point", "points") + "; the JSON file has all.</p>";
  }
  return html;
}

/// The look of line i of several: `line c0`.
[[nodiscard]] inline std::string line_style(std::size_t i) {
  return "line c" + std::to_string(i % plot_colours);
}

}  // namespace detail::html

WICK_END_NAMESPACE

#pragma once

// The confusion matrix, what is confused most, and how good each class is.

#include <wick/report/detail/figure.hpp>
#include <wick/report/report.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// A confusion matrix with its sums.
class Confusions {
 public:
  explicit Confusions(const ReportConfusion& confusion)
      : names_(confusion.classes), counts_(confusion.counts), rows_(names_.size()), columns_(names_.size()) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      for (std::size_t j = 0; j < names_.size(); ++j) {
        rows_[i] += at(i, j);
        columns_[j] += at(i, j);
      }
    }
  }

  [[nodiscard]] std::size_t classes() const noexcept { return names_.size(); }
  [[nodiscard]] const std::string& name(std::size_t i) const { return names_[i]; }
  [[nodiscard]] double at(std::size_t target, std::size_t predicted) const {
    return counts_[target * names_.size() + predicted];
  }
  [[nodiscard]] double targets(std::size_t i) const { return rows_[i]; }
  [[nodiscard]] double predictions(std::size_t i) const { return columns_[i]; }
  /// Of the targets of a class, the share that was taken for one; 0 where there are none.
  [[nodiscard]] double share(std::size_t target, std::size_t predicted) const {
    return ratio(at(target, predicted), rows_[target]);
  }
  [[nodiscard]] double recall(std::size_t i) const { return ratio(at(i, i), rows_[i]); }
  [[nodiscard]] double precision(std::size_t i) const { return ratio(at(i, i), columns_[i]); }
  [[nodiscard]] double f1(std::size_t i) const { return ratio(2 * at(i, i), rows_[i] + columns_[i]); }
  /// Those that were taken for another class, and others that were taken for this one.
  [[nodiscard]] double wrong(std::size_t i) const { return rows_[i] + columns_[i] - 2 * at(i, i); }

 private:
  [[nodiscard]] static double ratio(double a, double b) noexcept { return b > 0 ? a / b : 0; }

  const std::vector<std::string>& names_;
  const std::vector<double>& counts_;
  std::vector<double> rows_;
  std::vector<double> columns_;
};

/// The classes that a matrix shows: all, or those with most mistakes, in their order.
[[nodiscard]] inline std::vector<std::size_t> classes_to_show(const Confusions& confusions) {
  std::vector<std::size_t> order(confusions.classes());
  std::iota(order.begin(), order.end(), std::size_t{0});
  constexpr std::size_t most = 60;
  if (order.size() <= most) return order;
  constexpr std::size_t shown = 40;
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return confusions.wrong(a) > confusions.wrong(b); });
  order.resize(shown);
  std::ranges::sort(order);
  return order;
}

/// Counts in their cells for few classes; more of them have it when the cell is pointed at.
[[nodiscard]] inline std::string confusion_drawing(const Confusions& confusions,
                                                   const std::vector<std::size_t>& shown, bool wide) {
  constexpr double widest_name = 14;
  double name_width = 0;
  for (const std::size_t i : shown) {
    name_width = (std::max)(name_width, text_width(ellipsize(confusions.name(i), widest_name)));
  }
  const double width = wide ? wide_plot_width : plot_width;
  const double labels = name_width * plot_font + 12;
  const auto count = static_cast<double>(shown.size());
  const double left = labels + 18;  // beside the name of the axis
  constexpr double largest_cell = 84;
  const double cell = (std::min)(largest_cell, (width - left - 4) / count);
  // Names of columns stand upright unless they fit.
  const bool upright = name_width * plot_font > cell - 6;
  const double top = 22 + (upright ? labels : 18);
  const double font = std::clamp(cell - 2, 6.0, plot_font);
  const std::string size = "style=\"font-size:" + place(font) + "px\"";
  std::string svg = svg_text(left, 12, "class=\"label\"", "Predicted");
  svg += R"(<text class="label" text-anchor="end" transform="translate(12 )" + place(top) +
         ") rotate(-90)\">Target</text>";
  svg += svg_rectangle(left, top, cell * count, cell * count, "class=\"sheet\"/>");
  for (std::size_t row = 0; row < shown.size(); ++row) {
    const std::size_t i = shown[row];
    const double middle = (static_cast<double>(row) + 0.5) * cell;
    const std::string name = ellipsize(confusions.name(i), widest_name);
    svg += "<g " + size + "><title>" + escape_html(confusions.name(i)) + "</title>";
    svg += svg_text(left - 8, top + middle + font * 0.35, R"(class="name" text-anchor="end")", name);
    if (upright) {
      svg += R"(<text class="name" transform="translate()" + place(left + middle + font * 0.35) + " " +
             place(top - 8) + ") rotate(-90)\">" + escape_html(name) + "</text>";
    } else {
      svg += svg_text(left + middle, top - 8, R"(class="name" text-anchor="middle")", name);
    }
    svg += "</g>";
    for (std::size_t column = 0; column < shown.size(); ++column) {
      const std::size_t j = shown[column];
      const double number = confusions.at(i, j);
      if (!(number > 0)) continue;
      const double share = confusions.share(i, j);
      // Few mistakes among many right answers must be seen too.
      const double opacity = i == j ? 0.08 + 0.92 * share : 0.12 + 0.88 * std::sqrt(share);
      const double x = left + static_cast<double>(column) * cell;
      const double y = top + static_cast<double>(row) * cell;
      svg += svg_rectangle(x + 0.5, y + 0.5, cell - 1, cell - 1,
                           std::string("class=\"") + (i == j ? "right" : "wrong") + "\" fill-opacity=\"" +
                               fixed(opacity, 2) + "\"><title>") +
             escape_html(confusions.name(i) + " as " + confusions.name(j)) + ": " + shown_number(number, 6) +
             "</title></rect>";
      const std::string text = shown_number(number, 3);
      constexpr double least_cell = 22;
      if (cell < least_cell || text_width(text) * font > cell - 3) continue;
      svg += svg_text(x + cell / 2, y + cell / 2 + font * 0.35,
                      opacity > 0.55 ? R"(class="cell over" text-anchor="middle")"
                                     : R"(class="cell" text-anchor="middle")",
                      text);
    }
  }
  return begin_svg(width, top + cell * count + 4,
                   "Confusion matrix of " + std::to_string(shown.size()) +
                       " classes: rows are targets, columns predictions. The tables have its numbers.") +
         svg + "</svg>";
}

[[nodiscard]] inline std::string confusion_table(const Confusions& confusions) {
  std::string html = "<table><thead><tr><th scope=\"col\">Target</th>";
  for (std::size_t j = 0; j < confusions.classes(); ++j) {
    html += R"(<th scope="col" class="number">)" + bdi(confusions.name(j)) + "</th>";
  }
  html += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < confusions.classes(); ++i) {
    html += "<tr><th scope=\"row\">" + bdi(confusions.name(i)) + "</th>";
    for (std::size_t j = 0; j < confusions.classes(); ++j) {
      html += "<td class=\"number\">" + shown_number(confusions.at(i, j), 6) + "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table>";
}

[[nodiscard]] inline std::string confusion_figure(const Confusions& confusions) {
  constexpr std::size_t fit_one_column = 6;
  const std::vector<std::size_t> shown = classes_to_show(confusions);
  FigureParts parts;
  parts.title = "Confusion matrix";
  parts.wide = shown.size() > fit_one_column;
  parts.svg = confusion_drawing(confusions, shown, parts.wide);
  parts.caption = "Shades are shares of the rows of a class.";
  if (shown.size() < confusions.classes()) {
    parts.caption += " These are the " + std::to_string(shown.size()) + " of " +
                     std::to_string(confusions.classes()) + " classes with most mistakes.";
  }
  constexpr std::size_t most_in_table = 20;
  if (confusions.classes() <= most_in_table) parts.numbers = confusion_table(confusions);
  return figure_html(parts);
}

/// A number in [0, 1] over a bar of that length.
[[nodiscard]] inline std::string share_cell(double share) {
  return R"(<td class="number share"><span style="--share:)" + fixed(std::clamp(share, 0.0, 1.0) * 100, 1) +
         "%\">" + fixed(share, 3) + "</span></td>";
}

/// One or more tables, as many rows in each, beside each other where there is room.
[[nodiscard]] inline std::string class_tables(const Confusions& confusions) {
  std::vector<std::size_t> shown(confusions.classes());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  constexpr std::size_t most = 60;
  constexpr std::size_t few = 12;
  constexpr std::size_t side_by_side = 3;
  std::string title = "Each class";
  if (shown.size() > most) {
    std::ranges::stable_sort(shown, {}, [&](std::size_t i) { return confusions.f1(i); });
    shown.resize(most);
    title = "The " + std::to_string(most) + " classes with the lowest F1";
  }
  constexpr double wide_name = 12;
  const bool short_names =
      std::ranges::all_of(shown, [&](std::size_t i) { return text_width(confusions.name(i)) < wide_name; });
  const bool one = shown.size() <= few && short_names;
  const std::size_t rows = one ? shown.size() : (shown.size() + side_by_side - 1) / side_by_side;
  std::string html = one ? "<div class=\"card\">" : "<div class=\"card whole\">";
  html += "<h3>" + title + "</h3>";
  if (!one) html += "<div class=\"columns\">";
  for (std::size_t begin = 0; begin < shown.size(); begin += rows) {
    html +=
        "<table><thead><tr><th scope=\"col\">Class</th><th scope=\"col\" class=\"number\">Rows</th><th "
        "scope=\"col\" class=\"number\">Precision</th><th scope=\"col\" class=\"number\">Recall</th><th "
        "scope=\"col\" class=\"number\">F1</th></tr></thead><tbody>";
    for (std::size_t k = begin; k < (std::min)(begin + rows, shown.size()); ++k) {
      const std::size_t i = shown[k];
      html += "<tr><th scope=\"row\">" + bdi(confusions.name(i)) + "</th><td class=\"number\">" +
              shown_number(confusions.targets(i), 6) + "</td>" + share_cell(confusions.precision(i)) +
              share_cell(confusions.recall(i)) + share_cell(confusions.f1(i)) + "</tr>";
    }
    html += "</tbody></table>";
  }
  return html + (one ? "</div>\n" : "</div></div>\n");
}

/// The pairs of classes that are confused most. Nothing where nothing is.
[[nodiscard]] inline std::string confused_pairs(const Confusions& confusions) {
  struct Pair {
    std::size_t target;
    std::size_t predicted;
  };
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < confusions.classes(); ++i) {
    for (std::size_t j = 0; j < confusions.classes(); ++j) {
      if (i != j && confusions.at(i, j) > 0) pairs.push_back({i, j});
    }
  }
  if (pairs.empty()) return {};
  std::ranges::stable_sort(pairs, [&](const Pair& a, const Pair& b) {
    return confusions.at(a.target, a.predicted) > confusions.at(b.target, b.predicted);
  });
  constexpr std::size_t most = 10;
  if (pairs.size() > most) pairs.resize(most);
  std::string html =
      "<table><thead><tr><th scope=\"col\">Target</th><th scope=\"col\">Taken for</th><th "
      "scope=\"col\" class=\"number\">Rows</th><th scope=\"col\" class=\"number\">Share</th></tr>"
      "</thead><tbody>";
  for (const Pair& pair : pairs) {
    html += "<tr><td>" + bdi(confusions.name(pair.target)) + "</td><td>" +
            bdi(confusions.name(pair.predicted)) + "</td><td class=\"number\">" +
            shown_number(confusions.at(pair.target, pair.predicted), 6) + "</td><td class=\"number\">" +
            fixed(confusions.share(pair.target, pair.predicted) * 100, 1) + "%</td></tr>";
  }
  return html + "</tbody></table>";
}

}  // namespace detail::html

WICK_END_NAMESPACE

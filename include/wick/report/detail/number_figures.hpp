#pragma once

// Figures of predicted numbers, of histograms and of the importance of columns.

#include <wick/report/detail/figure.hpp>
#include <wick/report/report.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// Points, or where there are too many for that how dense they are.
inline void draw_cloud(Plot& plot, const std::vector<double>& xs, const std::vector<double>& ys) {
  constexpr std::size_t most_dots = 1500;
  if (xs.size() <= most_dots) {
    plot.dots(xs, ys, xs.size() < 200 ? 3 : 2, "cloud");
    return;
  }
  constexpr double cell = 6;
  std::map<std::pair<int, int>, double> cells;
  double most = 0;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!is_finite(xs[i]) || !is_finite(ys[i])) continue;
    const auto column = static_cast<int>((plot.at_x(xs[i]) - plot.left()) / cell);
    const auto row = static_cast<int>((plot.bottom() - plot.at_y(ys[i])) / cell);
    most = (std::max)(most, ++cells[{column, row}]);
  }
  for (const auto& [at, count] : cells) {
    // By logarithm: a single row is still seen beside thousands.
    const double opacity = 0.15 + 0.85 * std::log1p(count) / std::log1p(most);
    plot.add(svg_rectangle(plot.left() + at.first * cell, plot.bottom() - (at.second + 1) * cell, cell, cell,
                           R"(class="bar" fill-opacity=")" + fixed(opacity, 2) + "\"/>"));
  }
}

[[nodiscard]] inline std::string with_unit(const char* name, const std::string& unit) {
  return unit.empty() ? std::string(name) : std::string(name) + ", " + unit;
}

[[nodiscard]] inline std::string residual_figures(const ReportResiduals& residuals) {
  std::vector<double> errors;
  NumberRange both;
  NumberRange predicted;
  NumberRange off;
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < residuals.targets.size(); ++i) {
    const double target = residuals.targets[i];
    const double prediction = residuals.predictions[i];
    errors.push_back(prediction - target);
    if (!is_finite(target) || !is_finite(prediction)) {
      ++hidden;
      continue;
    }
    both.add(target);
    both.add(prediction);
    predicted.add(prediction);
    off.add(errors.back());
  }
  const std::string not_shown =
      hidden == 0
          ? std::string()
          : " " + counted(static_cast<Index>(hidden), "row is", "rows are") + " not finite and not shown.";
  AxisOptions axis_options;
  axis_options.most_ticks = 5;
  PlotOptions options;
  options.height = 330;
  options.x_grid = true;
  options.x_label = with_unit("Target", residuals.unit);
  options.y_label = with_unit("Prediction", residuals.unit);
  const Axis axis = linear_axis(both, axis_options);
  Plot plot(axis, axis, options);
  plot.guide(axis.low, axis.low, axis.high, axis.high);
  draw_cloud(plot, residuals.targets, residuals.predictions);
  FigureParts parts;
  parts.title = "Predictions and targets";
  parts.caption = "On the dashed line predictions are exact." + not_shown;
  const std::string rows = counted(static_cast<Index>(errors.size()), "row", "rows");
  parts.svg = plot.svg("Predictions against targets of " + rows + ", targets and predictions from " +
                       shown_number(both.low) + " to " + shown_number(both.high) + ".");
  parts.numbers =
      number_table({"Target", "Prediction", "Off by"}, {&residuals.targets, &residuals.predictions, &errors});
  std::string html = figure_html(parts);

  options.x_label = with_unit("Prediction", residuals.unit);
  options.y_label = with_unit("Prediction − target", residuals.unit);
  off.add(0);
  Plot below(linear_axis(predicted, axis_options), linear_axis(off, axis_options), options);
  below.guide(predicted.low, 0, predicted.high, 0);
  draw_cloud(below, residuals.predictions, errors);
  FigureParts second;
  second.title = "Residuals";
  second.caption = "A pattern here is something that the model has not learned." + not_shown;
  second.svg = below.svg("Residuals of " + rows + " against predictions, from " + shown_number(off.low) +
                         " to " + shown_number(off.high) + ".");
  second.numbers = number_table({"Prediction", "Off by"}, {&residuals.predictions, &errors});
  return html + figure_html(second);
}

[[nodiscard]] inline std::string histogram_figure(const ReportHistogram& histogram) {
  NumberRange x_range;
  NumberRange y_range;
  x_range.add(histogram.edges);
  y_range.add(histogram.counts);
  AxisOptions x_options;
  x_options.most_ticks = 6;
  AxisOptions y_options;
  y_options.most_ticks = 5;
  y_options.from_zero = true;
  y_options.whole = std::ranges::all_of(histogram.counts, [](double n) { return n == std::floor(n); });
  PlotOptions options;
  options.height = 330;
  options.x_label = histogram.x_label;
  options.y_label = "Rows";
  Plot plot(linear_axis(x_range, x_options), linear_axis(y_range, y_options), options);
  std::size_t largest = 0;
  std::vector<double> from;
  std::vector<double> to;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    from.push_back(histogram.edges[i]);
    to.push_back(histogram.edges[i + 1]);
    if (histogram.counts[i] > histogram.counts[largest]) largest = i;
    if (!(histogram.counts[i] > 0)) continue;
    plot.bar(
        from[i], to[i], histogram.counts[i],
        shown_number(from[i]) + " to " + shown_number(to[i]) + ": " + shown_number(histogram.counts[i], 6));
  }
  FigureParts parts;
  parts.title = histogram.title;
  parts.svg =
      plot.svg(histogram.title + ". From " + shown_number(x_range.low) + " to " + shown_number(x_range.high) +
               ", most often " + shown_number(from[largest]) + " to " + shown_number(to[largest]) + ".");
  parts.numbers = number_table({"From", "To", "Rows"}, {&from, &to, &histogram.counts});
  return figure_html(parts);
}

/// Horizontal bars, the longest first, with lines of a standard deviation to both sides.
[[nodiscard]] inline std::string importance_figure(const ReportImportances& importances) {
  std::vector<ReportImportance> columns = importances.columns;
  std::ranges::stable_sort(columns, [](const ReportImportance& a, const ReportImportance& b) {
    return (std::isnan(a.mean) ? -HUGE_VAL : a.mean) > (std::isnan(b.mean) ? -HUGE_VAL : b.mean);
  });
  FigureParts parts;
  parts.title = "Importance of the columns";
  parts.caption =
      "How much worse " +
      (importances.metric.empty() ? std::string("predictions get") : bdi(importances.metric) + " gets") +
      " when the values of a column are shuffled; the lines are a standard deviation to both sides.";
  parts.numbers =
      "<table><thead><tr><th scope=\"col\">Column</th><th scope=\"col\" class=\"number\">Mean</th>"
      "<th scope=\"col\" class=\"number\">Deviation</th></tr></thead><tbody>";
  for (const ReportImportance& column : columns) {
    parts.numbers += "<tr><th scope=\"row\">" + bdi(column.name) + "</th><td class=\"number\">" +
                     shown_number(column.mean) + "</td><td class=\"number\">" +
                     shown_number(column.deviation) + "</td></tr>";
  }
  parts.numbers += "</tbody></table>";
  constexpr std::size_t most = 25;
  if (columns.size() > most) {
    parts.caption += " The other " + counted(static_cast<Index>(columns.size() - most), "column", "columns") +
                     " matter less.";
    columns.resize(most);
  }
  NumberRange range;
  range.add(0);
  double name_width = 0;
  constexpr double widest_name = 24;
  for (const ReportImportance& column : columns) {
    range.add(column.mean - column.deviation);
    range.add(column.mean + column.deviation);
    name_width = (std::max)(name_width, text_width(ellipsize(column.name, widest_name)));
  }
  AxisOptions options;
  options.most_ticks = 8;
  const Axis axis = linear_axis(range, options);
  constexpr double row_height = 22;
  constexpr double top = 6;
  const double half_label = axis.label_width() * plot_font / 2;
  const double left = (std::max)(name_width * plot_font + 10, half_label);
  const double right = wide_plot_width - (std::max)(18.0, half_label);
  const double bottom = top + row_height * static_cast<double>(columns.size());
  const auto at = [&](double x) { return left + axis.share(x) * (right - left); };
  std::string label = parts.title + ".";
  std::string svg;
  const double spacing = (right - left) / static_cast<double>(axis.ticks.size());
  const std::size_t every = axis.label_width() * plot_font + 4 > spacing ? 2 : 1;
  for (std::size_t i = 0; i < axis.ticks.size(); i += every) {
    svg += svg_line(at(axis.ticks[i]), top, at(axis.ticks[i]), bottom, "class=\"rule\"");
    svg += svg_text(at(axis.ticks[i]), bottom + plot_font * 1.5, R"(class="tick" text-anchor="middle")",
                    axis.labels[i]);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ReportImportance& column = columns[i];
    const double middle = top + row_height * (static_cast<double>(i) + 0.5);
    svg += "<g><title>" + escape_html(column.name) + ": " + shown_number(column.mean) + " ± " +
           shown_number(column.deviation) + "</title>";
    svg += svg_text(left - 8, middle + 4, R"(class="name" text-anchor="end")",
                    ellipsize(column.name, widest_name));
    if (is_finite(column.mean)) {
      const double begin = (std::min)(at(0), at(column.mean));
      svg += svg_rectangle(begin, middle - 7, (std::max)(std::abs(at(column.mean) - at(0)), 0.5), 14,
                           column.mean < 0 ? "class=\"bar negative\"/>" : "class=\"bar\"/>");
      if (is_finite(column.deviation) && column.deviation > 0) {
        // Light below dark: seen on the bar and beside it.
        for (const char* const style : {"class=\"under\"", "class=\"whisker\""}) {
          svg += svg_line(at(column.mean - column.deviation), middle, at(column.mean + column.deviation),
                          middle, style);
        }
      }
    }
    svg += "</g>";
    constexpr std::size_t most_said = 10;
    if (i < most_said) label += " " + column.name + " " + shown_number(column.mean) + ".";
  }
  svg += svg_line(at(0), top, at(0), bottom, "class=\"axis\"");
  parts.wide = true;
  parts.svg = begin_svg(wide_plot_width, bottom + plot_font * 2, label) + svg + "</svg>";
  return figure_html(parts);
}

}  // namespace detail::html

WICK_END_NAMESPACE

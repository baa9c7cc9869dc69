#pragma once

// Figures of lines: what was learned, ROC curves, precision and recall, calibration.

#include <wick/report/detail/figure.hpp>
#include <wick/report/report.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// The places of a series: its own, or 1, 2, 3 and so on.
[[nodiscard]] inline std::vector<double> places_of(const ReportSeries& series) {
  if (!series.x.empty()) return series.x;
  std::vector<double> x(series.y.size());
  std::iota(x.begin(), x.end(), 1.0);
  return x;
}

/// "Loss: from 0.9 to 0.1, lowest 0.08 at 17." for those who do not see the line.
[[nodiscard]] inline std::string described(const ReportSeries& series, const std::vector<double>& x) {
  std::vector<std::size_t> finite;
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    if (is_finite(series.y[i])) finite.push_back(i);
  }
  if (finite.empty()) return series.name + ": no finite values.";
  const auto lowest = std::ranges::min_element(finite, {}, [&](std::size_t i) { return series.y[i]; });
  const auto highest = std::ranges::max_element(finite, {}, [&](std::size_t i) { return series.y[i]; });
  return series.name + ": from " + shown_number(series.y[finite.front()]) + " to " +
         shown_number(series.y[finite.back()]) + ", lowest " + shown_number(series.y[*lowest]) + " at " +
         shown_number(x[*lowest]) + ", highest " + shown_number(series.y[*highest]) + " at " +
         shown_number(x[*highest]) + ".";
}

[[nodiscard]] inline std::string chart_figure(const ReportChart& chart, bool wide) {
  NumberRange x_range;
  NumberRange y_range;
  bool whole = true;
  std::vector<std::vector<double>> places;
  for (const ReportSeries& series : chart.series) {
    places.push_back(places_of(series));
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      const double x = places.back()[i];
      if (!is_finite(x) || !is_finite(series.y[i]) || (chart.logarithmic && series.y[i] <= 0)) continue;
      x_range.add(x);
      y_range.add(series.y[i]);
      whole = whole && x == std::floor(x);
    }
  }
  if (chart.marked) x_range.add(*chart.marked);
  AxisOptions x_options;
  x_options.whole = whole;
  x_options.exact = true;
  x_options.most_ticks = wide ? 12 : 6;
  AxisOptions y_options;
  y_options.most_ticks = 5;
  PlotOptions options;
  options.width = wide ? wide_plot_width : plot_width;
  options.x_label = chart.x_label;
  options.y_label = chart.y_label;
  Plot plot(linear_axis(x_range, x_options),
            chart.logarithmic ? logarithmic_axis(y_range, 5) : linear_axis(y_range, y_options), options);
  FigureParts parts;
  parts.title = chart.title;
  parts.wide = wide;
  std::string label = chart.title + ".";
  std::vector<std::string> names{chart.x_label};
  // Each table row is a place, so the series share it where they have the same places.
  const bool shared = std::ranges::all_of(places, [&](const auto& x) { return x == places.front(); });
  std::vector<const std::vector<double>*> columns;
  if (shared && !places.empty()) columns.push_back(&places.front());
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    plot.line(places[i], chart.series[i].y, line_style(i));
    const bool is_titled = chart.series.size() == 1 && chart.series[i].name == chart.title;
    if (!is_titled) parts.legend.push_back({line_style(i), chart.series[i].name});
    label += " " + described(chart.series[i], places[i]);
    if (!shared) {
      columns.push_back(&places[i]);
      if (i > 0) names.push_back(chart.x_label);
    }
    names.push_back(chart.series[i].name);
    columns.push_back(&chart.series[i].y);
  }
  if (chart.marked) plot.mark(*chart.marked, chart.mark);
  parts.svg = plot.svg(label);
  if (!columns.empty()) parts.numbers = number_table(names, columns);
  return figure_html(parts);
}

/// Two axes from 0 to 1, for rates.
[[nodiscard]] inline Plot rate_plot(std::string x_label, std::string y_label) {
  AxisOptions options;
  options.most_ticks = 5;
  const Axis axis = linear_axis({0, 1, false}, options);
  PlotOptions layout;
  layout.height = 330;
  layout.x_label = std::move(x_label);
  layout.y_label = std::move(y_label);
  layout.x_grid = true;
  return {axis, axis, layout};
}

/// Of many curves, those with the lowest values: as many as can be told apart. The others are drawn faint.
[[nodiscard]] inline std::vector<std::size_t> curves_to_tell_apart(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  constexpr std::size_t most = 6;
  if (order.size() <= most) return order;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    return std::isnan(values[i]) ? std::numeric_limits<double>::infinity() : values[i];
  });
  order.resize(most);
  return order;
}

/// Curves of one figure, with a value for each; `draw(plot, i, style)` draws one of them.
template <class Draw>
[[nodiscard]] std::string rate_figure(FigureParts parts, Plot plot, const std::vector<std::string>& names,
                                      const std::vector<double>& values, const std::string& value_name,
                                      Draw draw) {
  const std::vector<std::size_t> shown = curves_to_tell_apart(values);
  std::string label = parts.title + ".";
  for (std::size_t i = 0; i < names.size() && shown.size() < names.size(); ++i) {
    if (std::ranges::find(shown, i) == shown.end()) draw(plot, i, std::string("line faint"));
  }
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const std::size_t i = shown[k];
    draw(plot, i, line_style(k));
    const std::string value = shown_number(values[i], 3, true);
    parts.legend.push_back({line_style(k), ellipsize(names[i], 18) + "  " + value});
    label.append(" ").append(names[i]).append(": ").append(value_name).append(" ").append(value).append(".");
  }
  if (shown.size() < names.size()) {
    parts.legend.push_back({"line faint", std::to_string(names.size() - shown.size()) + " others, higher"});
  }
  parts.svg = plot.svg(label);
  return figure_html(parts);
}

/// A table of classes and a value of each.
[[nodiscard]] inline std::string value_table(const std::vector<std::string>& names,
                                             const std::vector<double>& values, const std::string& name,
                                             const std::string& value_name) {
  std::string html = "<table><thead><tr><th scope=\"col\">" + escape_html(name) +
                     R"(</th><th scope="col" class="number">)" + escape_html(value_name) +
                     "</th></tr></thead><tbody>";
  for (std::size_t i = 0; i < names.size(); ++i) {
    html += "<tr><th scope=\"row\">" + bdi(names[i]) + "</th><td class=\"number\">" +
            shown_number(values[i], 4, true) + "</td></tr>";
  }
  return html + "</tbody></table>";
}

[[nodiscard]] inline std::string roc_figure(const std::vector<RocCurve>& curves) {
  std::vector<std::string> names;
  std::vector<double> areas;
  for (const RocCurve& curve : curves) {
    names.push_back(curve.name);
    areas.push_back(curve.area);
  }
  FigureParts parts;
  parts.title = "ROC curve";
  parts.caption = curves.size() == 1 ? "With the area under the curve. The dashed line is chance."
                                     : "Each class against the others, with the area under its curve. The "
                                       "dashed line is chance.";
  parts.numbers = curves.size() > 1 ? value_table(names, areas, "Class", "Area")
                                    : number_table({"Threshold", "False positive rate", "True positive rate"},
                                                   {&curves[0].thresholds, &curves[0].false_positive_rate,
                                                    &curves[0].true_positive_rate});
  Plot plot = rate_plot("False positive rate", "True positive rate");
  plot.guide(0, 0, 1, 1);
  return rate_figure(std::move(parts), std::move(plot), names, areas, "area under the curve",
                     [&](Plot& on, std::size_t i, const std::string& style) {
                       on.line(curves[i].false_positive_rate, curves[i].true_positive_rate, style);
                     });
}

[[nodiscard]] inline std::string precision_recall_figure(const std::vector<PrecisionRecallCurve>& curves) {
  std::vector<std::string> names;
  std::vector<double> areas;
  for (const PrecisionRecallCurve& curve : curves) {
    names.push_back(curve.name);
    areas.push_back(curve.average_precision);
  }
  FigureParts parts;
  parts.title = "Precision and recall";
  parts.caption = curves.size() == 1 ? "With the average precision."
                                     : "Each class against the others, with its average precision.";
  parts.numbers = curves.size() > 1
                      ? value_table(names, areas, "Class", "Average precision")
                      : number_table({"Threshold", "Precision", "Recall"},
                                     {&curves[0].thresholds, &curves[0].precision, &curves[0].recall});
  return rate_figure(std::move(parts), rate_plot("Recall", "Precision"), names, areas, "average precision",
                     [&](Plot& on, std::size_t i, const std::string& style) {
                       on.line(curves[i].recall, curves[i].precision, style);
                     });
}

[[nodiscard]] inline std::string calibration_figure(const std::vector<CalibrationCurve>& curves) {
  FigureParts parts;
  parts.title = "Calibration";
  parts.caption =
      "How often a prediction is right, by its probability. Larger dots stand for more rows; on the dashed "
      "line probabilities are what they say.";
  Plot plot = rate_plot("Predicted probability", "Observed share");
  plot.guide(0, 0, 1, 1);
  std::string label = "Calibration.";
  for (std::size_t i = 0; i < curves.size() && i < plot_colours; ++i) {
    const CalibrationCurve& curve = curves[i];
    double most = 1;
    for (const double count : curve.counts) most = (std::max)(most, count);
    plot.line(curve.predicted, curve.observed, line_style(i));
    for (std::size_t k = 0; k < curve.predicted.size(); ++k) {
      const double radius = 2.5 + 5 * std::sqrt(curve.counts[k] / most);
      plot.dots({curve.predicted[k]}, {curve.observed[k]}, radius,
                "dot f" + std::to_string(i % plot_colours));
      if (i == 0) {
        label += " " + shown_number(curve.predicted[k], 2) + ": " + shown_number(curve.observed[k], 2) + ".";
      }
    }
    if (curves.size() > 1) parts.legend.push_back({line_style(i), curve.name});
  }
  parts.svg = plot.svg(label);
  if (!curves.empty()) {
    parts.numbers = number_table({"Predicted", "Observed", "Rows"},
                                 {&curves[0].predicted, &curves[0].observed, &curves[0].counts});
  }
  return figure_html(parts);
}

}  // namespace detail::html

WICK_END_NAMESPACE

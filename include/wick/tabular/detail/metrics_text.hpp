#pragma once

// Metrics of tables as text and as JSON.

#include <wick/base/number.hpp>
#include <wick/base/types.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/metrics/metric.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A text as a JSON string.
[[nodiscard]] inline std::string json_text(std::string_view text) {
  std::string result;
  append_json_string(result, text);
  return result;
}

/// Four digits that count, whatever the locale: `0.9541`, `1234`, `6.1e+07`.
[[nodiscard]] inline std::string four_digits(double x) {
  if (!is_finite(x)) return python_repr(x);
  const double size = std::abs(x);
  if (size != 0 && (size < 1e-4 || size >= 1e7)) {
    const int exponent = static_cast<int>(std::floor(std::log10(size)));
    return fixed(x / std::pow(10.0, exponent), 3) + "e" + std::to_string(exponent);
  }
  const int before = size < 1 ? 0 : static_cast<int>(std::floor(std::log10(size)));
  return fixed(x, (std::max)(0, size < 1 ? 4 : 3 - before));
}

/// The metrics of some rows under a heading.
struct MetricsColumn {
  std::string heading;
  Index rows;
  const MetricValues* values;
};

/// A table of metrics, a column for each one that has rows.
[[nodiscard]] inline std::string metrics_text(std::initializer_list<MetricsColumn> all) {
  std::vector<MetricsColumn> columns;
  for (const MetricsColumn& column : all) {
    if (column.rows > 0) columns.push_back(column);
  }
  if (columns.empty()) return {};
  const MetricValues& first = *columns[0].values;
  std::vector<std::vector<std::string>> lines{{""}, {"rows"}};
  for (std::size_t i = 0; i < first.size(); ++i) lines.push_back({first.name(i)});
  for (const MetricsColumn& column : columns) {
    lines[0].push_back(column.heading);
    lines[1].push_back(std::to_string(column.rows));
    for (std::size_t i = 0; i < first.size(); ++i)
      lines[2 + i].push_back(four_digits(column.values->value(i)));
  }
  std::string text;
  for (const auto& line : lines) {
    std::string shown;
    for (std::size_t c = 0; c < line.size(); ++c) {
      std::size_t width = 0;
      for (const auto& other : lines) width = (std::max)(width, other[c].size());
      const std::string gap(width - line[c].size(), ' ');
      shown += c == 0 ? line[c] + gap : "  " + gap + line[c];
    }
    shown.resize(shown.find_last_not_of(' ') + 1);
    if (!shown.empty()) text += shown + '\n';
  }
  return text;
}

/// `{"rows": 100, "values": {"RMSE": 1.5}}`.
[[nodiscard]] inline std::string metrics_json(Index rows, const MetricValues& values) {
  std::string text = "{\"rows\": " + std::to_string(rows) + ", \"values\": {";
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += (i > 0 ? ", " : "") + json_text(values.name(i)) + ": " +
            (is_finite(values.value(i)) ? python_repr(values.value(i)) : "null");
  }
  return text + "}}";
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Metrics of tables as text and as JSON.

#include <wick/base/number.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/tabular/table_fit.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
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

/// A table of metrics, a column for each split that has rows.
[[nodiscard]] inline std::string metrics_text(
    std::initializer_list<std::pair<std::string, const SplitMetrics*>> all) {
  std::vector<std::pair<std::string, const SplitMetrics*>> splits;
  for (const auto& split : all) {
    if (split.second->rows > 0) splits.push_back(split);
  }
  if (splits.empty()) return {};
  const MetricValues& first = splits[0].second->values;
  std::vector<std::vector<std::string>> lines{{""}, {"rows"}};
  for (std::size_t i = 0; i < first.size(); ++i) lines.push_back({first.name(i)});
  for (const auto& [name, metrics] : splits) {
    lines[0].push_back(name);
    lines[1].push_back(std::to_string(metrics->rows));
    for (std::size_t i = 0; i < first.size(); ++i) lines[2 + i].push_back(four_digits(metrics->values.value(i)));
  }
  std::string text;
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      std::size_t width = 0;
      for (const auto& other : lines) width = (std::max)(width, other[c].size());
      const std::string gap(width - line[c].size(), ' ');
      text += c == 0 ? line[c] + gap : "  " + gap + line[c];
    }
    text += '\n';
  }
  return text;
}

/// `{"rows": 100, "values": {"RMSE": 1.5}}`.
[[nodiscard]] inline std::string metrics_json(const SplitMetrics& metrics) {
  std::string text = "{\"rows\": " + std::to_string(metrics.rows) + ", \"values\": {";
  for (std::size_t i = 0; i < metrics.values.size(); ++i) {
    const double value = metrics.values.value(i);
    text += (i > 0 ? ", " : "") + json_text(metrics.values.name(i)) + ": " +
            (is_finite(value) ? python_repr(value) : "null");
  }
  return text + "}}";
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// The parts of a report that are no charts: results, mistakes, data, settings, times.

#include <wick/report/detail/figure.hpp>
#include <wick/report/detail/png.hpp>
#include <wick/report/report.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// The metrics of all splits by name, in the order in which they first come.
[[nodiscard]] inline std::vector<ReportMetric> metric_names(const std::vector<ReportMetrics>& splits) {
  std::vector<ReportMetric> names;
  for (const ReportMetrics& split : splits) {
    for (const ReportMetric& metric : split.values) {
      const auto same = [&](const ReportMetric& other) { return other.name == metric.name; };
      if (std::ranges::none_of(names, same)) names.push_back(metric);
    }
  }
  return names;
}

[[nodiscard]] inline const ReportMetric* find_metric(const ReportMetrics& metrics, std::string_view name) {
  for (const ReportMetric& metric : metrics.values) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

/// The values of the last split, large.
[[nodiscard]] inline std::string tiles(const std::vector<ReportMetrics>& splits) {
  if (splits.empty() || splits.back().values.empty()) return {};
  std::string html = "<ul class=\"tiles\">";
  constexpr std::size_t most = 6;
  const ReportMetrics& last = splits.back();
  for (std::size_t i = 0; i < last.values.size() && i < most; ++i) {
    html += "<li><b>" + shown_number(last.values[i].value, 4, true) + "</b><span>" +
            bdi(last.values[i].name) + (last.split.empty() ? std::string() : " · " + bdi(last.split)) +
            "</span></li>";
  }
  return html + "</ul>\n";
}

[[nodiscard]] inline std::string metrics_table(const std::vector<ReportMetrics>& splits) {
  std::string html = R"(<div class="card fit"><table><thead><tr><th scope="col">Metric</th>)";
  for (const ReportMetrics& split : splits) {
    html += R"(<th scope="col" class="number">)" + bdi(split.split) + "</th>";
  }
  html += "</tr></thead><tbody>";
  for (const ReportMetric& metric : metric_names(splits)) {
    html += "<tr><th scope=\"row\">" + bdi(metric.name) +
            (metric.larger_is_better ? " <abbr title=\"higher is better\">↑</abbr></th>"
                                     : " <abbr title=\"lower is better\">↓</abbr></th>");
    for (const ReportMetrics& split : splits) {
      const ReportMetric* const value = find_metric(split, metric.name);
      html += "<td class=\"number\">" +
              (value == nullptr ? std::string() : shown_number(value->value, 5, true)) + "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table><p class=\"quiet\">↑ higher is better, ↓ lower is better.</p></div>\n";
}

/// Small pictures as they are; larger ones shrunk by leaving pixels out, so that the file stays small.
[[nodiscard]] inline std::string picture_html(const ReportPicture& picture) {
  const Tensor<std::uint8_t>& pixels = picture.pixels;
  constexpr Index most = 256;
  const Index height = pixels.size(0);
  const Index width = pixels.size(1);
  const Index channels = pixels.dim() == 3 ? pixels.size(2) : 1;
  const Index every = ((std::max)(height, width) + most - 1) / most;
  const Index rows = (height + every - 1) / every;
  const Index columns = (width + every - 1) / every;
  Tensor<std::uint8_t> reduced(Shape{rows, columns, channels});
  for (Index y = 0; y < rows; ++y) {
    for (Index x = 0; x < columns; ++x) {
      std::copy_n(pixels.data() + (y * every * width + x * every) * channels, channels,
                  reduced.data() + (y * columns + x) * channels);
    }
  }
  return "<img alt=\"" + escape_html(picture.title.empty() ? "Picture" : picture.title) + "\" width=\"" +
         std::to_string(columns) + "\" height=\"" + std::to_string(rows) + "\" src=\"data:image/png;base64," +
         base64(stored_png(reduced)) + "\">";
}

[[nodiscard]] inline std::string pairs_html(const std::vector<ReportEntry>& entries) {
  std::string html = "<dl class=\"pairs\">";
  for (const ReportEntry& entry : entries) {
    html += "<div><dt>" + bdi(entry.name) + "</dt><dd>" + bdi(entry.value) + "</dd></div>";
  }
  return html + "</dl>";
}

/// A wall of those that are pictures.
[[nodiscard]] inline std::string pictured_mistakes(const std::vector<ReportMistake>& rows,
                                                   const std::string& error) {
  bool any_values = false;
  std::string walls;
  for (const ReportMistake& mistake : rows) {
    if (!mistake.picture) continue;
    any_values = any_values || !mistake.values.empty();
    walls += "<figure>" + picture_html(*mistake.picture) + "<figcaption><b>" + bdi(mistake.predicted) +
             "</b>, not " + bdi(mistake.expected);
    if (mistake.row) walls += "<br>Row " + typeset(std::to_string(*mistake.row));
    if (mistake.error) walls += "<br>" + bdi(error) + " " + shown_number(*mistake.error, 3);
    if (!mistake.values.empty()) walls += pairs_html(mistake.values);
    walls += "</figcaption></figure>";
  }
  if (walls.empty()) return {};
  return (any_values ? R"(<div class="pictures told">)" : R"(<div class="pictures">)") + walls + "</div>\n";
}

/// A table of the others. Columns that none has are left out.
[[nodiscard]] inline std::string listed_mistakes(const std::vector<ReportMistake>& rows,
                                                 const std::string& error) {
  std::vector<const ReportMistake*> listed;
  for (const ReportMistake& mistake : rows) {
    if (!mistake.picture) listed.push_back(&mistake);
  }
  if (listed.empty()) return {};
  const auto any = [&](auto has) { return std::ranges::any_of(listed, has); };
  const bool any_row = any([](const ReportMistake* mistake) { return mistake->row.has_value(); });
  const bool any_error = any([](const ReportMistake* mistake) { return mistake->error.has_value(); });
  const bool any_values = any([](const ReportMistake* mistake) { return !mistake->values.empty(); });
  std::string html = R"(<div class="card"><table class="mistakes"><thead><tr>)";
  if (any_row) html += R"(<th scope="col" class="number">Row</th>)";
  html += R"(<th scope="col">Target</th><th scope="col">Prediction</th>)";
  if (any_error) html += R"(<th scope="col" class="number">)" + bdi(error) + "</th>";
  if (any_values) html += R"(<th scope="col">Values</th>)";
  html += "</tr></thead><tbody>";
  const auto number = [](const std::string& text) { return R"(<td class="number">)" + text + "</td>"; };
  for (const ReportMistake* const mistake : listed) {
    html += "<tr>";
    if (any_row) html += number(mistake->row ? typeset(std::to_string(*mistake->row)) : std::string());
    html += "<td>" + bdi(mistake->expected) + "</td><td>" + bdi(mistake->predicted) + "</td>";
    if (any_error) html += number(mistake->error ? shown_number(*mistake->error) : std::string());
    if (any_values) html += "<td>" + pairs_html(mistake->values) + "</td>";
    html += "</tr>";
  }
  return html + "</tbody></table></div>\n";
}

[[nodiscard]] inline std::string mistakes_html(const ReportMistakes& mistakes) {
  const std::string error = mistakes.error.empty() ? "Error" : mistakes.error;
  return pictured_mistakes(mistakes.rows, error) + listed_mistakes(mistakes.rows, error);
}

[[nodiscard]] inline std::string pictures_html(const std::vector<ReportPicture>& pictures) {
  std::string html = "<div class=\"pictures small\">";
  for (const ReportPicture& picture : pictures) {
    html += "<figure>" + picture_html(picture);
    if (!picture.title.empty()) html += "<figcaption>" + bdi(picture.title) + "</figcaption>";
    html += "</figure>";
  }
  return html + "</div>\n";
}

[[nodiscard]] inline std::string list_html(const std::vector<ReportEntry>& entries) {
  std::string html = "<dl class=\"list\">";
  for (const ReportEntry& entry : entries) {
    html += "<dt>" + bdi(entry.name) + "</dt><dd>" + bdi(entry.value) + "</dd>";
  }
  return html + "</dl>";
}

[[nodiscard]] inline std::string columns_table(const std::vector<ReportColumn>& columns) {
  const bool any_note = std::ranges::any_of(columns, [](const ReportColumn& c) { return !c.note.empty(); });
  std::string html =
      "<table><thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Kind</th><th "
      "scope=\"col\" class=\"number\">Missing</th>";
  if (any_note) html += "<th scope=\"col\">Note</th>";
  html += "</tr></thead><tbody>";
  for (const ReportColumn& column : columns) {
    html += "<tr><th scope=\"row\">" + bdi(column.name) + "</th><td>" + bdi(column.kind) +
            "</td><td class=\"number\">" + typeset(std::to_string(column.missing)) + "</td>";
    if (any_note) html += "<td>" + bdi(column.note) + "</td>";
    html += "</tr>";
  }
  return html + "</tbody></table>";
}

[[nodiscard]] inline std::string data_html(const ReportData& data) {
  std::vector<ReportEntry> facts;
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) facts.push_back({name, std::move(value)});
  };
  add("Source", data.source);
  add("Rows", data.rows > 0 ? typeset(std::to_string(data.rows)) : std::string());
  add("Target", data.target);
  for (const ReportSplit& split : data.splits) {
    facts.push_back({split.name, counted(split.rows, "row", "rows")});
  }
  add("Hash", data.hash);
  std::string html;
  if (!facts.empty()) html += "<div class=\"card\">" + list_html(facts) + "</div>\n";
  if (!data.columns.empty()) {
    constexpr std::size_t most_open = 40;
    html += facts.empty() ? "<div class=\"card wide\">" : "<div class=\"card wide\"><h3>Columns</h3>";
    html += data.columns.size() <= most_open
                ? columns_table(data.columns)
                : "<details><summary>" +
                      counted(static_cast<Index>(data.columns.size()), "column", "columns") + "</summary>" +
                      columns_table(data.columns) + "</details>";
    html += "</div>\n";
  }
  return html.empty() ? html : "<div class=\"grid\">\n" + html + "</div>\n";
}

/// `1.25 s`, `3 min 20 s`, `2 h 5 min`.
[[nodiscard]] inline std::string shown_duration(double seconds) {
  if (!is_finite(seconds) || seconds < 0) return shown_number(seconds) + " s";
  constexpr double minute = 60;
  constexpr double hour = 3600;
  if (seconds < 1e-3) return shown_number(seconds * 1e6, 3) + " µs";
  if (seconds < 1) return shown_number(seconds * 1e3, 3) + " ms";
  if (seconds < minute) return shown_number(seconds, 3) + " s";
  const double whole = std::round(seconds);
  if (whole < hour) {
    return fixed(std::floor(whole / minute), 0) + " min " + fixed(std::fmod(whole, minute), 0) + " s";
  }
  return typeset(fixed(std::floor(whole / hour), 0)) + " h " +
         fixed(std::floor(std::fmod(whole, hour) / minute), 0) + " min";
}

[[nodiscard]] inline std::string timing_html(const std::vector<ReportDuration>& timing) {
  double longest = 0;
  for (const ReportDuration& duration : timing) {
    if (is_finite(duration.seconds)) longest = (std::max)(longest, duration.seconds);
  }
  std::string html = "<div class=\"time\">";
  for (const ReportDuration& duration : timing) {
    const double share = longest > 0 && is_finite(duration.seconds) ? duration.seconds / longest : 0;
    html += "<span>" + bdi(duration.name) +
            "</span><i style=\"width:" + fixed(std::clamp(share, 0.0, 1.0) * 100, 1) +
            R"(%"></i><span class="number">)" + shown_duration(duration.seconds) + "</span>";
  }
  return html + "</div>";
}

}  // namespace detail::html

WICK_END_NAMESPACE

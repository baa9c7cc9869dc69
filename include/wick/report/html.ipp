#pragma once

// Definitions of report/html.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/report/detail/class_figures.hpp>
#include <wick/report/detail/curve_figures.hpp>
#include <wick/report/detail/demand.hpp>
#include <wick/report/detail/number_figures.hpp>
#include <wick/report/detail/sections.hpp>
#include <wick/report/detail/style.hpp>
#include <wick/report/html.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Sections under headings, and links to them.
class Sections {
 public:
  /// Nothing of a section without contents.
  void add(const char* id, const char* title, const std::string& contents) {
    if (contents.empty()) return;
    links_ += std::string("<li><a href=\"#") + id + "\">" + title + "</a></li>";
    body_ += std::string("<section aria-labelledby=\"") + id + "\">\n<h2 id=\"" + id + "\">" + title +
             "</h2>\n" + contents + "</section>\n";
  }
  [[nodiscard]] const std::string& links() const& noexcept { return links_; }
  [[nodiscard]] const std::string& body() const& noexcept { return body_; }
  void links() const&& = delete;
  void body() const&& = delete;

 private:
  std::string links_;
  std::string body_;
};

[[nodiscard]] inline std::string in_grid(const std::string& figures) {
  return figures.empty() ? std::string() : "<div class=\"grid\">\n" + figures + "</div>\n";
}

[[nodiscard]] inline std::string charts(const std::vector<ReportChart>& curves) {
  std::string figures;
  // A single chart has the room of two.
  for (const ReportChart& chart : curves) figures += chart_figure(chart, curves.size() == 1);
  return in_grid(figures);
}

[[nodiscard]] inline std::string classes_html(const Report& report) {
  std::string figures;
  if (report.confusion && !report.confusion->classes.empty()) {
    const Confusions confusions(*report.confusion);
    figures += confusion_figure(confusions);
    if (const std::string pairs = confused_pairs(confusions); !pairs.empty()) {
      figures += "<div class=\"card\"><h3>Confused most often</h3>" + pairs + "</div>\n";
    }
    constexpr std::size_t few = 12;
    const std::string each = class_table(confusions);
    figures += confusions.classes() <= few
                   ? "<div class=\"card\"><h3>Each class</h3>" + each + "</div>\n"
                   : "<div class=\"card wide\"><h3>Each class</h3><div class=\"newspaper\">" + each +
                         "</div></div>\n";
  }
  return in_grid(figures);
}

[[nodiscard]] inline std::string rates_html(const Report& report) {
  std::string figures;
  if (!report.roc.empty()) figures += roc_figure(report.roc);
  if (!report.precision_recall.empty()) figures += precision_recall_figure(report.precision_recall);
  if (!report.calibration.empty()) figures += calibration_figure(report.calibration);
  return in_grid(figures);
}

[[nodiscard]] inline std::string numbers_html(const Report& report) {
  std::string figures;
  if (report.residuals && !report.residuals->targets.empty()) figures += residual_figures(*report.residuals);
  for (const ReportHistogram& histogram : report.histograms) {
    if (!histogram.counts.empty()) figures += histogram_figure(histogram);
  }
  return in_grid(figures);
}

[[nodiscard]] inline std::string in_card(const std::string& contents) {
  return "<div class=\"card\">" + contents + "</div>\n";
}

}  // namespace detail

WICK_INLINE std::string report_html(const Report& report) {
  detail::demand_report(report);
  detail::Sections sections;
  if (!detail::metric_names(report.metrics).empty()) {
    sections.add("results", "Results", detail::metrics_table(report.metrics));
  }
  sections.add("training", "Training", detail::charts(report.curves));
  sections.add("classes", "Classes", detail::classes_html(report));
  sections.add("probabilities", "Probabilities", detail::rates_html(report));
  sections.add("numbers", report.residuals ? "Predictions" : "Distributions", detail::numbers_html(report));
  sections.add("mistakes", "Worst mistakes", detail::mistakes_html(report.mistakes));
  if (!report.importances.columns.empty()) {
    sections.add("importance", "Importance", detail::in_grid(detail::importance_figure(report.importances)));
  }
  if (!report.weights.empty()) {
    sections.add("weights", "Weights of the first layer", detail::pictures_html(report.weights));
  }
  sections.add("data", "Data", detail::data_html(report.data));
  if (!report.settings.empty()) {
    sections.add("settings", "Settings", detail::in_card(detail::list_html(report.settings)));
  }
  if (!report.timing.empty()) sections.add("timing", "Timing", detail::timing_html(report.timing));
  if (!report.versions.empty()) {
    sections.add("versions", "Versions", detail::in_card(detail::list_html(report.versions)));
  }

  const std::string title = report.title.empty() ? "Report" : report.title;
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>" +
      detail::escape_html(title) + "</title>\n<style>" + std::string(detail::report_style) +
      "</style>\n</head>\n<body>\n<header>\n<h1>" + detail::bdi(title) + "</h1>\n";
  if (!report.task.empty()) html += "<p>" + detail::bdi(report.task) + "</p>\n";
  if (!sections.links().empty()) {
    html += "<nav aria-label=\"Contents\"><ul>" + sections.links() + "</ul></nav>\n";
  }
  html += "</header>\n<main>\n" + detail::tiles(report.metrics);
  if (!report.notes.empty()) {
    html += "<ul class=\"notes\" aria-label=\"Notes\">";
    for (const std::string& note : report.notes) html += "<li>" + detail::bdi(note) + "</li>";
    html += "</ul>\n";
  }
  return html + sections.body() + "</main>\n<footer></footer>\n</body>\n</html>\n";
}

WICK_INLINE void write_html(const Report& report, const std::filesystem::path& path,
                            const SaveOptions& options) {
  const std::string text = report_html(report);
  AtomicFile file(path, options);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

WICK_END_NAMESPACE

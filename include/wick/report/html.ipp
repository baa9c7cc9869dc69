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

namespace detail::html {

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
    figures += class_tables(confusions);
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

[[nodiscard]] inline std::string titled_card(const char* title, const std::string& contents) {
  return std::string("<div class=\"card\"><h3>") + title + "</h3>" + contents + "</div>\n";
}

}  // namespace detail::html

WICK_INLINE std::string report_html(const Report& report) {
  detail::demand_report(report);
  detail::html::Sections sections;
  if (!detail::html::metric_names(report.metrics).empty()) {
    sections.add("results", "Results", detail::html::metrics_table(report.metrics));
  }
  sections.add("training", "Training", detail::html::charts(report.curves));
  sections.add("classes", "Classes", detail::html::classes_html(report));
  sections.add("probabilities", "Probabilities", detail::html::rates_html(report));
  sections.add("numbers", report.residuals ? "Predictions" : "Distributions",
               detail::html::numbers_html(report));
  sections.add("mistakes", "Worst mistakes", detail::html::mistakes_html(report.mistakes));
  if (!report.importances.columns.empty()) {
    sections.add("importance", "Importance",
                 detail::html::in_grid(detail::html::importance_figure(report.importances)));
  }
  if (!report.weights.empty()) {
    sections.add("weights", "Weights of the first layer", detail::html::pictures_html(report.weights));
  }
  sections.add("data", "Data", detail::html::data_html(report.data));
  std::string how;
  if (!report.settings.empty())
    how += detail::html::titled_card("Settings", detail::html::list_html(report.settings));
  if (!report.timing.empty())
    how += detail::html::titled_card("Timing", detail::html::timing_html(report.timing));
  if (!report.versions.empty())
    how += detail::html::titled_card("Versions", detail::html::list_html(report.versions));
  sections.add("how", "How it was made", detail::html::in_grid(how));

  const std::string title = report.title.empty() ? "Report" : report.title;
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>" +
      detail::html::escape_html(title) + "</title>\n<style>" + std::string(detail::html::report_style) +
      "</style>\n</head>\n<body>\n<header>\n<h1>" + detail::html::bdi(title) + "</h1>\n";
  if (!report.task.empty()) html += "<p>" + detail::html::bdi(report.task) + "</p>\n";
  if (!sections.links().empty()) {
    html += "<nav aria-label=\"Contents\"><ul>" + sections.links() + "</ul></nav>\n";
  }
  html += "</header>\n<main>\n" + detail::html::tiles(report.metrics);
  if (!report.notes.empty()) {
    html += R"(<ul class="notes" aria-label="Notes">)";
    for (const std::string& note : report.notes) html += "<li>" + detail::html::bdi(note) + "</li>";
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

#pragma once

// Definitions of report/json.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/report/detail/demand.hpp>
#include <wick/report/detail/json_writer.hpp>
#include <wick/report/json.hpp>

#include <cstddef>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// `name: [...]` of what `write_item` writes of each, unless there is none.
template <class Items, class WriteItem>
void write_list(JsonWriter& out, const char* name, const Items& items, WriteItem write_item) {
  if (items.empty()) return;
  out.key(name);
  out.begin_array();
  for (const auto& item : items) {
    out.begin_object();
    write_item(item);
    out.end_object();
  }
  out.end_array();
}

/// `name: [{"name": ..., "value": ...}, ...]`: names need not differ.
inline void write_entries(JsonWriter& out, const char* name, const std::vector<ReportEntry>& entries) {
  write_list(out, name, entries, [&](const ReportEntry& entry) {
    out.member("name", std::string_view(entry.name));
    out.member("value", std::string_view(entry.value));
  });
}

inline void write_data(JsonWriter& out, const ReportData& data) {
  const bool empty = data.source.empty() && data.rows == 0 && data.target.empty() && data.hash.empty() &&
                     data.splits.empty() && data.columns.empty();
  if (empty) return;
  out.key("data");
  out.begin_object();
  out.text_member("source", data.source);
  if (data.rows > 0) out.member("rows", data.rows);
  out.text_member("target", data.target);
  out.text_member("hash", data.hash);
  write_list(out, "splits", data.splits, [&](const ReportSplit& split) {
    out.member("name", std::string_view(split.name));
    out.member("rows", split.rows);
  });
  write_list(out, "columns", data.columns, [&](const ReportColumn& column) {
    out.member("name", std::string_view(column.name));
    out.text_member("kind", column.kind);
    out.member("missing", column.missing);
    out.text_member("note", column.note);
  });
  out.end_object();
}

inline void write_curves(JsonWriter& out, const Report& report) {
  write_list(out, "curves", report.curves, [&](const ReportChart& chart) {
    out.member("title", std::string_view(chart.title));
    out.text_member("x_label", chart.x_label);
    out.text_member("y_label", chart.y_label);
    if (chart.marked) {
      out.member("marked", *chart.marked);
      out.text_member("mark", chart.mark);
    }
    write_list(out, "series", chart.series, [&](const ReportSeries& series) {
      out.member("name", std::string_view(series.name));
      if (!series.x.empty()) out.member("x", series.x);
      out.member("y", series.y);
    });
  });
  write_list(out, "roc", report.roc, [&](const RocCurve& curve) {
    out.member("name", std::string_view(curve.name));
    out.member("area", curve.area);
    out.member("false_positive_rate", curve.false_positive_rate);
    out.member("true_positive_rate", curve.true_positive_rate);
    out.member("thresholds", curve.thresholds);
  });
  write_list(out, "precision_recall", report.precision_recall, [&](const PrecisionRecallCurve& curve) {
    out.member("name", std::string_view(curve.name));
    out.member("average_precision", curve.average_precision);
    out.member("precision", curve.precision);
    out.member("recall", curve.recall);
    out.member("thresholds", curve.thresholds);
  });
  write_list(out, "calibration", report.calibration, [&](const CalibrationCurve& curve) {
    out.member("name", std::string_view(curve.name));
    out.member("predicted", curve.predicted);
    out.member("observed", curve.observed);
    out.member("counts", curve.counts);
  });
}

inline void write_confusion(JsonWriter& out, const ReportConfusion& confusion) {
  out.key("confusion");
  out.begin_object();
  out.key("classes");
  out.begin_array();
  for (const std::string& name : confusion.classes) out.value(std::string_view(name));
  out.end_array();
  out.key("counts");
  out.begin_array();
  const auto classes = static_cast<std::ptrdiff_t>(confusion.classes.size());
  for (auto row = confusion.counts.begin(); row != confusion.counts.end(); row += classes) {
    out.value(std::vector<double>(row, row + classes));
  }
  out.end_array();
  out.end_object();
}

inline void write_mistakes(JsonWriter& out, const ReportMistakes& mistakes) {
  if (mistakes.rows.empty()) return;
  out.key("mistakes");
  out.begin_object();
  out.text_member("error", mistakes.error);
  write_list(out, "rows", mistakes.rows, [&](const ReportMistake& mistake) {
    if (mistake.row) out.member("row", *mistake.row);
    out.member("expected", std::string_view(mistake.expected));
    out.member("predicted", std::string_view(mistake.predicted));
    if (mistake.error) out.member("error", *mistake.error);
    write_entries(out, "values", mistake.values);
  });
  out.end_object();
}

inline void write_importances(JsonWriter& out, const ReportImportances& importances) {
  if (importances.columns.empty()) return;
  out.key("importances");
  out.begin_object();
  out.text_member("metric", importances.metric);
  write_list(out, "columns", importances.columns, [&](const ReportImportance& importance) {
    out.member("name", std::string_view(importance.name));
    out.member("mean", importance.mean);
    out.member("deviation", importance.deviation);
  });
  out.end_object();
}

}  // namespace detail

WICK_INLINE std::string report_json(const Report& report) {
  detail::demand_report(report);
  detail::JsonWriter out;
  out.begin_object();
  out.member("title", std::string_view(report.title));
  out.text_member("task", report.task);
  if (!report.notes.empty()) {
    out.key("notes");
    out.begin_array();
    for (const std::string& note : report.notes) out.value(std::string_view(note));
    out.end_array();
  }
  detail::write_list(out, "metrics", report.metrics, [&](const ReportMetrics& metrics) {
    out.member("split", std::string_view(metrics.split));
    detail::write_list(out, "values", metrics.values, [&](const ReportMetric& metric) {
      out.member("name", std::string_view(metric.name));
      out.member("value", metric.value);
      out.member("larger_is_better", metric.larger_is_better);
    });
  });
  detail::write_curves(out, report);
  if (report.confusion && !report.confusion->classes.empty()) {
    detail::write_confusion(out, *report.confusion);
  }
  if (report.residuals && !report.residuals->targets.empty()) {
    out.key("residuals");
    out.begin_object();
    out.text_member("unit", report.residuals->unit);
    out.member("targets", report.residuals->targets);
    out.member("predictions", report.residuals->predictions);
    out.end_object();
  }
  detail::write_list(out, "histograms", report.histograms, [&](const ReportHistogram& histogram) {
    out.member("title", std::string_view(histogram.title));
    out.text_member("x_label", histogram.x_label);
    out.member("edges", histogram.edges);
    out.member("counts", histogram.counts);
  });
  detail::write_mistakes(out, report.mistakes);
  detail::write_importances(out, report.importances);
  detail::write_data(out, report.data);
  detail::write_entries(out, "settings", report.settings);
  detail::write_list(out, "timing", report.timing, [&](const ReportDuration& duration) {
    out.member("name", std::string_view(duration.name));
    out.member("seconds", duration.seconds);
  });
  detail::write_entries(out, "versions", report.versions);
  out.end_object();
  std::string text = std::move(out).text();
  text += '\n';
  return text;
}

WICK_INLINE void write_json(const Report& report, const std::filesystem::path& path,
                            const SaveOptions& options) {
  const std::string text = report_json(report);
  AtomicFile file(path, options);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

WICK_END_NAMESPACE

#pragma once

// Whether the parts of a report fit together.

#include <wick/base/error.hpp>
#include <wick/report/report.hpp>

#include <cstddef>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws ShapeError unless `got` is `expected`.
inline void demand_count(const char* what, std::size_t expected, std::size_t got) {
  if (got == expected) return;
  throw ShapeError(std::string("report: expected ") + std::to_string(expected) + " " + what + ", got " +
                   std::to_string(got));
}

/// Throws ShapeError unless it is a picture, grey or in colour; `where` is what takes it.
inline void demand_pixels(const char* where, TensorArg<std::uint8_t> pixels) {
  const bool fits = pixels.dim() == 2 || (pixels.dim() == 3 && (pixels.size(2) == 1 || pixels.size(2) == 3));
  if (fits && pixels.numel() > 0) return;
  throw ShapeError(std::string(where) + ": expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " +
                   pixels.shape().str());
}

/// Throws ShapeError for what could not be drawn.
inline void demand_report(const Report& report) {
  for (const ReportChart& chart : report.curves) {
    for (const ReportSeries& series : chart.series) {
      if (!series.x.empty()) demand_count("places of a curve", series.y.size(), series.x.size());
    }
  }
  if (report.confusion) {
    const std::size_t classes = report.confusion->classes.size();
    demand_count("counts of a confusion matrix", classes * classes, report.confusion->counts.size());
  }
  for (const RocCurve& curve : report.roc) {
    demand_count("rates of a ROC curve", curve.false_positive_rate.size(), curve.true_positive_rate.size());
    demand_count("thresholds of a ROC curve", curve.false_positive_rate.size(), curve.thresholds.size());
  }
  for (const PrecisionRecallCurve& curve : report.precision_recall) {
    demand_count("recalls of a curve", curve.precision.size(), curve.recall.size());
    if (curve.precision.empty() && curve.thresholds.empty()) continue;
    demand_count("recalls of a curve", curve.thresholds.size() + 1, curve.recall.size());
  }
  for (const CalibrationCurve& curve : report.calibration) {
    demand_count("observed shares of a calibration curve", curve.predicted.size(), curve.observed.size());
    demand_count("counts of a calibration curve", curve.predicted.size(), curve.counts.size());
  }
  if (report.residuals) {
    demand_count("predictions", report.residuals->targets.size(), report.residuals->predictions.size());
  }
  for (const ReportHistogram& histogram : report.histograms) {
    if (histogram.edges.empty() && histogram.counts.empty()) continue;
    demand_count("edges of a histogram", histogram.counts.size() + 1, histogram.edges.size());
  }
  for (const ReportMistake& mistake : report.mistakes.rows) {
    if (mistake.picture) demand_pixels("report", mistake.picture->pixels);
  }
  for (const ReportPicture& picture : report.weights) demand_pixels("report", picture.pixels);
}

}  // namespace detail

WICK_END_NAMESPACE

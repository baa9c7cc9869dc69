#pragma once

// What a report says of a model that was trained: plain data, for write_html() and write_json().

#include <wick/base/types.hpp>
#include <wick/report/curves.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A name and what it stands for, such as a setting and its value.
struct ReportEntry {
  std::string name = {};   ///< on the left
  std::string value = {};  ///< on the right
};

/// A column of the data.
struct ReportColumn {
  std::string name = {};  ///< as in the file
  std::string kind = {};  ///< such as "real", or "categorical, 3 categories"
  Index missing = 0;      ///< values that are not there
  std::string note = {};  ///< what was done with it, such as "left out: text"
};

/// Rows that were put aside for one purpose.
struct ReportSplit {
  std::string name = {};  ///< such as "Training"
  Index rows = 0;         ///< their number
};

/// What a model was trained on.
struct ReportData {
  std::string source = {};                 ///< such as the name of the file
  Index rows = 0;                          ///< of all splits; 0 if unknown
  std::string target = {};                 ///< what is predicted
  std::string hash = {};                   ///< of the bytes of the file, with the name of the hash
  std::vector<ReportSplit> splits = {};    ///< in the order in which they are shown
  std::vector<ReportColumn> columns = {};  ///< all of them, also those that were left out
};

/// A value that says how good the model is.
struct ReportMetric {
  std::string name = {};         ///< as it is reported
  double value = 0;              ///< NaN where it is undefined
  bool larger_is_better = true;  ///< which values are good
};

/// The metrics of some rows.
struct ReportMetrics {
  std::string split = {};                 ///< such as "Training", "Validation", "Test"
  std::vector<ReportMetric> values = {};  ///< each name once
};

/// A line of a chart. Points that are not finite leave a gap.
struct ReportSeries {
  std::string name = {};       ///< in the legend
  std::vector<double> y = {};  ///< one number for each point
  std::vector<double> x = {};  ///< as many; none for 1, 2, 3 and so on
};

/// A chart of lines, such as the losses of the epochs.
struct ReportChart {
  std::string title = {};                 ///< above the chart
  std::string x_label = "Epoch";          ///< below the horizontal axis
  std::string y_label = {};               ///< beside the vertical axis
  std::vector<ReportSeries> series = {};  ///< at least one
  bool logarithmic = false;               ///< the vertical axis; numbers <= 0 leave a gap then
  std::optional<double> marked = {};      ///< a place on the horizontal axis, such as the best epoch
  std::string mark = {};                  ///< what is there
};

/// How often each class was taken for which.
struct ReportConfusion {
  std::vector<std::string> classes = {};  ///< names of the C classes
  std::vector<double> counts = {};        ///< C * C, row by row: of a class, those that were taken for each
};

/// Numbers that were predicted, and those that were meant.
struct ReportResiduals {
  std::vector<double> targets = {};      ///< what was meant
  std::vector<double> predictions = {};  ///< as many
  std::string unit = {};                 ///< of both, such as "EUR"
};

/// How often values lie between edges.
struct ReportHistogram {
  std::string title = {};           ///< above the chart
  std::string x_label = {};         ///< below the horizontal axis
  std::vector<double> edges = {};   ///< ascending and finite
  std::vector<double> counts = {};  ///< one fewer than edges
};

/// A picture, grey (H, W) or (H, W, 1), or in colour (H, W, 3).
struct ReportPicture {
  std::string title = {};            ///< below it
  Tensor<std::uint8_t> pixels = {};  ///< 0 is dark
};

/// A row of which the model was most wrong.
struct ReportMistake {
  std::optional<Index> row = {};              ///< its place in the data, from 0
  std::string expected = {};                  ///< what was meant
  std::string predicted = {};                 ///< what was predicted
  std::optional<double> error = {};           ///< how far it is off, by ReportMistakes::error
  std::vector<ReportEntry> values = {};       ///< of the row
  std::optional<ReportPicture> picture = {};  ///< what the model saw
};

/// The worst mistakes.
struct ReportMistakes {
  std::string error = {};                ///< what is measured, such as "Loss" or "Absolute error"
  std::vector<ReportMistake> rows = {};  ///< the worst first
};

/// What a metric loses when the values of a column are shuffled.
struct ReportImportance {
  std::string name = {};  ///< of the column
  double mean = 0;        ///< over the repetitions
  double deviation = 0;   ///< their standard deviation
};

/// Permutation importance.
struct ReportImportances {
  std::string metric = {};                     ///< whose loss it is, such as "Accuracy"
  std::vector<ReportImportance> columns = {};  ///< shown by falling mean
};

/// How long something took.
struct ReportDuration {
  std::string name = {};  ///< such as "Training"
  double seconds = 0;     ///< of wall time
};

/// Everything that is known of a model that was trained. All of it is optional: what has no data is not in
/// the report. Texts may be anything, also those of a file that nobody vouches for.
struct Report {
  std::string title = "Training report";          ///< of the document
  std::string task = {};                          ///< such as "Predicts the price from 12 columns"
  std::vector<std::string> notes = {};            ///< what a reader should know first
  std::vector<ReportMetrics> metrics = {};        ///< by split; the values of the last one stand out
  std::vector<ReportChart> curves = {};           ///< of the training
  std::optional<ReportConfusion> confusion = {};  ///< of classes
  std::vector<RocCurve> roc = {};                 ///< one for each class, or one of class 1
  std::vector<PrecisionRecallCurve> precision_recall = {};  ///< likewise
  std::vector<CalibrationCurve> calibration = {};           ///< likewise
  std::optional<ReportResiduals> residuals = {};            ///< of numbers
  std::vector<ReportHistogram> histograms = {};             ///< of anything else
  ReportMistakes mistakes = {};                             ///< rows on which the model is most wrong
  ReportImportances importances = {};                       ///< of the columns
  std::vector<ReportPicture> weights = {};                  ///< of the first layer, where they are pictures
  ReportData data = {};                                     ///< what it was trained on
  std::vector<ReportEntry> settings = {};                   ///< model, optimizer, seed and so on
  std::vector<ReportDuration> timing = {};                  ///< in the order in which it happened
  std::vector<ReportEntry> versions = {};                   ///< of the library, the compiler and so on
};

WICK_END_NAMESPACE

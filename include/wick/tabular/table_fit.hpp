#pragma once

// What fit_table() made: a predictor, and how good it is.

#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/io/file_format.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/tabular/table_options.hpp>
#include <wick/tabular/table_predictor.hpp>
#include <wick/tabular/tabular_ensemble.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The rows of a table by what they are for, by their numbers. Rows without a target are in none.
struct TableSplit {
  std::vector<Index> development = {};  ///< that networks are trained and validated on
  std::vector<Index> validation = {};   ///< those of them that some network is validated on, and not trained
  std::vector<Index> test = {};         ///< that nothing is learned from
};

/// The metrics of some rows.
struct SplitMetrics {
  Index rows = 0;            ///< how many there are
  MetricValues values = {};  ///< none without rows
};

/// How good the predictions are.
struct TableMetrics {
  Task task = Task::regression;  ///< what is predicted
  SplitMetrics train = {};       ///< of all networks together on the rows that they were trained on
  SplitMetrics validation = {};  ///< of each network by itself on the rows that it was validated on
  SplitMetrics test = {};        ///< of all networks together on the rows that were kept for the test

  /// A line for each metric, a column for each kind of rows.
  friend std::ostream& operator<<(std::ostream& out, const TableMetrics& metrics);
};
std::ostream& operator<<(std::ostream& out, const TableMetrics& metrics);

/// How one network was trained.
struct TableHistory {
  std::vector<double> train = {};       ///< the mean loss of each epoch's batches
  std::vector<double> validation = {};  ///< the loss on its validation rows after each epoch
  Index best_epoch = 0;                 ///< whose values it has, from 1
};

/// What the main metric loses when a column is shuffled: positive where the column matters.
struct ColumnImportance {
  std::string name = {};  ///< of the column
  double mean = 0;        ///< over the repeats
  double deviation = 0;   ///< their standard deviation
};

/// A model of a table, ready to predict and to be saved.
class TableFit {
 public:
  /// What it consists of; made by fit_table().
  struct Parts {
    TablePredictor predictor;                                    ///< see predictor()
    std::shared_ptr<const Model<TabularEnsemble<float>>> model;  ///< see model()
    TableMetrics metrics = {};                                   ///< see metrics()
    TableSplit split = {};                                       ///< see split()
    std::vector<TableHistory> history = {};                      ///< see history()
    std::vector<ColumnImportance> importances = {};              ///< see importances()
    std::vector<std::string> notes = {};                         ///< see notes()
    TableOptions options = {};                                   ///< see options()
    Index epochs = 0;                                            ///< that each network was to be trained for
    double seconds = 0;                                          ///< see seconds()
    bool stopped = false;                                        ///< see stopped()
    bool out_of_time = false;                                    ///< see out_of_time()
  };
  /// Of these parts.
  explicit TableFit(Parts parts) : parts_(std::move(parts)) {}

  /// Predicts rows, by itself or of tables.
  [[nodiscard]] const TablePredictor& predictor() const noexcept { return parts_.predictor; }
  /// How good the predictions are.
  [[nodiscard]] const TableMetrics& metrics() const noexcept { return parts_.metrics; }
  /// The networks as a model that can be trained further.
  [[nodiscard]] const Model<TabularEnsemble<float>>& model() const noexcept { return *parts_.model; }
  /// Which rows are for what.
  [[nodiscard]] const TableSplit& split() const noexcept { return parts_.split; }
  /// Of each network.
  [[nodiscard]] const std::vector<TableHistory>& history() const noexcept { return parts_.history; }
  /// Of each column that is read, by falling importance; none if there was nothing to measure them on.
  [[nodiscard]] const std::vector<ColumnImportance>& importances() const noexcept {
    return parts_.importances;
  }
  /// What was found in the table and should be known, a sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return parts_.notes; }
  /// What was asked for, with what was chosen in the place of what was not given.
  [[nodiscard]] const TableOptions& options() const noexcept { return parts_.options; }
  /// Wall time of the training.
  [[nodiscard]] double seconds() const noexcept { return parts_.seconds; }
  /// Whether it was stopped before all epochs were done.
  [[nodiscard]] bool stopped() const noexcept { return parts_.stopped; }
  /// Whether the clock took epochs away.
  [[nodiscard]] bool out_of_time() const noexcept { return parts_.out_of_time; }

  /// Saves the model with all that predictions need, for load_table_predictor(), load_model() and
  /// load_program(), in the format of the extension. Throws FileError, and OptionError for extensions of
  /// formats that are not written.
  void save(const std::filesystem::path& path, const SaveOptions& options = {}) const;
  /// The same to a binary stream.
  void save(std::ostream& out, FileFormat format = FileFormat::wick) const;

  /// Task, target, metrics and settings as a JSON object (RFC 8259): the same bytes for the same result.
  /// `metrics` has the members `train`, `validation` and `test`, each with `rows` and `values`, which are
  /// null where they are undefined.
  [[nodiscard]] std::string json() const;

 private:
  [[nodiscard]] CheckpointExtras extras() const;

  Parts parts_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/table_fit.ipp>
#endif

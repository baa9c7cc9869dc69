#pragma once

// Predictions for the rows of tables, by a model file that says how rows become numbers.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/types.hpp>
#include <wick/preprocess/preprocessing.hpp>
#include <wick/table/row.hpp>
#include <wick/table/table.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

class ThreadPool;
struct Archive;
namespace detail {
struct TablePredictorParts;
}  // namespace detail

/// What is predicted for the rows of a table.
struct TablePredictions {
  std::vector<std::int64_t> classes =
      {};                             ///< the most probable of each row, by its number; none of a regression
  Tensor<double> probabilities = {};  ///< (rows, classes); none of a regression
  Tensor<double> numbers = {};        ///< (rows), of a regression, in the unit of the target
};

/// What is predicted for a row.
struct RowPrediction {
  double number = 0;                          ///< of a regression; NaN of classes
  std::ptrdiff_t label = -1;                  ///< the most probable class, by its number; -1 of a regression
  std::string_view name = {};                 ///< of that class; lives as long as the predictor
  std::span<const float> probabilities = {};  ///< of all classes; in the workspace until it is used again
};

/// A model of a table with what its file says about columns and target: it takes rows as they are, and gives
/// what the target's column holds.
///
///     const auto predictor = wick::load_table_predictor("houses.wick");
///     auto workspace = predictor.workspace();
///     const auto price = predictor.predict({{"rooms", 3}, {"town", "Oslo"}}, workspace).number;
///
/// A value, immutable: copies share the weights, and any number of threads predict with one, each with a
/// workspace of its own. Numbers beyond those of the training rows are not predicted.
class TablePredictor {
 public:
  /// The memory that one thread predicts single rows in. It serves its predictor and copies of it.
  class Workspace {
   public:
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    Workspace(Workspace&&) noexcept;
    Workspace& operator=(Workspace&&) noexcept;
    ~Workspace();

   private:
    friend class TablePredictor;
    struct Memory;
    explicit Workspace(std::unique_ptr<Memory> memory) noexcept;
    std::unique_ptr<Memory> memory_;
  };

  /// What is done with rows before the model, and with what it says.
  [[nodiscard]] const Preprocessing& preprocessing() const noexcept;
  /// What is predicted.
  [[nodiscard]] Task task() const noexcept { return preprocessing().target.task(); }
  /// Number of parameters of the model.
  [[nodiscard]] Index parameter_count() const noexcept;

  /// The predictions for all rows, which need the columns that the model was trained with; others do not
  /// matter. `pool` shares the work out, without any influence on the results. Throws as
  /// Preprocessor::transform() does.
  [[nodiscard]] TablePredictions predict(const Table& table, ThreadPool* pool = nullptr) const;
  /// The same as a column of the name and kind of the target.
  [[nodiscard]] Column column_of(const TablePredictions& predictions) const;

  /// All that predictions of single rows need.
  [[nodiscard]] Workspace workspace() const;
  /// The prediction for one row. After the first one with a workspace it allocates nothing. Throws as
  /// Preprocessor::transform() does, and Error for the workspace of another predictor.
  [[nodiscard]] RowPrediction predict(const Row& row, Workspace& workspace) const;

  /// Made by fit_table() and load_table_predictor().
  explicit TablePredictor(std::shared_ptr<const detail::TablePredictorParts> parts) noexcept
      : parts_(std::move(parts)) {}
  TablePredictor(const TablePredictor&) = default;
  TablePredictor& operator=(const TablePredictor&) = default;
  ~TablePredictor() = default;

 private:
  std::shared_ptr<const detail::TablePredictorParts> parts_;
};

/// The predictor in a file that TableFit::save() wrote, or another program: save_program() with a
/// Preprocessing under its key. Throws FileError, and FormatError for a file without it, or of which the
/// parts do not fit together.
[[nodiscard]] TablePredictor load_table_predictor(const std::filesystem::path& path);
/// The same from a binary stream, of which read_any() says how far it is read.
[[nodiscard]] TablePredictor load_table_predictor(std::istream& in);
/// The same from the bytes of a file.
[[nodiscard]] TablePredictor load_table_predictor(std::span<const std::byte> bytes);
/// The same from what was read; `name` is that of the file in messages.
[[nodiscard]] TablePredictor load_table_predictor(const Archive& archive, const std::string& name);
/// Whether the file has what load_table_predictor() needs, as far as its metadata say.
[[nodiscard]] bool is_table_model(const Archive& archive) noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/table_predictor.ipp>
#endif

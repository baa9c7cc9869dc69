#pragma once

// From the columns of a table to the features that a model takes.

#include <wick/preprocess/detail/column_plan.hpp>
#include <wick/preprocess/options.hpp>
#include <wick/table/column.hpp>
#include <wick/table/row.hpp>
#include <wick/table/table.hpp>
#include <wick/tensor/tensor.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {
class JsonReader;
struct PlansOf;
}  // namespace detail
struct Preprocessing;

/// A feature that an Embedding looks up: 0 for a category that is not known, else 1 to `categories` - 1.
struct EmbeddedColumn {
  std::string name;      ///< of the column
  Index feature = 0;     ///< where the number of the category is among the features
  Index categories = 0;  ///< rows that the Embedding needs, that of unknown ones among them

  friend bool operator==(const EmbeddedColumn&, const EmbeddedColumn&) = default;
};

/// A column that a Preprocessor reads.
struct InputColumn {
  std::string name;                          ///< of the column
  ColumnKind kind = ColumnKind::real;        ///< in the table that the Preprocessor was fitted on
  Treatment treatment = Treatment::number;   ///< what is made of it
  Index feature = 0;                         ///< the first of its features
  Index width = 0;                           ///< how many it has
  std::vector<std::string> categories = {};  ///< those that are known, in their order

  friend bool operator==(const InputColumn&, const InputColumn&) = default;
};

/// A column that makes no features.
struct IgnoredColumn {
  std::string name;  ///< of the column
  std::string why;   ///< such as `text` or `the same in all training rows`

  friend bool operator==(const IgnoredColumn&, const IgnoredColumn&) = default;
};

/// Turns rows of a table into rows of numbers, with the statistics of the rows that it was fitted on: those
/// of the training split, so that nothing is known of the others. A value, immutable, safe to share among
/// threads.
///
///     const auto inputs = wick::Preprocessor::fit(table, training_rows, {.leave_out = {"price"}});
///     const auto x = inputs.transform(table.take(training_rows));  // (rows, inputs.features())
///
/// By the kind of a column, unless PreprocessOptions say otherwise:
///
/// - integer, real: the number, scaled. A missing one is imputed before, and where any was missing in the
///   training rows, a second feature is 1 where one is.
/// - categorical: of two categories one feature, -1 for the first and 1 for the second; of at most
///   PreprocessOptions::most_one_hot a feature each; of more the number of the category, for an Embedding.
/// - boolean: as the two categories False and True.
/// - date: days since the beginning of 1970, year, month, day of the month, day of the week (Monday is 0) and
///   hour, each a number as above; those that differ among the training rows.
/// - text: none, which ignored() says.
///
/// A missing category is one of its own, the last, if one was missing in the training rows. Otherwise it is
/// not known, as one that comes later is: 0 in all features of one_hot, 0 for an Embedding, missing as an
/// ordinal. Columns that have one value in all training rows make no features; a number of which only some
/// are missing makes only the feature that says so. Features are in the order of the columns, embedded ones
/// last.
class Preprocessor {
 public:
  /// Fitted on the rows `rows` of a table, without which on all. Texts become categories only if asked for
  /// by name. Throws OptionError for no rows, options out of range, options for columns that the table has
  /// not, numbers that are infinite or too large to scale, a treatment that does not fit a column, and when
  /// no column is left; IndexError for rows that are not there.
  [[nodiscard]] static Preprocessor fit(const Table& table, std::span<const Index> rows,
                                        const PreprocessOptions& options = {});
  [[nodiscard]] static Preprocessor fit(const Table& table, const PreprocessOptions& options = {});

  /// Features of a row, those of embeddings included; 1 or more.
  [[nodiscard]] Index features() const noexcept { return features_; }
  /// Such as `rooms`, `rooms missing`, `town=Oslo`, `garden=True`, `sold on year`.
  [[nodiscard]] std::vector<std::string> feature_names() const;
  /// The embedded columns, whose features are the last, in that order.
  [[nodiscard]] std::vector<EmbeddedColumn> embeddings() const;
  /// The columns that are read, in the order of their features.
  [[nodiscard]] std::vector<InputColumn> columns() const;
  /// The kinds under which these columns of another file should be read, for CsvOptions::kinds or
  /// JsonLinesOptions::kinds: categories as texts, so that `007` is not taken for a number where a file
  /// happens to have no others, and integers as reals, of which some may be missing.
  [[nodiscard]] std::map<std::string, ColumnKind> kinds_to_read() const;
  /// The columns of the table that are not, but for those left out on purpose.
  [[nodiscard]] std::span<const IgnoredColumn> ignored() const& noexcept { return ignored_; }
  void ignored() const&& = delete;
  /// A line for each column: what is made of it, and where its features are.
  [[nodiscard]] std::string describe() const;

  /// The features of all rows, (rows, features). Further columns do not matter, nor does the order. A column
  /// may be of another kind: numbers may be integers, reals, truth values or texts that are numbers;
  /// categories anything but dates, a whole real being one with its integer; truth values may be 1 and 0 or
  /// texts that are true or false in any case; dates may be texts in ISO 8601. Features beyond the range of T
  /// become its greatest numbers. Throws IndexError for a column that is not there, OptionError for a cell
  /// that is not what its column needs, with its row and text, or infinite.
  template <Floating T = float>
  [[nodiscard]] Tensor<T> transform(const Table& table) const;
  /// The features of one row, (1, features). Throws as for a table.
  template <Floating T = float>
  [[nodiscard]] Tensor<T> transform(const Row& row) const;
  /// The same into `out` of shape (rows, features). Throws ShapeError for another shape.
  template <Floating T>
  void transform_out(const Table& table, TensorView<T> out) const;
  /// The same into `out` of shape (features) or (1, features). Allocates nothing.
  template <Floating T>
  void transform_out(const Row& row, TensorView<T> out) const;

  /// All of it as JSON, see docs/tables.md. Numbers come back to the last bit.
  [[nodiscard]] std::string json() const;
  /// What json() wrote, or another program. `name` is that of the text in messages. Every value is checked,
  /// and time and memory are linear in the text. Throws FormatError.
  [[nodiscard]] static Preprocessor from_json(std::string_view text, const std::string& name = "<memory>");

 private:
  friend struct Preprocessing;
  friend struct detail::PlansOf;

  Preprocessor(std::vector<detail::ColumnPlan> plans, std::vector<IgnoredColumn> ignored);

  [[nodiscard]] static Preprocessor read(detail::JsonReader& json);
  [[noreturn]] static void refuse(const detail::ColumnPlan& plan, const detail::WrongCell& wrong,
                                  const CellView& cell, const std::string& where);
  template <Floating T>
  void write_column(const Column& column, const detail::ColumnPlan& plan, T* out) const;

  std::vector<detail::ColumnPlan> plans_;  // in the order of features
  std::vector<IgnoredColumn> ignored_;
  Index features_ = 0;
};

namespace detail {

/// What becomes of each column, for programs that write it down in another language.
struct PlansOf {
  [[nodiscard]] static std::span<const ColumnPlan> get(const Preprocessor& of) noexcept { return of.plans_; }
};

}  // namespace detail

template <Floating T>
Tensor<T> Preprocessor::transform(const Table& table) const {
  Tensor<T> result(Shape{table.rows(), features()});
  transform_out(table, result.view());
  return result;
}
template <Floating T>
Tensor<T> Preprocessor::transform(const Row& row) const {
  Tensor<T> result(Shape{1, features()});
  transform_out(row, result.view());
  return result;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/preprocess/preprocessor.ipp>
#endif

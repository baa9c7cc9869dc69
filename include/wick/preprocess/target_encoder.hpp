#pragma once

// The column that a model is to predict: classes, or a number and its scale.

#include <wick/preprocess/detail/category_names.hpp>
#include <wick/preprocess/detail/number_scale.hpp>
#include <wick/preprocess/options.hpp>
#include <wick/table/cell.hpp>
#include <wick/table/column.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {
class JsonReader;
}  // namespace detail
struct Preprocessing;

/// What is to be predicted.
enum class Task : std::uint8_t {
  binary,      ///< one of two classes
  classes,     ///< one of some classes
  regression,  ///< a number
};

/// `binary`, `classes` or `regression`.
[[nodiscard]] constexpr std::string_view name_of(Task task) noexcept {
  switch (task) {
    case Task::binary:
      return "binary";
    case Task::classes:
      return "classes";
    case Task::regression:
      return "regression";
  }
  return "unknown";
}

/// How TargetEncoder::fit() takes a column.
struct TargetOptions {
  /// Without one it is found. Categories, truth values and texts are classes, binary where there are two.
  /// Whole numbers are classes if the training rows have two different ones, or at most `most_classes` and
  /// each of them five times on average. All other numbers are a regression.
  std::optional<Task> task = {};
  /// See `task`.
  std::size_t most_classes = 20;
  /// Of the number of a regression: none, standard, min_max, robust or log.
  Scaling scaling = Scaling::standard;
};

/// Turns a target into what a loss takes and predictions back into what the column holds, with the classes or
/// the scale of the training rows. A value, immutable, safe to share among threads.
///
///     const auto target = wick::TargetEncoder::fit(table["price"], training_rows);
///     const auto y = target.scaled(table["price"].take(training_rows));
class TargetEncoder {
 public:
  /// Fitted on the rows `rows`, without which on all; those where the target is missing do not count. Throws
  /// OptionError for options out of range, no rows with a target, fewer than two classes, other than two for
  /// Task::binary, texts of which most are different, dates, and numbers that are infinite, all the same or
  /// too large to scale; IndexError for rows that are not there.
  [[nodiscard]] static TargetEncoder fit(const Column& column, std::span<const Index> rows,
                                         const TargetOptions& options = {});
  [[nodiscard]] static TargetEncoder fit(const Column& column, const TargetOptions& options = {});

  /// The name of the column.
  [[nodiscard]] const std::string& name() const& noexcept { return name_; }
  [[nodiscard]] std::string name() && noexcept { return std::move(name_); }
  /// What the column held.
  [[nodiscard]] ColumnKind kind() const noexcept { return kind_; }
  /// What is to be predicted.
  [[nodiscard]] Task task() const noexcept { return task_; }

  /// The classes, in the order of their numbers: sorted, numbers by their size, False before True. None of a
  /// regression.
  [[nodiscard]] std::span<const std::string> class_names() const& noexcept { return classes_.names(); }
  void class_names() const&& = delete;
  /// How many there are; 0 of a regression.
  [[nodiscard]] Index class_count() const noexcept { return static_cast<Index>(classes_.size()); }
  /// The numbers of the classes, (rows). Throws OptionError for a regression, and for a row whose class is
  /// missing or not known.
  [[nodiscard]] Tensor<std::int64_t> classes(const Column& column) const;
  /// What a table calls the classes of such numbers, as a column of the kind of the target. Throws
  /// OptionError for a regression, IndexError for numbers of no class.
  [[nodiscard]] Column class_column(std::span<const std::int64_t> classes) const;

  /// The scaled numbers, (rows). Throws OptionError unless it is a regression, and for a row whose number is
  /// missing or none.
  template <Floating T = float>
  [[nodiscard]] Tensor<T> scaled(const Column& column) const;
  /// The numbers of a column as they are, (rows): what predictions are compared with. Throws as scaled().
  [[nodiscard]] Tensor<double> numbers(const Column& column) const;
  /// The number that is scaled to `y`. Throws OptionError unless it is a regression.
  [[nodiscard]] double unscaled(double y) const;
  /// The same for many, in their shape.
  template <Floating T>
  [[nodiscard]] Tensor<double> unscaled(const Tensor<T>& y) const;
  /// The least number of the training rows; 0 of classes.
  [[nodiscard]] double least() const noexcept { return least_; }
  /// The greatest number of the training rows; 0 of classes.
  [[nodiscard]] double greatest() const noexcept { return greatest_; }

  /// All of it as JSON; numbers come back to the last bit.
  [[nodiscard]] std::string json() const;
  /// What json() wrote, or another program. `name` is that of the text in messages. Every value is checked.
  /// Throws FormatError.
  [[nodiscard]] static TargetEncoder from_json(std::string_view text, const std::string& name = "<memory>");

 private:
  friend struct Preprocessing;

  TargetEncoder() = default;

  [[nodiscard]] static TargetEncoder read(detail::JsonReader& json);
  [[noreturn]] void refuse(Index row, const std::string& expected, const CellView& got) const;
  void need_regression(const char* function) const;
  void need_classes(const char* function) const;
  [[nodiscard]] double number_of(const Column& column, Index row) const;

  std::string name_;
  ColumnKind kind_ = ColumnKind::real;
  Task task_ = Task::regression;
  detail::CategoryNames classes_;
  detail::NumberScale scale_;
  double least_ = 0;
  double greatest_ = 0;
};

template <Floating T>
Tensor<T> TargetEncoder::scaled(const Column& column) const {
  need_regression("scaled");
  Tensor<T> result(Shape{column.size()});
  for (Index row = 0; row < column.size(); ++row) {
    result.data()[row] = detail::rounded_to<T>(scale_(number_of(column, row)));
  }
  return result;
}
template <Floating T>
Tensor<double> TargetEncoder::unscaled(const Tensor<T>& y) const {
  Tensor<double> result(y.shape());
  for (Index i = 0; i < y.numel(); ++i) result.data()[i] = unscaled(static_cast<double>(y.data()[i]));
  return result;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/preprocess/target_encoder.ipp>
#endif

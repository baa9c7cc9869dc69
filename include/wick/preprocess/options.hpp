#pragma once

// How the columns of a table become numbers.

#include <wick/base/types.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// How a column of numbers x is scaled. Every statistic is one of the values that are there in the training
/// rows; quantiles are interpolated linearly, as NumPy's.
enum class Scaling : std::uint8_t {
  none,      ///< x
  standard,  ///< (x - mean) / deviation, the root of the mean squared distance
  min_max,   ///< (x - least) / (greatest - least)
  robust,    ///< (x - median) / (third quartile - first); where both are equal, / (greatest - least) * 2
  robust_clipped,    ///< y / sqrt(1 + (y / 3)^2) of y as `robust` makes it: within (-3, 3)
  quantile_uniform,  ///< the share of values below x, from 0 to 1
  quantile_normal,   ///< the number below which a standard normal variable is with that probability
  log,               ///< sign(x) log(1 + |x|), then as `standard`
};

/// `none`, `standard`, `min_max` and so on.
[[nodiscard]] constexpr std::string_view name_of(Scaling scaling) noexcept {
  switch (scaling) {
    case Scaling::none:
      return "none";
    case Scaling::standard:
      return "standard";
    case Scaling::min_max:
      return "min_max";
    case Scaling::robust:
      return "robust";
    case Scaling::robust_clipped:
      return "robust_clipped";
    case Scaling::quantile_uniform:
      return "quantile_uniform";
    case Scaling::quantile_normal:
      return "quantile_normal";
    case Scaling::log:
      return "log";
  }
  return "unknown";
}

/// What stands for a number that is missing.
enum class Imputation : std::uint8_t {
  mean,           ///< of the training rows
  median,         ///< of the training rows
  most_frequent,  ///< in the training rows; of several the least
  constant,       ///< a number that is given
};

/// What is made of a column.
enum class Treatment : std::uint8_t {
  automatic,  ///< by its kind: see Preprocessor
  number,     ///< one number, scaled
  date,       ///< numbers for the parts of a date, each scaled
  ordinal,    ///< the place of the category among all, from 0, scaled like a number
  one_hot,    ///< a number for each category, 1 in its place and 0 elsewhere
  embedding,  ///< the number of the category, for an Embedding to look up; 0 for one that is not known
  ignore,     ///< nothing
};

/// `automatic`, `number`, `date` and so on.
[[nodiscard]] constexpr std::string_view name_of(Treatment treatment) noexcept {
  switch (treatment) {
    case Treatment::automatic:
      return "automatic";
    case Treatment::number:
      return "number";
    case Treatment::date:
      return "date";
    case Treatment::ordinal:
      return "ordinal";
    case Treatment::one_hot:
      return "one_hot";
    case Treatment::embedding:
      return "embedding";
    case Treatment::ignore:
      return "ignore";
  }
  return "unknown";
}

/// What is to be done with one column; what is not given is as for all columns.
struct ColumnOptions {
  Treatment treatment = Treatment::automatic;  ///< what is made of it
  std::optional<Scaling> scaling = {};         ///< of its numbers
  std::optional<Imputation> imputation = {};   ///< of its numbers
  std::optional<double> constant = {};         ///< for Imputation::constant
  std::optional<bool> indicator = {};          ///< see PreprocessOptions::indicators
  std::vector<std::string> order = {};         ///< of its categories, all that are known; otherwise sorted
};

/// How Preprocessor::fit() treats the columns of a table. The defaults are those of RealMLP
/// (https://arxiv.org/abs/2407.04491).
struct PreprocessOptions {
  /// Of numbers.
  Scaling scaling = Scaling::robust_clipped;
  /// Of numbers that are missing.
  Imputation imputation = Imputation::median;
  /// What Imputation::constant puts in, before it is scaled.
  double constant = 0;
  /// Whether a column of numbers or dates of which some are missing in the training rows has a feature more,
  /// 1 where one is missing and 0 elsewhere.
  bool indicators = true;
  /// Of categories: `ordinal`, `one_hot`, `embedding`, or `automatic`, which is one_hot for at most
  /// `most_one_hot` categories and embedding for more.
  Treatment categories = Treatment::automatic;
  /// See `categories`. A missing category, if there is one in the training rows, counts.
  std::size_t most_one_hot = 8;
  /// Categories that fewer training rows have are not known.
  Index fewest = 1;
  /// Values that Scaling::quantile_uniform and Scaling::quantile_normal keep of a column at most, 2 to 65536.
  Index quantiles = 1000;
  /// For single columns, by their names.
  std::map<std::string, ColumnOptions> columns = {};
  /// Columns that are not looked at, such as the target.
  std::vector<std::string> leave_out = {};
};

WICK_END_NAMESPACE

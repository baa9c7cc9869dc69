#pragma once

// What becomes of each column, by the training rows.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/preprocess/detail/column_plan.hpp>
#include <wick/preprocess/options.hpp>
#include <wick/table/cell.hpp>
#include <wick/table/column.hpp>
#include <wick/table/table.hpp>
#include <wick/table/why_no_numbers.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws OptionError for what no table could be treated with.
inline void check_preprocess_options(const PreprocessOptions& options) {
  const auto refuse = [](const std::string& what) { throw OptionError("PreprocessOptions: " + what); };
  const Treatment categories = options.categories;
  if (categories != Treatment::automatic && categories != Treatment::ordinal &&
      categories != Treatment::one_hot && categories != Treatment::embedding) {
    refuse("categories must be automatic, ordinal, one_hot or embedding, got " +
           std::string(name_of(categories)));
  }
  if (options.fewest < 1) refuse("fewest must be >= 1, got " + std::to_string(options.fewest));
  if (options.quantiles < 2 || options.quantiles > 65536) {
    refuse("quantiles must be 2 to 65536, got " + std::to_string(options.quantiles));
  }
  if (!is_finite(options.constant)) refuse("constant must be finite, got " + python_repr(options.constant));
  for (const auto& [name, column] : options.columns) {
    if (column.constant && !is_finite(*column.constant)) {
      refuse("constant of " + quoted_name(name) + " must be finite, got " + python_repr(*column.constant));
    }
  }
}

/// The plan of one column, or why it has none.
class ColumnFitter {
 public:
  using Result = std::variant<ColumnPlan, std::string>;

  ColumnFitter(const Column& column, std::span<const Index> rows, const PreprocessOptions& options)
      : column_(column), rows_(rows), options_(options) {
    const auto given = options.columns.find(column.name());
    if (given != options.columns.end()) own_ = given->second;
    plan_.name = column.name();
    plan_.kind = column.kind();
  }

  [[nodiscard]] Result fit() {
    switch (own_.treatment) {
      case Treatment::automatic:
        return fit_by_kind();
      case Treatment::number:
        return fit_number();
      case Treatment::date:
        return fit_date();
      case Treatment::ordinal:
      case Treatment::one_hot:
      case Treatment::embedding:
        return fit_categories(own_.treatment);
      case Treatment::ignore:
        break;
    }
    return "asked for";
  }

 private:
  [[nodiscard]] Result fit_by_kind() {
    switch (column_.kind()) {
      case ColumnKind::integer:
      case ColumnKind::real:
        return own_.order.empty() ? fit_number() : fit_categories(Treatment::automatic);
      case ColumnKind::boolean:
      case ColumnKind::categorical:
        return fit_categories(options_.categories);
      case ColumnKind::date:
        return fit_date();
      case ColumnKind::text:
        break;
    }
    return own_.order.empty() ? Result(why_text()) : fit_categories(Treatment::automatic);
  }
  [[nodiscard]] std::string why_text() const {
    const std::string why = why_no_numbers(column_);
    return why.empty() ? "text" : "text: " + why;
  }

  /// Calls `use(cell)` for each training row, and says which one it does not take.
  template <class Use>
  void each_cell(Use use) {
    for (const Index row : rows_) {
      const CellView cell = cell_of(column_, row);
      try {
        use(cell);
      } catch (const WrongCell& wrong) {
        throw OptionError("Preprocessor: column " + quoted_name(plan_.name) + ", row " + std::to_string(row) +
                          ": expected " + std::string(wrong.expected) + ", got " + shown_cell(cell) +
                          (std::holds_alternative<double>(cell)  // that is infinite
                               ? "; CsvOptions::missing takes it for a missing one if it is named there"
                               : ""));
      }
    }
  }

  /// The scale of the numbers that are there, which are sorted then; nothing if they are all the same.
  [[nodiscard]] std::optional<NumberScale> scale_of(std::vector<double>& values) const {
    if (values.empty()) return std::nullopt;
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    if (*least == *greatest) return std::nullopt;
    NumberScale scale =
        fit_scale(values, own_.scaling.value_or(options_.scaling), options_.quantiles, plan_.name);
    scale.fill = imputed(values, own_.imputation.value_or(options_.imputation),
                         own_.constant.value_or(options_.constant));
    if (!is_finite(scale.fill)) {
      throw OptionError("Preprocessor: column " + quoted_name(plan_.name) +
                        ": expected numbers that have a mean in double, got up to " +
                        python_repr(values.back()));
    }
    return scale;
  }
  [[nodiscard]] bool wants_indicator(std::size_t present) const {
    return present < rows_.size() && own_.indicator.value_or(options_.indicators);
  }
  /// The plan of numbers, once their scales are there.
  [[nodiscard]] Result finished(std::size_t present) {
    if (present == 0) return "missing in all training rows";
    plan_.indicator = wants_indicator(present);
    if (plan_.width() == 0) return same;
    return std::move(plan_);
  }

  [[nodiscard]] Result fit_number() {
    plan_.treatment = Treatment::number;
    std::vector<double> values;
    values.reserve(rows_.size());
    each_cell([&](const CellView& cell) {
      if (const auto x = ColumnPlan::number_of(cell)) values.push_back(*x);
    });
    if (const auto scale = scale_of(values)) plan_.scales.push_back(*scale);
    return finished(values.size());
  }

  [[nodiscard]] Result fit_date() {
    plan_.treatment = Treatment::date;
    std::vector<DateNumbers> dates;
    dates.reserve(rows_.size());
    each_cell([&](const CellView& cell) {
      if (const auto date = ColumnPlan::date_of(cell)) dates.push_back(date_numbers(*date));
    });
    std::vector<double> values;
    for (std::size_t i = 0; i < date_part_names.size(); ++i) {
      const auto part = static_cast<DatePart>(i);
      values.clear();
      for (const DateNumbers& date : dates) values.push_back(date[i]);
      const auto scale = scale_of(values);
      if (!scale) continue;
      plan_.parts.push_back(part);
      plan_.scales.push_back(*scale);
    }
    return finished(dates.size());
  }

  /// How many training rows have each category, and how many none.
  struct Counts {
    std::map<std::string, Index, std::less<>> of;
    Index missing = 0;
  };
  [[nodiscard]] Counts counts() {
    Counts result;
    if (column_.kind() == ColumnKind::categorical) {
      const Categories& categories = column_.categories();
      std::vector<Index> by_code(categories.names.size());
      for (const Index row : rows_) {
        const std::int32_t code = categories.codes[static_cast<std::size_t>(row)];
        ++(code < 0 ? result.missing : by_code[static_cast<std::size_t>(code)]);
      }
      for (std::size_t i = 0; i < by_code.size(); ++i) {
        if (by_code[i] > 0) result.of[categories.names[i]] += by_code[i];
      }
      return result;
    }
    NumberText room{};
    each_cell([&](const CellView& cell) {
      if (std::holds_alternative<std::monostate>(cell)) {
        ++result.missing;
        return;
      }
      const auto name = category_name(cell, room);
      if (!name) throw WrongCell{"a category"};
      const auto at = result.of.find(*name);
      at == result.of.end() ? static_cast<void>(result.of.emplace(*name, 1))
                            : static_cast<void>(++at->second);
    });
    return result;
  }

  [[nodiscard]] Result fit_categories(Treatment treatment) {
    const Counts found = counts();
    std::vector<std::string> names;
    if (!own_.order.empty()) {
      names = own_.order;
    } else if (column_.kind() == ColumnKind::boolean) {
      names = {"False", "True"};
    } else {
      for (const auto& [name, count] : found.of) {
        if (count >= options_.fewest) names.push_back(name);
      }
      if (column_.is_numeric()) sort_by_number(names);
    }
    // Whether the rows differ at all.
    const std::size_t different = found.of.size() + (found.missing > 0 ? 1 : 0);
    if (found.of.empty()) return "missing in all training rows";
    if (different < 2 || (names.empty() && found.missing == 0)) return same;
    plan_.categories = CategoryNames(std::move(names));
    if (const std::string* name = plan_.categories.repeated()) {
      throw OptionError("PreprocessOptions: order of " + quoted_name(plan_.name) + " has " +
                        quoted_name(*name) + " twice");
    }
    if (treatment == Treatment::automatic) treatment = options_.categories;
    plan_.missing_category = treatment != Treatment::ordinal && found.missing > 0;
    if (treatment == Treatment::automatic) {
      const bool few = static_cast<std::size_t>(plan_.category_count()) <= options_.most_one_hot;
      treatment = few ? Treatment::one_hot : Treatment::embedding;
    }
    plan_.treatment = treatment;
    if (treatment != Treatment::ordinal) return checked_categories();
    std::vector<double> places;
    each_cell([&](const CellView& cell) {
      const Index place = plan_.place_of(cell);
      if (place >= 0) places.push_back(static_cast<double>(place));
    });
    if (const auto scale = scale_of(places)) plan_.scales.push_back(*scale);
    return finished(places.size());
  }
  [[nodiscard]] Result checked_categories() {
    constexpr Index most = Index{1} << 24;  // whole numbers that a float holds
    if (plan_.category_count() >= most) {
      throw OptionError("Preprocessor: column " + quoted_name(plan_.name) + ": expected fewer than " +
                        std::to_string(most) + " categories, got " + std::to_string(plan_.category_count()));
    }
    return std::move(plan_);
  }
  static constexpr const char* same = "the same in all training rows";

  const Column& column_;
  std::span<const Index> rows_;
  const PreprocessOptions& options_;
  ColumnOptions own_;
  ColumnPlan plan_;
};

/// Throws OptionError for a name that the table has not.
inline void check_columns_are_there(const Table& table, const PreprocessOptions& options) {
  const auto there = [&](const std::string& name, const char* where) {
    if (table.contains(name)) return;
    throw OptionError(std::string("PreprocessOptions: ") + where + " names " + quoted_name(name) +
                      ", the table has no such column; there is " + quoted_names(table.names()));
  };
  for (const std::string& name : options.leave_out) there(name, "leave_out");
  for (const auto& item : options.columns) there(item.first, "columns");
}

}  // namespace detail

WICK_END_NAMESPACE

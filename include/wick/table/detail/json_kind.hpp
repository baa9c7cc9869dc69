#pragma once

// What kind of column the values of one key of JSON lines make, without keeping them.

#include <wick/base/number.hpp>
#include <wick/table/column.hpp>
#include <wick/table/detail/calendar.hpp>
#include <wick/table/detail/dictionary.hpp>
#include <wick/table/detail/field_values.hpp>
#include <wick/table/detail/json_column.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Takes values as JsonColumn does and finds the kind that it would find. Of a kind that was given nothing is
/// checked; JsonColumn does that when it reads the values.
class JsonKind {
 public:
  JsonKind(std::optional<ColumnKind> kind, std::size_t missing, const JsonRules& rules)
      : given_(kind), rules_(rules), size_(missing), has_missing_(missing > 0) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::optional<ColumnKind> kind() const noexcept { return given_; }

  bool add_missing() {
    ++size_;
    has_missing_ = true;
    return true;
  }
  bool add_truth(bool truth) {
    if (given_ == ColumnKind::categorical) add_name(truth ? "True" : "False");
    return see(ColumnKind::boolean);
  }
  bool add_number(std::string_view digits) {
    if (given_ == ColumnKind::categorical) add_name(digits);
    const ParsedNumber number = NumberParser()(digits);
    if (!given_ && seen_ != ColumnKind::text && seen_ != ColumnKind::boolean && !is_finite(number.real))
      return false;
    has_wide_ = has_wide_ || number.form == NumberForm::wide_integer;
    return see(number.form == NumberForm::real ? ColumnKind::real : ColumnKind::integer);
  }
  bool add_text(std::string_view text) {
    add_name(text);
    const ParsedDate date = parse_date(text);
    only_dates_ = only_dates_ && date.ok && in_utc_.value_or(date.in_utc) == date.in_utc;
    in_utc_ = date.in_utc;
    return see(ColumnKind::text);
  }

  [[nodiscard]] ColumnKind found() const {
    if (given_) return *given_;
    if (mixed_) return ColumnKind::text;
    if (!seen_) return ColumnKind::real;
    if (*seen_ == ColumnKind::integer && has_wide_) return ColumnKind::text;
    if (*seen_ == ColumnKind::integer) return has_missing_ ? ColumnKind::real : ColumnKind::integer;
    if (*seen_ != ColumnKind::text) return *seen_;
    if (rules_.find_dates && only_dates_) return ColumnKind::date;
    return few_names_ && 2 * names_.names().size() <= words_ ? ColumnKind::categorical : ColumnKind::text;
  }
  /// Of the categories, sorted.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result = names_.names();
    std::sort(result.begin(), result.end());
    return result;
  }

 private:
  bool see(ColumnKind kind) {
    ++size_;
    const auto is_number = [](ColumnKind x) { return x == ColumnKind::integer || x == ColumnKind::real; };
    if (!seen_ || *seen_ == kind) {
      seen_ = kind;
    } else if (is_number(*seen_) && is_number(kind)) {
      seen_ = ColumnKind::real;
    } else {
      mixed_ = true;
      seen_ = ColumnKind::text;
    }
    return true;
  }
  void add_name(std::string_view text) {
    ++words_;
    const std::size_t most =
        given_ == ColumnKind::categorical ? JsonColumn::most_names : rules_.most_categories;
    if (!few_names_ || (given_ && *given_ != ColumnKind::categorical)) return;
    few_names_ = names_.number_of(text, most).has_value();
    if (!few_names_) names_ = {};
  }

  std::optional<ColumnKind> given_;
  JsonRules rules_;
  std::size_t size_;
  bool has_missing_;
  bool has_wide_ = false;  // integers past 64 bits
  std::optional<ColumnKind> seen_;
  bool mixed_ = false;
  bool only_dates_ = true;
  std::optional<bool> in_utc_;
  bool few_names_ = true;
  std::size_t words_ = 0;
  Dictionary names_;
};

}  // namespace detail

WICK_END_NAMESPACE

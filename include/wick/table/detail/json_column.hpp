#pragma once

// The values of one key of JSON lines as they come, and what kind of column they make.

#include <wick/base/number.hpp>
#include <wick/table/column.hpp>
#include <wick/table/detail/calendar.hpp>
#include <wick/table/detail/dictionary.hpp>
#include <wick/table/detail/field_values.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What the columns of JSON lines have in common.
struct JsonRules {
  std::size_t most_categories;
  bool find_dates;
};

/// Takes the values of one column and keeps them under the narrowest kind that holds them all, or under the
/// kind that was given. What add functions return says whether the value fits.
class JsonColumn {
 public:
  /// A column of a kind that is known, or one to be found, of which the first `missing` rows have no value.
  JsonColumn(std::optional<ColumnKind> kind, std::size_t missing, const JsonRules& rules)
      : kind_(kind), rules_(rules) {
    for (std::size_t i = 0; i < missing && add_missing(); ++i) {
    }
  }

  /// More names than any column has.
  static constexpr std::size_t most_names = std::size_t{1} << 30;

  /// Rows so far.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The kind that was given.
  [[nodiscard]] std::optional<ColumnKind> kind() const noexcept { return kind_; }

  bool add_missing() {
    if (kind_ == ColumnKind::integer) return false;
    if (auto* integers = std::get_if<Integers>(&values_)) {
      missing_.push_back(size_);
      integers->values.push_back(0);
    }
    ++size_;
    if (auto* reals = std::get_if<Reals>(&values_)) {
      reals->values.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if (auto* truths = std::get_if<Booleans>(&values_)) {
      truths->values.push_back(Booleans::missing);
    } else if (auto* texts = std::get_if<Texts>(&values_)) {
      texts->add_missing();
    }
    return true;
  }
  bool add_truth(bool truth) {
    if (kind_ && *kind_ != ColumnKind::boolean && !keeps_texts()) return false;
    if (keeps_texts() || !become<Booleans>()) return add_other(truth ? "True" : "False");
    ++size_;
    std::get<Booleans>(values_).values.push_back(truth ? 1 : 0);
    return true;
  }
  /// A number of JSON; false as well if it is beyond double.
  bool add_number(std::string_view digits) {
    const bool numeric = !kind_ || *kind_ == ColumnKind::integer || *kind_ == ColumnKind::real;
    if (!numeric && !keeps_texts()) return false;
    if (keeps_texts() || std::holds_alternative<Booleans>(values_)) return add_other(digits);
    const ParsedNumber number = NumberParser()(digits);
    const bool wide = number.form == NumberForm::wide_integer;
    if (kind_ == ColumnKind::integer && number.form != NumberForm::integer) return false;
    if (!is_finite(number.real)) return false;
    if (kind_ == ColumnKind::real) become<Reals>();
    if ((wide || number.form == NumberForm::integer) && become<Integers>()) {
      if (wide) wide_.emplace_back(size_, digits);
      std::get<Integers>(values_).values.push_back(wide ? 0 : number.integer);
    } else {
      if (!become<Reals>()) to_reals();
      // -0 is the integer 0.
      const bool whole = number.form == NumberForm::integer;
      std::get<Reals>(values_).values.push_back(whole ? static_cast<double>(number.integer) : number.real);
    }
    ++size_;
    return true;
  }
  bool add_text(std::string_view text) {
    if (kind_ && !keeps_texts() && *kind_ != ColumnKind::date) return false;
    if (kind_ == ColumnKind::date && !parse_date(text).ok) return false;
    return add_word(text);
  }

  /// All of it.
  [[nodiscard]] Column::Values finish() {
    if (std::holds_alternative<std::monostate>(values_)) begin_given();
    if (std::holds_alternative<Integers>(values_)) {
      if (!wide_.empty()) {
        to_texts();
      } else if (!missing_.empty()) {
        to_reals();
      }
    }
    auto* texts = std::get_if<Texts>(&values_);
    if (texts == nullptr) {
      return std::visit(
          [](auto& values) -> Column::Values {
            if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) {
              return Reals{};
            } else {
              return std::move(values);
            }
          },
          values_);
    }
    if (kind_ == ColumnKind::text || (!kind_ && mixed_)) return std::move(*texts);
    if (kind_ == ColumnKind::date || (!kind_ && rules_.find_dates)) {
      if (auto dates = as_dates(*texts)) return std::move(*dates);
    }
    const bool given = kind_ == ColumnKind::categorical;
    if (auto categories = as_categories(*texts, given ? most_names : rules_.most_categories, given)) {
      return std::move(*categories);
    }
    return std::move(*texts);
  }

 private:
  [[nodiscard]] bool keeps_texts() const noexcept {
    return kind_ ? *kind_ == ColumnKind::text || *kind_ == ColumnKind::categorical
                 : std::holds_alternative<Texts>(values_);
  }

  /// Whether the values are of this kind, which those that are not known yet become.
  template <class Kind>
  bool become() {
    if (std::holds_alternative<std::monostate>(values_)) {
      if constexpr (std::is_same_v<Kind, Integers>) {
        values_ = Integers{std::vector<std::int64_t>(size_, 0)};
        for (std::size_t i = 0; i < size_; ++i) missing_.push_back(i);
      } else if constexpr (std::is_same_v<Kind, Reals>) {
        values_ = Reals{std::vector<double>(size_, std::numeric_limits<double>::quiet_NaN())};
      } else if constexpr (std::is_same_v<Kind, Booleans>) {
        values_ = Booleans{std::vector<std::int8_t>(size_, Booleans::missing)};
      } else {
        Texts texts;
        for (std::size_t i = 0; i < size_; ++i) texts.add_missing();
        values_ = std::move(texts);
      }
    }
    return std::holds_alternative<Kind>(values_);
  }
  void to_reals() {
    const auto* integers = std::get_if<Integers>(&values_);
    if (integers == nullptr) return;
    Reals reals{std::vector<double>(integers->values.begin(), integers->values.end())};
    for (const std::size_t i : missing_) reals.values[i] = std::numeric_limits<double>::quiet_NaN();
    for (const auto& [i, digits] : wide_) reals.values[i] = NumberParser()(digits).real;
    values_ = std::move(reals);
  }
  bool add_word(std::string_view text) {
    if (!become<Texts>()) to_texts();
    ++size_;
    std::get<Texts>(values_).add(text);
    return true;
  }
  /// The text of a value that is none itself.
  bool add_other(std::string_view text) {
    mixed_ = true;
    return add_word(text);
  }
  void to_texts() {
    Texts texts;
    if (const auto* integers = std::get_if<Integers>(&values_)) {
      auto missing = missing_.begin();
      auto wide = wide_.begin();
      for (std::size_t i = 0; i < integers->values.size(); ++i) {
        if (missing != missing_.end() && *missing == i) {
          texts.add_missing();
          ++missing;
        } else if (wide != wide_.end() && wide->first == i) {
          texts.add((wide++)->second);
        } else {
          texts.add(std::to_string(integers->values[i]));
        }
      }
    } else {
      const auto* reals = std::get_if<Reals>(&values_);
      const Column column({}, reals != nullptr ? Column::Values(*reals) : std::get<Booleans>(values_));
      for (Index row = 0; row < column.size(); ++row) {
        column.is_missing(row) ? texts.add_missing() : texts.add(column.text(row));
      }
    }
    values_ = std::move(texts);
    mixed_ = true;
  }
  /// Nothing but missing values: an empty column of the kind that was given, reals without one.
  void begin_given() {
    if (kind_ == ColumnKind::boolean) {
      become<Booleans>();
    } else if (kind_ && *kind_ != ColumnKind::real && *kind_ != ColumnKind::integer) {
      become<Texts>();
    } else {
      become<Reals>();
    }
  }

  [[nodiscard]] std::optional<Dates> as_dates(const Texts& texts) const {
    Dates dates;
    std::optional<bool> in_utc;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (texts.is_missing(i)) {
        dates.microseconds.push_back(Dates::missing);
        continue;
      }
      const ParsedDate date = parse_date(texts[i]);
      if (!date.ok || (!kind_ && in_utc.value_or(date.in_utc) != date.in_utc)) return std::nullopt;
      in_utc = date.in_utc;
      dates.microseconds.push_back(date.microseconds);
    }
    if (!in_utc && kind_ != ColumnKind::date) return std::nullopt;
    return dates;
  }
  [[nodiscard]] static std::optional<Categories> as_categories(const Texts& texts, std::size_t most,
                                                               bool given) {
    Dictionary dictionary;
    Categories result;
    std::size_t words = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (texts.is_missing(i)) {
        result.codes.push_back(Categories::missing);
        continue;
      }
      const auto code = dictionary.number_of(texts[i], most);
      if (!code) return std::nullopt;
      result.codes.push_back(*code);
      ++words;
    }
    const std::size_t count = dictionary.names().size();
    if (!given && 2 * count > words) return std::nullopt;
    result.names = dictionary.names();
    sort_names(result);
    return result;
  }

  std::optional<ColumnKind> kind_;
  JsonRules rules_;
  std::size_t size_ = 0;
  bool mixed_ = false;  // values that are no texts are among the texts
  std::variant<std::monostate, Integers, Reals, Booleans, Texts> values_;
  // Integers become reals or texts when all are known: those that are missing, and those past 64 bits.
  std::vector<std::size_t> missing_;
  std::vector<std::pair<std::size_t, std::string>> wide_;
};

}  // namespace detail

WICK_END_NAMESPACE

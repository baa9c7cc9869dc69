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

/// Takes the values of one column and keeps them under the narrowest kind that holds them all, or under the
/// kind that was given. What add functions return says whether the value fits.
class JsonColumn {
 public:
  /// A column of a kind that is known, or one to be found, of which the first `missing` rows have no value.
  JsonColumn(std::optional<ColumnKind> kind, std::size_t missing) : kind_(kind) {
    for (std::size_t i = 0; i < missing && add_missing(); ++i) {
    }
  }

  /// Rows so far.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The kind that was given.
  [[nodiscard]] std::optional<ColumnKind> kind() const noexcept { return kind_; }

  bool add_missing() {
    if (kind_ == ColumnKind::integer) return false;
    ++size_;
    if (std::holds_alternative<Integers>(values_)) to_reals();
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
    if (keeps_texts() || !become<Booleans>()) return add_word(truth ? "True" : "False");
    ++size_;
    std::get<Booleans>(values_).values.push_back(truth ? 1 : 0);
    return true;
  }
  /// A number of JSON; false as well if it is beyond double.
  bool add_number(std::string_view digits) {
    const bool numeric = !kind_ || *kind_ == ColumnKind::integer || *kind_ == ColumnKind::real;
    if (!numeric && !keeps_texts()) return false;
    if (keeps_texts() || std::holds_alternative<Booleans>(values_)) return add_word(digits);
    const ParsedNumber number = NumberParser()(digits);
    if (number.form == NumberForm::integer) {
      if (kind_ == ColumnKind::real) become<Reals>();
      if (become<Integers>()) {
        std::get<Integers>(values_).values.push_back(number.integer);
      } else {
        std::get<Reals>(values_).values.push_back(number.real);
      }
      ++size_;
      return true;
    }
    if (kind_ == ColumnKind::integer || !is_finite(number.real)) return false;
    const bool digits_alone = number.form == NumberForm::wide_integer;
    if (digits_alone && !kind_ && !std::holds_alternative<Reals>(values_)) return add_word(digits);
    if (!become<Reals>()) to_reals();
    ++size_;
    std::get<Reals>(values_).values.push_back(number.real);
    return true;
  }
  bool add_text(std::string_view text) {
    if (kind_ && !keeps_texts() && *kind_ != ColumnKind::date) return false;
    if (kind_ == ColumnKind::date && !parse_date(text).ok) return false;
    return add_word(text);
  }

  /// All of it.
  [[nodiscard]] Column::Values finish(std::size_t most_categories, bool find_dates) {
    if (std::holds_alternative<std::monostate>(values_)) begin_given();
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
    if (kind_ == ColumnKind::date || (!kind_ && find_dates)) {
      if (auto dates = as_dates(*texts)) return std::move(*dates);
    }
    const bool given = kind_ == ColumnKind::categorical;
    if (auto categories = as_categories(*texts, given ? most_names : most_categories, given)) {
      return std::move(*categories);
    }
    return std::move(*texts);
  }

 private:
  static constexpr std::size_t most_names = std::size_t{1} << 30;

  [[nodiscard]] bool keeps_texts() const noexcept {
    return kind_ ? *kind_ == ColumnKind::text || *kind_ == ColumnKind::categorical
                 : std::holds_alternative<Texts>(values_);
  }

  /// Whether the values are of this kind, which those that are not known yet become.
  template <class Kind>
  bool become() {
    if (std::holds_alternative<std::monostate>(values_)) {
      if constexpr (std::is_same_v<Kind, Integers>) {
        if (size_ > 0) return become<Reals>(), false;
        values_ = Integers();
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
    values_ = Reals{std::vector<double>(integers->values.begin(), integers->values.end())};
  }
  bool add_word(std::string_view text) {
    if (!become<Texts>()) to_texts();
    ++size_;
    std::get<Texts>(values_).add(text);
    return true;
  }
  void to_texts() {
    const Column column(
        {}, std::holds_alternative<Integers>(values_) ? Column::Values(std::get<Integers>(values_))
            : std::holds_alternative<Reals>(values_)  ? Column::Values(std::get<Reals>(values_))
                                                      : std::get<Booleans>(values_));
    Texts texts;
    for (Index row = 0; row < column.size(); ++row) {
      column.is_missing(row) ? texts.add_missing() : texts.add(column.text(row));
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
  std::size_t size_ = 0;
  bool mixed_ = false;  // values of several kinds
  std::variant<std::monostate, Integers, Reals, Booleans, Texts> values_;
};

}  // namespace detail

WICK_END_NAMESPACE

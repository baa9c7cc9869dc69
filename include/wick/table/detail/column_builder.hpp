#pragma once

// The fields of a column as they come, and what kind of values they are.

#include <wick/table/column.hpp>
#include <wick/table/csv_options.hpp>
#include <wick/table/detail/calendar.hpp>
#include <wick/table/detail/dictionary.hpp>
#include <wick/table/detail/field_values.hpp>
#include <wick/table/detail/row_forecast.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What the fields of all columns have in common.
struct FieldRules {
  NumberParser number;
  MissingTexts missing;
  std::size_t most_categories;
  bool find_dates;
};

/// Takes the fields of one column and keeps their values under the narrowest kind that holds them all.
///
/// Kinds widen: missing values alone become anything; integers become reals; everything else that does not
/// fit makes texts. Where values have been kept that are no texts any more, the column is in conflict: it is
/// read again as text, from the beginning of the file.
class ColumnBuilder {
 public:
  enum class State : std::uint8_t { empty, integer, real, boolean, date, words, text, conflict, ignored };

  /// A column whose kind is to be found.
  ColumnBuilder() = default;
  /// One of a kind that is known, and perhaps with the names of its categories.
  explicit ColumnBuilder(ColumnKind kind, Dictionary dictionary = {})
      : fixed_(kind), dictionary_(std::move(dictionary)) {
    switch (kind) {
      case ColumnKind::integer:
        state_ = State::integer;
        break;
      case ColumnKind::real:
        state_ = State::real;
        break;
      case ColumnKind::boolean:
        state_ = State::boolean;
        break;
      case ColumnKind::categorical:
        state_ = State::words;
        break;
      case ColumnKind::date:
        state_ = State::date;
        break;
      case ColumnKind::text:
        state_ = State::text;
        break;
    }
  }
  /// A column of texts, categorical or not.
  [[nodiscard]] static ColumnBuilder of_words() {
    ColumnBuilder result;
    result.state_ = State::words;
    return result;
  }
  /// One that is not read.
  [[nodiscard]] static ColumnBuilder of_nothing() {
    ColumnBuilder result;
    result.state_ = State::ignored;
    return result;
  }

  [[nodiscard]] State state() const noexcept { return state_; }

  /// Takes a field. False if it does not fit the kind that was given; expected() says what would.
  bool add(std::string_view field, const FieldRules& rules, const RowForecast& forecast) {
    switch (state_) {
      case State::integer:
      case State::real: {
        if (rules.missing.has_value() && rules.missing.contains(field)) break;
        const ParsedNumber number = rules.number(field);
        if (number.form == NumberForm::none) break;
        return add_number(number, forecast);
      }
      case State::conflict:
      case State::ignored:
        return true;
      case State::text:
        if (rules.missing.contains(field)) {
          texts_.add_missing();
        } else {
          add_text(field, forecast);
        }
        return true;
      case State::words:
        if (rules.missing.contains(field)) break;
        return add_word(field, rules, forecast);
      case State::boolean:
      case State::date:
      case State::empty:
        break;
    }
    return add_other(field, rules, forecast);
  }
  /// Takes a field that is not there.
  bool add_missing(const RowForecast& forecast) {
    switch (state_) {
      case State::empty:
        ++only_missing_;
        return true;
      case State::integer:
        if (fixed_) return false;
        to_reals(forecast);
        [[fallthrough]];
      case State::real:
        push(reals_, std::numeric_limits<double>::quiet_NaN(), forecast);
        return true;
      case State::boolean:
        push(booleans_, Booleans::missing, forecast);
        return true;
      case State::date:
        push(integers_, Dates::missing, forecast);
        return true;
      case State::words:
        push(codes_, Categories::missing, forecast);
        return true;
      case State::text:
        texts_.add_missing();
        return true;
      case State::conflict:
      case State::ignored:
        break;
    }
    return true;
  }

  /// For messages: `a number`.
  [[nodiscard]] std::string_view expected() const noexcept {
    switch (state_) {
      case State::integer:
        return "an integer of 64 bits";
      case State::real:
        return "a number";
      case State::boolean:
        return "true or false";
      case State::date:
        return date_zone_ == Zone::both ? "a date with a zone as the others" : "a date such as 2024-02-29";
      case State::empty:
      case State::words:
      case State::text:
      case State::conflict:
      case State::ignored:
        break;
    }
    return "a text";
  }

  /// Settles the kind after the last row. In conflict if the column has to be read again.
  void finish(const FieldRules& rules) {
    if (fixed_ && state_ != State::words) return;
    if (state_ == State::real && wide_integers_ && !fractions_) become_conflict();
    if (state_ != State::words) return;
    // Names that come twice each, on average.
    const std::size_t names = dictionary_.names().size();
    if (!fixed_ && (names > rules.most_categories || 2 * names > words_)) to_texts();
  }
  /// The kind that was found; without rows, text.
  [[nodiscard]] ColumnKind kind() const noexcept {
    switch (state_) {
      case State::integer:
        return ColumnKind::integer;
      case State::real:
        return ColumnKind::real;
      case State::boolean:
        return ColumnKind::boolean;
      case State::date:
        return ColumnKind::date;
      case State::words:
        return ColumnKind::categorical;
      case State::empty:
        return only_missing_ > 0 ? ColumnKind::real : ColumnKind::text;
      case State::text:
      case State::conflict:
      case State::ignored:
        break;
    }
    return ColumnKind::text;
  }
  [[nodiscard]] const Dictionary& dictionary() const noexcept { return dictionary_; }

  /// The values; the builder has none then, but keeps its kind and, if `keep_names`, the names of its
  /// categories, so that codes mean the same in what comes. Otherwise names are sorted.
  [[nodiscard]] Column::Values take(bool keep_names) {
    switch (state_) {
      case State::integer:
        negative_zeros_.clear();
        return Integers{fitted(integers_)};
      case State::real:
        return Reals{fitted(reals_)};
      case State::boolean:
        return Booleans{fitted(booleans_)};
      case State::date:
        return Dates{fitted(integers_)};
      case State::words: {
        Categories result{fitted(codes_), dictionary_.names()};
        if (!keep_names) sort_names(result);
        return result;
      }
      case State::empty:
        if (only_missing_ > 0) {
          return Reals{
              std::vector<double>(std::exchange(only_missing_, 0), std::numeric_limits<double>::quiet_NaN())};
        }
        return Texts();
      case State::text:
      case State::conflict:
      case State::ignored:
        break;
    }
    return std::exchange(texts_, Texts());
  }
  /// Forgets the values and keeps what is known of their kind.
  void drop_values() {
    integers_.clear();
    reals_.clear();
    booleans_.clear();
    codes_.clear();
    negative_zeros_.clear();
    texts_ = Texts();
    only_missing_ = (std::min)(only_missing_, std::size_t{1});
  }

 private:
  enum class Zone : std::uint8_t { unknown, none, utc, both };

  template <class T>
  static void push(std::vector<T>& values, T value, const RowForecast& forecast) {
    if (values.size() == values.capacity()) values.reserve(forecast.capacity_for(values.size()));
    values.push_back(value);
  }
  /// The values in memory of their size, unless a copy would win little.
  template <class T>
  [[nodiscard]] static std::vector<T> fitted(std::vector<T>& values) {
    std::vector<T> result = std::exchange(values, {});
    if (result.capacity() - result.size() > result.size() / 16 + 64) result.shrink_to_fit();
    return result;
  }

  bool add_number(const ParsedNumber& number, const RowForecast& forecast) {
    if (state_ == State::integer) {
      if (number.form == NumberForm::integer) {
        if (number.negative && number.integer == 0) negative_zeros_.push_back(integers_.size());
        push(integers_, number.integer, forecast);
        return true;
      }
      if (fixed_) return false;
      to_reals(forecast);
    }
    if (number.form == NumberForm::wide_integer) wide_integers_ = true;
    if (number.form == NumberForm::real && !fractions_) {
      fractions_ = true;
      for (const std::size_t i : std::exchange(negative_zeros_, {})) reals_[i] = -0.0;
    }
    const bool whole = number.form == NumberForm::integer && !fractions_ && !fixed_;
    if (whole && number.negative && number.integer == 0) negative_zeros_.push_back(reals_.size());
    push(reals_, whole ? static_cast<double>(number.integer) : number.real, forecast);
    return true;
  }

  /// A text in a column of reals and so on; the first of a column.
  bool add_other(std::string_view field, const FieldRules& rules, const RowForecast& forecast) {
    if (rules.missing.contains(field)) return add_missing(forecast);
    if (state_ == State::boolean) {
      std::int8_t truth = parse_boolean(field);
      if (truth < 0 && fixed_ && (field == "0" || field == "1"))
        truth = static_cast<std::int8_t>(field[0] - '0');
      if (truth >= 0) {
        push(booleans_, truth, forecast);
        return true;
      }
    } else if (state_ == State::date) {
      const ParsedDate date = parse_date(field);
      if (date.ok && is_zone(date.in_utc)) {
        push(integers_, date.microseconds, forecast);
        return true;
      }
    } else if (state_ == State::empty) {
      begin(field, rules, forecast);
      return add(field, rules, forecast);
    }
    if (fixed_) return false;
    become_conflict();
    return true;
  }

  /// The first field that is not missing says what the column is, for the time being.
  void begin(std::string_view field, const FieldRules& rules, const RowForecast& forecast) {
    const NumberForm form = rules.number(field).form;
    if (form == NumberForm::integer && only_missing_ == 0) {
      state_ = State::integer;
    } else if (form != NumberForm::none) {
      state_ = State::real;
    } else if (parse_boolean(field) >= 0) {
      state_ = State::boolean;
    } else if (rules.find_dates && parse_date(field).ok) {
      state_ = State::date;
    } else {
      state_ = State::words;
    }
    for (std::size_t n = std::exchange(only_missing_, 0); n > 0; --n) add_missing(forecast);
  }

  bool add_word(std::string_view field, const FieldRules& rules, const RowForecast& forecast) {
    constexpr std::size_t plenty = std::size_t{1} << 30;
    const auto code = dictionary_.number_of(field, fixed_ ? plenty : rules.most_categories);
    if (code) {
      ++words_;
      push(codes_, *code, forecast);
      return true;
    }
    if (fixed_) return false;
    to_texts();
    add_text(field, forecast);
    return true;
  }
  void add_text(std::string_view field, const RowForecast& forecast) {
    // Characters need as much room for each text to come as for those that are there.
    if (const std::size_t n = texts_.size(); n >= 1024 && (n & (n - 1)) == 0) {
      const std::size_t rows = forecast.capacity_for(n);
      const double bytes = static_cast<double>(texts_.byte_size()) / static_cast<double>(n);
      texts_.reserve(rows, RowForecast::as_size(bytes * static_cast<double>(rows) * 1.02));
    }
    texts_.add(field);
  }

  [[nodiscard]] bool is_zone(bool in_utc) noexcept {
    const Zone zone = in_utc ? Zone::utc : Zone::none;
    if (date_zone_ == Zone::unknown) date_zone_ = zone;
    if (date_zone_ != zone) date_zone_ = Zone::both;
    return date_zone_ == zone;
  }

  void to_reals(const RowForecast& forecast) {
    if (!integers_.empty()) reals_.reserve(forecast.capacity_for(integers_.size()));
    for (const std::int64_t x : integers_) reals_.push_back(static_cast<double>(x));
    integers_ = {};
    state_ = State::real;
  }
  void to_texts() {
    Texts texts;
    texts.reserve(codes_.size() + codes_.size() / 8, 0);
    for (const std::int32_t code : codes_) {
      code < 0 ? texts.add_missing() : texts.add(dictionary_.names()[static_cast<std::size_t>(code)]);
    }
    texts_ = std::move(texts);
    codes_ = {};
    dictionary_ = {};
    state_ = State::text;
  }
  void become_conflict() {
    *this = ColumnBuilder();
    state_ = State::conflict;
  }

  State state_ = State::empty;
  Zone date_zone_ = Zone::unknown;
  bool wide_integers_ = false;  // one is past 64 bits
  bool fractions_ = false;      // one is no integer
  std::optional<ColumnKind> fixed_;
  std::size_t only_missing_ = 0;  // fields, while there are no others
  std::vector<std::int64_t> integers_;
  std::vector<std::size_t>
      negative_zeros_;  // where integers are -0: should there be a fraction, they stay so
  std::vector<double> reals_;
  std::vector<std::int8_t> booleans_;
  std::vector<std::int32_t> codes_;
  std::size_t words_ = 0;  // codes of names
  Dictionary dictionary_;
  Texts texts_;
};

}  // namespace detail

WICK_END_NAMESPACE

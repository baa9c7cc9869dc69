#pragma once

// What the text of a field says: a number, a truth value, nothing.

#include <wick/version.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What isspace() says in the locale "C".
[[nodiscard]] constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Whether two texts of ASCII are equal but for the case of letters.
[[nodiscard]] constexpr bool same_letters(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

enum class NumberForm : std::uint8_t {
  none,          ///< not a number
  integer,       ///< digits alone, which fit in int64
  wide_integer,  ///< digits alone, which do not
  real,          ///< with a decimal, an exponent, or infinite
};

struct ParsedNumber {
  NumberForm form = NumberForm::none;
  bool negative = false;
  std::int64_t integer = 0;
  double real = 0;  ///< of every form, rounded to nearest
};

/// The number in `text`: a sign, digits and one decimal, an exponent of ten, in that order, or `inf` or
/// `infinity` in any case; around it may be spaces. Rounded to nearest, ties to even; what is too large is
/// infinite.
class NumberParser {
 public:
  explicit NumberParser(char decimal = '.') : decimal_(decimal) {}

  [[nodiscard]] ParsedNumber operator()(std::string_view text) const {
    Scan scan{.at = text.data(), .end = text.data() + text.size()};
    while (scan.at != scan.end && is_space(*scan.at)) ++scan.at;
    while (scan.at != scan.end && is_space(scan.end[-1])) --scan.end;
    if (scan.at == scan.end) return {};
    const bool spaces = scan.end - scan.at != static_cast<std::ptrdiff_t>(text.size());
    ParsedNumber result;
    if (*scan.at == '-' || *scan.at == '+') result.negative = *scan.at++ == '-';
    const char* const digits = scan.at;
    take_digits(scan);
    scan.count = scan.at - digits;
    if (scan.at == scan.end && scan.count != 0) return whole(result, {digits, scan.end}, scan.mantissa);
    if (scan.at != scan.end && *scan.at == decimal_) {
      const char* const fraction = ++scan.at;
      take_digits(scan);
      scan.exponent = fraction - scan.at;
      scan.count += scan.at - fraction;
    }
    // Words are numbers only without spaces around them, as for pandas.
    if (scan.count == 0) return spaces ? ParsedNumber() : infinite(result, {digits, scan.end});
    if (scan.at != scan.end && !take_exponent(scan)) return {};
    result.form = NumberForm::real;
    result.real = value_of(scan, digits);
    if (result.negative) result.real = -result.real;
    return result;
  }

 private:
  /// Where a number is read, and what it is so far: the mantissa of all its digits, which has wrapped around
  /// if there are more than 19, times a power of ten.
  struct Scan {
    const char* at;
    const char* end;
    std::uint64_t mantissa = 0;
    std::ptrdiff_t count = 0;
    std::ptrdiff_t exponent = 0;
  };

  static constexpr std::array<double, 23> powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

  /// Eight digits at once, which lie in a word with the first one lowest: pairs become numbers below 100,
  /// then those of four digits, then one.
  [[nodiscard]] static bool take_eight(Scan& scan) noexcept {
    if (std::endian::native != std::endian::little || scan.end - scan.at < 8) return false;
    std::uint64_t word = 0;
    std::memcpy(&word, scan.at, sizeof(word));
    constexpr std::uint64_t upper = 0xF0F0F0F0F0F0F0F0U;
    constexpr std::uint64_t threes = 0x3030303030303030U;
    constexpr std::uint64_t sixes = 0x0606060606060606U;  // carries from '9' + 1 on
    if ((word & upper) != threes || ((word + sixes) & upper) != threes) return false;
    word -= threes;
    word = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FFU;
    word = (word * 100 + (word >> 16)) & 0x0000FFFF0000FFFFU;
    word = (word * 10'000 + (word >> 32)) & 0x00000000FFFFFFFFU;
    scan.mantissa = scan.mantissa * 100'000'000 + word;
    scan.at += 8;
    return true;
  }
  static void take_digits(Scan& scan) noexcept {
    while (take_eight(scan)) {
    }
    while (scan.at != scan.end && is_digit(*scan.at)) {
      scan.mantissa = scan.mantissa * 10 + static_cast<unsigned>(*scan.at++ - '0');
    }
  }
  /// An exponent to the end; false if there is anything else.
  [[nodiscard]] static bool take_exponent(Scan& scan) noexcept {
    if (*scan.at != 'e' && *scan.at != 'E') return false;
    ++scan.at;
    bool down = false;
    if (scan.at != scan.end && (*scan.at == '-' || *scan.at == '+')) down = *scan.at++ == '-';
    if (scan.at == scan.end) return false;
    std::ptrdiff_t power = 0;
    for (; scan.at != scan.end; ++scan.at) {
      if (!is_digit(*scan.at)) return false;
      if (power < plenty / 10) power = power * 10 + (*scan.at - '0');
    }
    scan.exponent += down ? -power : power;
    return true;
  }
  /// More than a text has digits to undo it.
  static constexpr std::ptrdiff_t plenty = std::ptrdiff_t{1} << 30;

  [[nodiscard]] static ParsedNumber infinite(ParsedNumber result, std::string_view text) noexcept {
    if (!same_letters(text, "inf") && !same_letters(text, "infinity")) return {};
    result.form = NumberForm::real;
    result.real = std::numeric_limits<double>::infinity();
    if (result.negative) result.real = -result.real;
    return result;
  }

  /// Without the sign; `digits` is where the number begins.
  [[nodiscard]] double value_of(const Scan& scan, const char* digits) const {
    constexpr std::uint64_t exact = std::uint64_t{1} << 53;
    constexpr std::ptrdiff_t most_digits = 19;
    constexpr auto most_power = static_cast<std::ptrdiff_t>(powers.size()) - 1;
    // What is computed with more bits would be rounded a second time.
    constexpr bool rounds_once = FLT_EVAL_METHOD == 0;
    if (!rounds_once || scan.count > most_digits || scan.mantissa > exact || scan.exponent > most_power ||
        scan.exponent < -most_power) {
      return rounded({digits, scan.end}, false);
    }
    // Both are exact, and their product or quotient is rounded once.
    const auto value = static_cast<double>(scan.mantissa);
    return scan.exponent < 0 ? value / powers[static_cast<std::size_t>(-scan.exponent)]
                             : value * powers[static_cast<std::size_t>(scan.exponent)];
  }

  [[nodiscard]] ParsedNumber whole(ParsedNumber result, std::string_view digits, std::uint64_t value) const {
    constexpr std::uint64_t limit = std::uint64_t{1} << 63;
    std::string_view significant = digits;
    if (digits.size() > 19) {
      while (significant.size() > 1 && significant.front() == '0') significant.remove_prefix(1);
    }
    // With 19 digits it has not wrapped around.
    if (significant.size() > 19 || value > limit || (value == limit && !result.negative)) {
      result.form = NumberForm::wide_integer;
      result.real = rounded(digits, result.negative);
      return result;
    }
    result.form = NumberForm::integer;
    result.integer = static_cast<std::int64_t>(result.negative ? 0 - value : value);
    result.real = result.negative ? -static_cast<double>(value) : static_cast<double>(value);
    return result;
  }

  /// `text` has digits and perhaps a decimal and an exponent, no sign.
  [[nodiscard]] double rounded(std::string_view text, bool negative) const {
    std::string with_point;
    if (decimal_ != '.') {
      with_point = text;
      std::replace(with_point.begin(), with_point.end(), decimal_, '.');
      text = with_point;
    }
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range) {
      value = is_large(text) ? std::numeric_limits<double>::infinity() : 0.0;
    }
    return negative ? -value : value;
  }

  /// Whether a number that is out of the range of doubles is too large, not too small.
  [[nodiscard]] static bool is_large(std::string_view text) noexcept {
    const std::size_t e = (std::min)(text.find_first_of("eE"), text.size());
    const std::string_view digits = text.substr(0, e);
    const std::size_t point = (std::min)(digits.find('.'), digits.size());
    const std::size_t first = digits.find_first_not_of("0.");
    if (first == std::string_view::npos) return false;
    // Of the first digit that is not 0.
    const auto magnitude = static_cast<std::ptrdiff_t>(point) - static_cast<std::ptrdiff_t>(first);
    if (e == text.size()) return magnitude > 0;
    std::string_view power = text.substr(e + 1);
    const bool down = power.starts_with('-');
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    std::ptrdiff_t value = 0;
    for (const char c : power) {
      if (value < plenty / 10) value = value * 10 + (c - '0');
    }
    return magnitude + (down ? -value : value) > 0;
  }

  char decimal_;
};

/// 1 or 0 for `true` or `false` in any case, else -1.
[[nodiscard]] constexpr std::int8_t parse_boolean(std::string_view text) noexcept {
  if (same_letters(text, "true")) return 1;
  return same_letters(text, "false") ? std::int8_t{0} : std::int8_t{-1};
}

/// Texts that stand for a missing value.
class MissingTexts {
 public:
  MissingTexts(std::vector<std::string> texts, const NumberParser& number) : texts_(std::move(texts)) {
    std::sort(texts_.begin(), texts_.end());
    for (const std::string& text : texts_) {
      if (text.empty()) {
        has_empty_ = true;
      } else {
        begins_[static_cast<unsigned char>(text[0])] = true;
        longest_ = (std::max)(longest_, text.size());
      }
      has_value_ = has_value_ || number(text).form != NumberForm::none || parse_boolean(text) >= 0;
    }
  }

  [[nodiscard]] bool contains(std::string_view text) const noexcept {
    if (text.empty()) return has_empty_;
    if (text.size() > longest_ || !begins_[static_cast<unsigned char>(text[0])]) return false;
    return std::binary_search(texts_.begin(), texts_.end(), text);
  }
  /// Whether one of them would be a number or a truth value.
  [[nodiscard]] bool has_value() const noexcept { return has_value_; }

 private:
  std::vector<std::string> texts_;
  std::array<bool, 256> begins_{};
  std::size_t longest_ = 0;
  bool has_empty_ = false;
  bool has_value_ = false;
};

}  // namespace detail

WICK_END_NAMESPACE

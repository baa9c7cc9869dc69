#pragma once

// Texts that a reader of a table meant as numbers or dates.

#include <wick/base/printable.hpp>
#include <wick/base/types.hpp>
#include <wick/table/cell.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Looks through the texts of a column and says why they are no numbers or dates, if that is what most of
/// them seem to be: one total at the end of a file, or a sign of a currency, takes a column from a model
/// otherwise without a reason that anybody could see.
class MeantNumbers {
 public:
  /// `row`: the one that the text is in, for what why() says; -1 says none.
  void add(std::string_view text, Index row = -1) {
    const Looks looks = looks_of(text);
    if (++counts_[looks] != 1) return;
    example_[looks] = quoted_name(text, 40);
    first_[looks] = (row < 0 ? std::string() : "row " + std::to_string(row) + " is ") + example_[looks];
  }

  /// How many there are of each.
  [[nodiscard]] Index numbers() const noexcept { return counts_[number]; }
  [[nodiscard]] Index others() const noexcept { return total() - counts_[number]; }

  /// Empty if they seem to be just texts.
  [[nodiscard]] std::string why() const {
    const auto most = [this](Looks looks) { return 2 * counts_[looks] > total(); };
    if (most(number) && others() > 0) {
      const Looks stray = counts_[other] > 0 ? other : counts_[amount] > 0 ? amount : date;
      return first_[stray] + ", which is no number, as most are";
    }
    if (most(number) || most(amount)) {
      return "such as " + example_[most(number) ? number : amount] +
             "; numbers have no signs of currencies or percent, no separators of thousands, and one decimal "
             "mark in all the file";
    }
    if (most(date)) return "such as " + example_[date] + "; dates are written as 2024-02-29";
    return {};
  }

 private:
  enum Looks : std::uint8_t { number, amount, date, other };

  [[nodiscard]] Index total() const noexcept {
    return counts_[number] + counts_[amount] + counts_[date] + counts_[other];
  }
  [[nodiscard]] static Looks looks_of(std::string_view text) {
    if (parse_number(text)) return number;
    if (std::count(text.begin(), text.end(), ',') == 1) {
      std::string plain(text);
      plain[text.find(',')] = '.';
      if (parse_number(plain)) return number;
    }
    std::size_t digits = 0;
    std::size_t slashes = 0;
    std::size_t dots = 0;
    std::size_t letters = 0;
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        ++digits;
      } else if (c == '/' || c == '-') {
        ++slashes;
      } else if (c == '.') {
        ++dots;
      } else if (static_cast<unsigned char>(c) < 0x80 &&
                 std::string_view(" ,'$%+()").find(c) == std::string_view::npos) {
        ++letters;  // signs of currencies and narrow spaces have bytes above
      }
    }
    if (digits == 0 || letters > 0) return other;
    if (digits >= 4 && digits <= 8 && (slashes == 2 || dots == 2)) return date;
    return slashes > 1 || text.size() > 4 * digits + 4 ? other : amount;
  }

  Index counts_[4] = {};
  std::string first_[4];
  std::string example_[4];
};

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// The categories of a column, found by what a cell holds.

#include <wick/base/types.hpp>
#include <wick/table/cell.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Room for the text of any number.
using NumberText = std::array<char, 40>;

/// What a cell is called as a category, in `room` if need be: a text as it is, `True` and `False`, a whole
/// number in digits, whether it is an integer or a real; others as Python prints them. Nothing for one that
/// is missing and for dates.
[[nodiscard]] inline std::optional<std::string_view> category_name(const CellView& cell, NumberText& room) {
  const auto digits = [&room](auto x) {
    const auto end = std::to_chars(room.data(), room.data() + room.size(), x).ptr;
    return std::string_view(room.data(), static_cast<std::size_t>(end - room.data()));
  };
  if (const auto* text = std::get_if<std::string_view>(&cell)) return *text;
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth ? "True" : "False";
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return digits(*whole);
  const auto* number = std::get_if<double>(&cell);
  if (number == nullptr) return std::nullopt;
  constexpr double exact = 9007199254740992;
  if (*number == std::floor(*number) && std::abs(*number) <= exact) {
    return digits(static_cast<std::int64_t>(*number));
  }
  return digits(*number);
}

/// Names that are numbers, by their size.
inline void sort_by_number(std::vector<std::string>& names) {
  std::vector<std::pair<double, std::string>> numbers;
  for (std::string& name : names) {
    const double number = parse_number(name).value_or(0);
    numbers.emplace_back(number, std::move(name));
  }
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = std::move(numbers[i].second);
}

/// Different names in an order that matters.
class CategoryNames {
 public:
  CategoryNames() = default;
  explicit CategoryNames(std::vector<std::string> names) : names_(std::move(names)), by_name_(names_.size()) {
    std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
    std::sort(by_name_.begin(), by_name_.end(),
              [this](std::size_t a, std::size_t b) { return names_[a] < names_[b]; });
  }

  /// The place of a name in the order; -1 if it is not there.
  [[nodiscard]] Index place_of(std::string_view name) const noexcept {
    const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                     [this](std::size_t i, std::string_view x) { return names_[i] < x; });
    return at != by_name_.end() && names_[*at] == name ? static_cast<Index>(*at) : -1;
  }
  /// A name that is there twice; null if there is none.
  [[nodiscard]] const std::string* repeated() const noexcept {
    for (std::size_t i = 1; i < by_name_.size(); ++i) {
      if (names_[by_name_[i]] == names_[by_name_[i - 1]]) return &names_[by_name_[i]];
    }
    return nullptr;
  }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

 private:
  std::vector<std::string> names_;
  std::vector<std::size_t> by_name_;
};

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Numbers for the different texts of a column.

#include <wick/base/detail/as_integer.hpp>
#include <wick/table/column.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Different texts, numbered in the order in which they come.
class Dictionary {
 public:
  /// The number of `text`, or nothing if it is not there and there are `most` already.
  [[nodiscard]] std::optional<std::int32_t> number_of(std::string_view text, std::size_t most) {
    if (2 * (names_.size() + 1) > slots_.size()) enlarge();
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash(text) & mask;
    for (; slots_[at] != 0; at = (at + 1) & mask) {
      if (names_[slots_[at] - 1] == text) return static_cast<std::int32_t>(slots_[at] - 1);
    }
    if (names_.size() >= most) return std::nullopt;
    names_.emplace_back(text);
    slots_[at] = static_cast<std::uint32_t>(names_.size());
    return static_cast<std::int32_t>(names_.size() - 1);
  }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  [[nodiscard]] static std::size_t hash(std::string_view text) noexcept {
    std::uint64_t h = 0x9E3779B97F4A7C15U ^ text.size();
    while (!text.empty()) {
      std::uint64_t word = 0;
      const std::size_t n = (std::min)(text.size(), sizeof(word));
      std::memcpy(&word, text.data(), n);
      h = (h ^ word) * 0xD6E8FEB86659FD93U;
      h ^= h >> 32;
      text.remove_prefix(n);
    }
    return as_integer<std::size_t>(h ^ h >> 29);
  }
  void enlarge() {
    slots_.assign((std::max)(std::size_t{16}, 2 * slots_.size()), 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::size_t at = hash(names_[i]) & mask;
      while (slots_[at] != 0) at = (at + 1) & mask;
      slots_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<std::string> names_;
  std::vector<std::uint32_t> slots_;  // index of a name and 1, or 0
};

/// Names in alphabetical order, by bytes.
inline void sort_names(Categories& categories) {
  std::vector<std::int32_t> order(categories.names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int32_t>(i);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return categories.names[static_cast<std::size_t>(a)] < categories.names[static_cast<std::size_t>(b)];
  });
  std::vector<std::int32_t> place(order.size());
  std::vector<std::string> names;
  names.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto old = static_cast<std::size_t>(order[i]);
    place[old] = static_cast<std::int32_t>(i);
    names.push_back(std::move(categories.names[old]));
  }
  for (std::int32_t& code : categories.codes) {
    if (code >= 0) code = place[static_cast<std::size_t>(code)];
  }
  categories.names = std::move(names);
}

}  // namespace detail

WICK_END_NAMESPACE

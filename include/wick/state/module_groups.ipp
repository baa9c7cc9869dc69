#pragma once

// Definitions of state/module_groups.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/printable.hpp>
#include <wick/state/module_groups.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::vector<StateDictSpec::Tensor> names_and_shapes(const StateDict& sd) {
  std::vector<StateDictSpec::Tensor> result;
  result.reserve(sd.size());
  for (const auto& [name, tensor] : sd) result.push_back({name, tensor.shape()});
  return result;
}

WICK_INLINE std::vector<ModuleGroup> group_by_module(std::span<const StateDictSpec::Tensor> tensors) {
  std::vector<ModuleGroup> groups;
  std::map<std::string_view, std::size_t> index;
  std::vector<std::size_t> group_of;
  std::vector<std::string_view> last;
  std::vector<std::size_t> order;
  for (const auto& [name, shape] : tensors) {
    const auto dot = name.rfind('.');
    const auto path = dot == std::string::npos ? std::string_view() : std::string_view(name).substr(0, dot);
    const auto [it, added] = index.emplace(path, groups.size());
    if (added) groups.push_back({std::string(path), {}});
    order.push_back(group_of.size());
    group_of.push_back(it->second);
    last.push_back(dot == std::string::npos ? std::string_view(name)
                                            : std::string_view(name).substr(dot + 1));
  }
  detail::sort_positions(
      order, [&](std::size_t a, std::size_t b) { return last[a] != last[b] ? last[a] < last[b] : a < b; });
  for (const std::size_t i : order) {
    groups[group_of[i]].tensors.push_back({tensors[i].name, std::string(last[i]), tensors[i].shape});
  }
  return groups;
}

WICK_INLINE bool sorted_by_name(std::span<const StateDictSpec::Tensor> tensors) {
  return tensors.size() > 1 && std::ranges::is_sorted(tensors, {}, &StateDictSpec::Tensor::name);
}

namespace detail {

WICK_INLINE std::pair<std::string, std::vector<std::string>> text_and_numbers(std::string_view name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::pair<std::string, std::vector<std::string>> result;
  for (std::size_t i = 0; i < name.size();) {
    if (!is_digit(name[i])) {
      result.first += name[i++];
      continue;
    }
    result.first += '0';
    while (i + 1 < name.size() && name[i] == '0' && is_digit(name[i + 1])) ++i;
    const std::size_t begin = i;
    while (i < name.size() && is_digit(name[i])) ++i;
    result.second.emplace_back(name.substr(begin, i - begin));
  }
  return result;
}

inline bool numbers_less(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::lexicographical_compare(a, b, [](const std::string& x, const std::string& y) {
    return x.size() != y.size() ? x.size() < y.size() : x < y;
  });
}

}  // namespace detail

WICK_INLINE std::string joined_names(std::span<const std::string_view> names) {
  constexpr std::size_t most = 64;
  std::string text;
  for (const auto name : names.first((std::min)(most, names.size()))) {
    text.append(text.empty() ? "" : ", ").append(detail::shown_name(name));
  }
  if (names.size() > most) text += ", and " + std::to_string(names.size() - most) + " more";
  return text;
}

WICK_INLINE std::optional<std::vector<std::size_t>> order_from_names(std::span<const std::string_view> names,
                                                                     bool file_is_sorted) {
  std::vector<std::size_t> order(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) order[i] = i;
  if (names.size() < 2) return order;
  std::vector<std::vector<std::string>> numbers;
  std::map<std::string, std::size_t, std::less<>> last_of_text;
  bool increasing = true;
  for (const auto name : names) {
    auto [text, found] = detail::text_and_numbers(name);
    const auto [it, added] = last_of_text.emplace(std::move(text), numbers.size());
    if (!added) {
      increasing = increasing && detail::numbers_less(numbers[it->second], found);
      it->second = numbers.size();
    }
    numbers.push_back(std::move(found));
  }
  if (last_of_text.size() > 1) return increasing && !file_is_sorted ? std::optional(order) : std::nullopt;
  if (increasing) return order;
  if (!file_is_sorted) return std::nullopt;
  const auto less = [&](std::size_t a, std::size_t b) {
    return detail::numbers_less(numbers[a], numbers[b]);
  };
  detail::sort_positions(order, less);
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (!less(order[i - 1], order[i])) return std::nullopt;  // 1 and 01
  }
  return order;
}

WICK_END_NAMESPACE

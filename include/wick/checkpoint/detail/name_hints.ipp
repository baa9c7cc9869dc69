#pragma once

// Definitions of checkpoint/detail/name_hints.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/detail/name_hints.hpp>
#include <wick/state/state_dict.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::size_t prefix_of_own_name(std::string_view name) noexcept {
  const auto last_dot = name.rfind('.');
  if (last_dot == std::string_view::npos) return last_dot;
  const std::string_view parameter = name.substr(last_dot + 1);
  if (parameter != "weight" && parameter != "bias") return std::string_view::npos;
  const std::string_view path = name.substr(0, last_dot);
  const auto ends_with = [](std::string_view text, std::string_view module) {
    const std::size_t at = text.size() - module.size();
    return text.ends_with(module) && (at == 0 || text[at - 1] == '.') ? at : std::string_view::npos;
  };
  if (const std::size_t at = ends_with(path, "output"); at != std::string_view::npos) return at;
  const auto number = path.find_last_not_of("0123456789") + 1;
  if (number == 0 || number == path.size() || path[number - 1] != '.') return std::string_view::npos;
  return ends_with(path.substr(0, number - 1), "hidden_layers");
}

/// Prefixes and how many names have them, the most frequent first.
[[nodiscard]] inline std::string counted_prefixes(
    const std::map<std::string, std::size_t, std::less<>>& prefixes) {
  constexpr std::size_t most = 8;
  std::string text;
  std::size_t count = 0;
  for (const auto& [prefix, tensors] : prefixes) {
    if (count++ == most) return text + ", ...";
    text += (text.empty() ? "\"" : ", \"") + prefix.substr(0, 100) + "\" (" + std::to_string(tensors) + ")";
  }
  return text;
}

WICK_INLINE std::string several_networks_hint(const StateDict& sd) {
  // A network has two layers at least; a single layer has its own name in front.
  std::map<std::string, std::set<std::string_view>, std::less<>> modules;
  std::map<std::string, std::size_t, std::less<>> tensors;
  for (const auto& [name, tensor] : sd) {
    const auto dot = name.find('.');
    if (dot == std::string::npos) continue;
    const std::string prefix = name.substr(0, dot + 1);
    modules[prefix].insert(std::string_view(name).substr(0, name.rfind('.')));
    ++tensors[prefix];
  }
  std::erase_if(tensors, [&](const auto& item) { return modules[item.first].size() < 2; });
  if (tensors.empty() || (tensors.size() == 1 && tensors.begin()->second == sd.size())) return {};
  return "the names begin with " + counted_prefixes(tensors) + ": .only = {\"" +
         tensors.begin()->first.substr(0, 100) + "\"} takes those that begin with it";
}

/// What all names begin with, up to a dot and without the name of a layer; empty if there is no such thing.
[[nodiscard]] inline std::string_view common_prefix(const StateDict& sd) {
  if (sd.empty()) return {};
  const auto parent = [](std::string_view name) {
    const auto dot = name.empty() ? std::string_view::npos : name.substr(0, name.size() - 1).rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(0, dot + 1);
  };
  const std::string_view layer = parent(sd.begin()->first);
  std::string_view prefix = layer;
  for (const auto& [name, tensor] : sd) {
    while (!name.starts_with(prefix)) prefix = parent(prefix);
  }
  return prefix == layer ? parent(prefix) : prefix;
}

WICK_INLINE std::string name_hint(const StateDict& sd) {
  std::map<std::string, std::size_t, std::less<>> prefixes;
  std::size_t own = 0;
  for (const auto& [name, tensor] : sd) {
    const std::size_t length = prefix_of_own_name(name);
    if (length == std::string::npos) continue;
    ++own;
    if (length > 0) ++prefixes[name.substr(0, length)];
  }
  if (!prefixes.empty()) {
    const std::string first = "\"" + prefixes.begin()->first.substr(0, 100) + "\"";
    if (prefixes.size() == 1 && prefixes.begin()->second == sd.size()) {
      return "all names begin with " + first + ": .prefix = " + first + " removes it";
    }
    return "there are such names behind " + counted_prefixes(prefixes) + ": .only = {" + first +
           "} and .prefix = " + first + " take those";
  }
  const std::string by_shape_option = "infer_by_shape(), or build by ParameterNames::by_shape";
  if (const auto common = common_prefix(sd); !common.empty() && own == 0) {
    const std::string first = "\"" + std::string(common.substr(0, 100)) + "\"";
    return "all names begin with " + first + ": .prefix = " + first +
           " removes it; for the other names behind it see " + by_shape_option;
  }
  const std::string by_shape = "for files with other names see " + by_shape_option;
  const std::string several = own == 0 ? several_networks_hint(sd) : std::string();
  return several.empty() ? by_shape : by_shape + "; " + several;
}

}  // namespace detail

WICK_END_NAMESPACE

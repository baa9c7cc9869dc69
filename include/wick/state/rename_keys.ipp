#pragma once

// Definitions of state/rename_keys.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/printable.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/state/state_dict.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE StateDict rename(const StateDict& sd, const RenameFunction& new_name) {
  StateDict result;
  std::map<std::string, std::string_view, std::less<>> old_names;
  for (const auto& [name, tensor] : sd) {
    std::optional<std::string> to = new_name(name);
    if (!to) continue;
    const auto [other, added] = old_names.emplace(*to, name);
    if (!added) {
      throw IndexError("rename: " + detail::quoted_name(other->second) + " and " + detail::quoted_name(name) +
                       " would both be called " + detail::quoted_name(*to));
    }
    result.insert(std::move(*to), tensor);
  }
  return result;
}

WICK_INLINE StateDict strip_prefix(const StateDict& sd, std::string_view prefix) {
  return rename(sd, [&](std::string_view name) -> std::optional<std::string> {
    return std::string(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
  });
}

WICK_INLINE StateDict add_prefix(const StateDict& sd, std::string_view prefix) {
  return rename(sd, [&](std::string_view name) -> std::optional<std::string> {
    return std::string(prefix).append(name);
  });
}

WICK_END_NAMESPACE

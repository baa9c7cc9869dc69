#pragma once

// Definitions of core/rename_keys.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/printable.hpp>
#include <wick/core/rename_keys.hpp>
#include <wick/core/state_dict.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

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

}  // namespace wick::inline WICK_ABI_NAMESPACE

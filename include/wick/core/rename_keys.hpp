#pragma once

// Other names for the tensors of a state dict, and parts of it.

#include <wick/core/state_dict.hpp>

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

/// From a tensor's name to its new name; nullopt leaves the tensor out.
using RenameFunction = std::function<std::optional<std::string>(std::string_view)>;

/// The tensors of `sd` in the same order under the names that `new_name` gives, which
/// is called once for each; those for which it gives none are left out.
///
/// Throws IndexError with both old names if two tensors would get the same new one.
[[nodiscard]] inline StateDict rename(const StateDict& sd, const RenameFunction& new_name) {
  StateDict result;
  std::map<std::string, std::string_view, std::less<>> old_names;
  for (const auto& [name, tensor] : sd) {
    std::optional<std::string> to = new_name(name);
    if (!to) continue;
    const auto [other, added] = old_names.emplace(*to, name);
    if (!added) {
      throw IndexError("rename: \"" + std::string(other->second) + "\" and \"" + name +
                       "\" would both be called \"" + *to + "\"");
    }
    result.insert(std::move(*to), tensor);
  }
  return result;
}

/// Removes `prefix`, such as the `module.` of DataParallel, from the names that start
/// with it; the others stay as they are.
///
/// torch.nn.modules.utils.consume_prefix_in_state_dict_if_present, but the order is kept
/// and a name that exists already is an IndexError, not a lost tensor.
[[nodiscard]] inline StateDict strip_prefix(const StateDict& sd, std::string_view prefix) {
  return rename(sd, [&](std::string_view name) -> std::optional<std::string> {
    return std::string(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
  });
}

/// Puts `prefix` in front of every name.
[[nodiscard]] inline StateDict add_prefix(const StateDict& sd, std::string_view prefix) {
  return rename(sd, [&](std::string_view name) -> std::optional<std::string> {
    return std::string(prefix).append(name);
  });
}

/// The tensors for which `keep(name)`, or `keep(name, tensor)`, is true, in order.
template <class Predicate>
requires std::predicate<Predicate&, std::string_view> ||
    std::predicate<Predicate&, std::string_view, const AnyTensor&>
[[nodiscard]] StateDict select(const StateDict& sd, Predicate keep) {
  StateDict result;
  for (const auto& [name, tensor] : sd) {
    bool kept = false;
    if constexpr (std::predicate<Predicate&, std::string_view>) {
      kept = keep(std::string_view(name));
    } else {
      kept = keep(std::string_view(name), tensor);
    }
    if (kept) result.insert(name, tensor);
  }
  return result;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

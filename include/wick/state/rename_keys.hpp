#pragma once

// Other names for the tensors of a state dict, and parts of it.

#include <wick/state/state_dict.hpp>

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// From a tensor's name to its new name; nullopt leaves the tensor out.
using RenameFunction = std::function<std::optional<std::string>(std::string_view)>;

/// The tensors of `sd` in the same order under the names that `new_name` gives, which
/// is called once for each; those for which it gives none are left out.
///
/// Throws IndexError with both old names if two tensors would get the same new one.
[[nodiscard]] StateDict rename(const StateDict& sd, const RenameFunction& new_name);

/// Removes `prefix`, such as the `module.` of DataParallel, from the names that start
/// with it; the others stay as they are.
///
/// torch.nn.modules.utils.consume_prefix_in_state_dict_if_present, but the order is kept
/// and a name that exists already is an IndexError, not a lost tensor.
[[nodiscard]] StateDict strip_prefix(const StateDict& sd, std::string_view prefix);

/// Puts `prefix` in front of every name.
[[nodiscard]] StateDict add_prefix(const StateDict& sd, std::string_view prefix);

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

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/state/rename_keys.ipp>
#endif

#pragma once

// The groups of an archive: their names, how an optimizer's state lies in them, other names for parameters.

#include <wick/core/optimizer_state.hpp>
#include <wick/core/rename_keys.hpp>
#include <wick/io/archive.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Names of the groups of an archive.
inline constexpr std::string_view model_group = "model";          ///< tensors: the parameters
inline constexpr std::string_view optimizer_group = "optimizer";  ///< tensors and attributes
inline constexpr std::string_view training_group = "training";    ///< tensors and attributes
inline constexpr std::string_view metadata_group = "metadata";  ///< attributes, and tensors of other programs

/// Names in the group `metadata` that programs agree on; docs/checkpoint-format.md describes them.
inline constexpr std::string_view classes_key = "classes";                ///< list of texts
inline constexpr std::string_view normalize_mean_key = "normalize.mean";  ///< number
inline constexpr std::string_view normalize_std_key = "normalize.std";    ///< number

/// Adds the groups `optimizer`: attributes `type`, `step` and `options.<name>`, and the tensors.
inline void put_optimizer(Archive& archive, const OptimizerState& state) {
  Attributes attributes{{"type", state.type}, {"step", state.step}};
  for (const auto& [name, value] : state.options) attributes.set("options." + name, value);
  archive.attributes.emplace_back(optimizer_group, std::move(attributes));
  archive.tensors.emplace_back(optimizer_group, state.tensors);
}

/// The state that put_optimizer() stored, or nothing. Throws IndexError, naming it, when a part is missing.
[[nodiscard]] inline std::optional<OptimizerState> get_optimizer(const Archive& archive) {
  const Attributes* attributes = archive.find_attributes(optimizer_group);
  if (attributes == nullptr) return std::nullopt;
  OptimizerState state;
  state.type = attributes->get<std::string>("type");
  state.step = attributes->get<std::int64_t>("step");
  constexpr std::string_view prefix = "options.";
  for (const auto& [name, value] : *attributes) {
    if (name.starts_with(prefix)) state.options.set(std::string_view(name).substr(prefix.size()), value);
  }
  if (const StateDict* tensors = archive.find_tensors(optimizer_group)) state.tensors = *tensors;
  return state;
}

/// `archive` with other names for the parameters, and for the optimizer's tensors with them; those of
/// parameters for which `new_name` gives none are left out. Throws IndexError if two would get the same name.
[[nodiscard]] inline Archive rename_parameters(Archive archive, const RenameFunction& new_name) {
  for (auto& [group, tensors] : archive.tensors) {
    if (group == model_group) tensors = rename(tensors, new_name);
    if (group != optimizer_group) continue;
    tensors = rename(tensors, [&](std::string_view name) -> std::optional<std::string> {
      const auto dot = (std::min)(name.rfind('.'), name.size());  // `<parameter>.<state>`
      std::optional<std::string> to = new_name(name.substr(0, dot));
      if (to) to->append(name.substr(dot));
      return to;
    });
  }
  return archive;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

#pragma once

// Definitions of io/groups.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/optimizer_state.hpp>
#include <wick/core/rename_keys.hpp>
#include <wick/io/archive.hpp>
#include <wick/io/groups.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

WICK_INLINE void put_optimizer(Archive& archive, const OptimizerState& state) {
  Attributes attributes{{"type", state.type}, {"step", state.step}};
  for (const auto& [name, value] : state.options) attributes.set("options." + name, value);
  archive.attributes.emplace_back(optimizer_group, std::move(attributes));
  archive.tensors.emplace_back(optimizer_group, state.tensors);
}

WICK_INLINE std::optional<OptimizerState> get_optimizer(const Archive& archive) {
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

WICK_INLINE Archive rename_parameters(Archive archive, const RenameFunction& new_name) {
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

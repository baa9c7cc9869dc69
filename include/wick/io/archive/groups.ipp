#pragma once

// Definitions of io/archive/groups.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/rename_keys.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE void put_optimizer(Archive& archive, const OptimizerState& state,
                               std::string_view name_of_group) {
  Attributes attributes{{"type", state.type}, {"step", state.step}};
  for (const auto& [name, value] : state.options) attributes.set("options." + name, value);
  if (!state.groups.empty()) attributes.set("groups", static_cast<std::int64_t>(state.groups.size()));
  for (std::size_t i = 0; i < state.groups.size(); ++i) {
    const std::string group = "groups." + std::to_string(i);
    const std::string options = group + ".options.";
    attributes.set(group + ".parameters", state.groups[i].parameters);
    for (const auto& [name, value] : state.groups[i].options) attributes.set(options + name, value);
  }
  for (const auto& [name, value] : state.values) attributes.set("values." + name, value);
  if (!state.none.empty()) attributes.set("none", state.none);
  archive.add_attributes(name_of_group, std::move(attributes));
  archive.add_tensors(name_of_group, state.tensors);
}

WICK_INLINE std::optional<OptimizerState> get_optimizer(const Archive& archive,
                                                        std::string_view name_of_group) {
  const Attributes* attributes = archive.find_attributes(name_of_group);
  if (attributes == nullptr) return std::nullopt;
  OptimizerState state;
  state.type = attributes->get<std::string>("type");
  state.step = attributes->get<std::int64_t>("step");
  const auto count = attributes->contains("groups") ? attributes->get<std::int64_t>("groups") : 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string name = "groups." + std::to_string(i) + ".parameters";
    state.groups.push_back({.parameters = attributes->get<std::vector<std::string>>(name), .options = {}});
  }
  const auto rest = [](std::string_view name, std::string_view prefix) -> std::optional<std::string_view> {
    return name.starts_with(prefix) ? std::optional(name.substr(prefix.size())) : std::nullopt;
  };
  for (const auto& [name, value] : *attributes) {
    if (const auto option = rest(name, "options.")) state.options.set(*option, value);
    if (const auto of_parameter = rest(name, "values.")) state.values.set(*of_parameter, value);
    const auto of_group = rest(name, "groups.");
    std::size_t number = 0;
    if (!of_group) continue;
    const char* end = of_group->data() + of_group->size();
    const auto [at, error] = std::from_chars(of_group->data(), end, number);
    const auto option = rest({at, static_cast<std::size_t>(end - at)}, ".options.");
    if (error == std::errc() && option && number < state.groups.size())
      state.groups[number].options.set(*option, value);
  }
  if (attributes->contains("none")) state.none = attributes->get<std::vector<std::string>>("none");
  if (const StateDict* tensors = archive.find_tensors(name_of_group)) state.tensors = *tensors;
  return state;
}

namespace detail {

/// The attributes of an optimizer with groups for parameters of other names.
[[nodiscard]] inline Attributes renamed_groups(const Attributes& attributes, const RenameFunction& new_name) {
  constexpr std::string_view of_parameter = "values.";
  const auto renamed = [&](std::string_view name) -> std::optional<std::string> {
    const auto dot = (std::min)(name.rfind('.'), name.size());
    auto to = new_name(name.substr(0, dot));
    if (to) to->append(name.substr(dot));
    return to;
  };
  Attributes result;
  for (const auto& [name, value] : attributes) {
    const auto* list = std::get_if<std::vector<std::string>>(&value);
    if (list != nullptr && name.starts_with("groups.") && name.ends_with(".parameters")) {
      std::vector<std::string> names;
      for (const std::string& parameter : *list) {
        if (auto to = new_name(parameter)) names.push_back(std::move(*to));
      }
      result.set(name, std::move(names));
    } else if (name.starts_with(of_parameter)) {
      const auto to = renamed(std::string_view(name).substr(of_parameter.size()));
      if (to) result.set(std::string(of_parameter) + *to, value);
    } else if (list != nullptr && name == "none") {
      std::vector<std::string> names;
      for (const std::string& item : *list) {
        const bool values = item.starts_with(of_parameter);
        const auto to = values ? renamed(std::string_view(item).substr(of_parameter.size()))
                               : std::optional<std::string>(item);
        if (to) names.push_back(values ? std::string(of_parameter) + *to : *to);
      }
      result.set(name, std::move(names));
    } else {
      result.set(name, value);
    }
  }
  return result;
}

}  // namespace detail

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
  for (auto& [group, attributes] : archive.attributes) {
    if (group == optimizer_group && attributes.contains("groups")) {
      attributes = detail::renamed_groups(attributes, new_name);
    }
  }
  return archive;
}

WICK_END_NAMESPACE

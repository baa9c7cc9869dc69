#pragma once

// Definitions of io/torch/import_model.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/io/torch/detail/flattener.hpp>
#include <wick/io/torch/detail/further_group.hpp>
#include <wick/io/torch/detail/object_in_model.hpp>
#include <wick/io/torch/detail/value_at.hpp>
#include <wick/io/torch/find_model.hpp>
#include <wick/io/torch/import_model.hpp>
#include <wick/io/torch/optimizer_kind.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline StateDict state_dict_in(const TorchDict& dict) {
  StateDict sd;
  for (const auto& [key, value] : dict.items) {
    if (const auto* t = value.get_if<TorchTensor>()) sd.insert(*key.get_if<std::string>(), t->tensor);
  }
  return sd;
}

[[nodiscard]] inline ImportNotes notes_of(Imported& imported) {
  return {.notes = imported.notes, .unread = imported.unread};
}

/// The sizes that the lesson's checkpoint has beside the state dict.
[[nodiscard]] inline std::optional<Architecture> architecture_in(const TorchDict& dict,
                                                                 const ImportNotes& notes) {
  const auto size = [](const TorchValue* value) -> Index {
    const auto* n = value == nullptr ? nullptr : value->get_if<std::int64_t>();
    return n != nullptr && *n >= 1 ? static_cast<Index>(*n) : 0;
  };
  const TorchValue* layers = dict.find("hidden_layers");
  const auto* list = layers == nullptr ? nullptr : layers->get_if<TorchSequence>();
  Architecture a{.type = "Network",
                 .input_size = size(dict.find("input_size")),
                 .output_size = size(dict.find("output_size")),
                 .hidden_layers = {},
                 .dropout = 0.5};
  if (a.input_size == 0 || a.output_size == 0 || list == nullptr) return std::nullopt;
  for (const auto& item : list->items) {
    a.hidden_layers.push_back(size(&item));
    if (a.hidden_layers.back() == 0) return std::nullopt;
  }
  for (const char* name : {"dropout", "drop_p"}) {
    const TorchValue* value = dict.find(name);
    const auto p = value == nullptr ? std::nullopt : number_in(*value);
    if (p && *p >= 0 && *p <= 1) {
      a.dropout = *p;
      break;
    }
    if (value != nullptr) {
      notes.add("\"" + std::string(name) + "\" is a value of type " + std::string(value->type_name()) +
                ", not a number in [0, 1]; the network gets 0.5");
    }
  }
  return a;
}

/// The values in `value` as the group of this name.
inline void add_group(Imported& imported, std::string_view group, const TorchValue& value) {
  Attributes attributes;
  StateDict tensors;
  TorchFlattener(attributes, tensors, notes_of(imported)).add("", value);
  Archive& archive = imported.archive;
  if (!attributes.empty()) archive.add_attributes(group, std::move(attributes));
  if (!tensors.empty()) archive.add_tensors(group, std::move(tensors));
}

/// Whether this is what export_torch() makes of the group `architecture`: other programs have something else
/// of that name.
[[nodiscard]] inline bool names_class(const TorchValue& value) {
  const auto* dict = value.get_if<TorchDict>();
  const TorchValue* name = dict == nullptr ? nullptr : dict->find(class_key);
  return name != nullptr && name->is<std::string>();
}

/// Whether a key of the lesson's checkpoint is for architecture_in().
[[nodiscard]] inline bool is_of_architecture(std::string_view key) noexcept {
  return key == "input_size" || key == "output_size" || key == "hidden_layers" || key == "dropout";
}

[[nodiscard]] inline bool is_empty_dict(const TorchValue& value) noexcept {
  const auto* dict = value.get_if<TorchDict>();
  return dict != nullptr && dict->items.empty();
}
/// Whether a group of values without any can have this name.
[[nodiscard]] inline bool takes_empty_group(const Archive& archive, std::string_view name) noexcept {
  return archive.attributes.size() < ArchiveLimits().groups / 2 && !name.empty() &&
         name.size() <= ArchiveLimits().name_bytes && name != optimizer_group && name != metadata_group &&
         name != training_group && name != model_group && archive.find_attributes(name) == nullptr;
}

/// All of `values` in a list are optimizers, as Lightning keeps them.
[[nodiscard]] inline const TorchSequence* optimizers_in(const TorchValue& value) {
  const auto* list = value.get_if<TorchSequence>();
  const bool all =
      list != nullptr && !list->items.empty() && std::ranges::all_of(list->items, is_torch_optimizer);
  return all ? list : nullptr;
}

/// What a state dict has beside tensors, see is_torch_state_dict().
inline void add_extra_states(TorchFlattener& others, const TorchDict& state_dict, const std::string& prefix) {
  for (const auto& [key, value] : state_dict.items) {
    if (!value.is<TorchTensor>()) others.add(prefix + *key.get_if<std::string>(), value);
  }
}

/// Puts what a checkpoint has under a name where it belongs, or else with the others.
inline void add_item(Imported& imported, ImportOptimizer add_optimizer, const std::string& name,
                     const TorchValue& item, const StateDict& parameters, TorchFlattener& others) {
  Archive& archive = imported.archive;
  if (archive.architecture && is_of_architecture(name)) return;
  if (is_torch_optimizer(item)) {
    if (add_optimizer != nullptr && !add_optimizer(imported, name, item, &parameters)) others.add(name, item);
  } else if (const auto* optimizers = optimizers_in(item)) {
    for (std::size_t i = 0; add_optimizer != nullptr && i < optimizers->items.size(); ++i) {
      const std::string numbered = name + "." + std::to_string(i);
      const TorchValue& optimizer = optimizers->items[i];
      if (!add_optimizer(imported, numbered, optimizer, &parameters)) others.add(numbered, optimizer);
    }
  } else if (name == training_group && item.is<TorchDict>()) {
    add_group(imported, training_group, item);
  } else if (name == architecture_group && names_class(item)) {
    add_group(imported, architecture_group, item);
  } else if (name == metadata_group && item.is<TorchDict>()) {
    others.add("", item);
  } else if (is_torch_state_dict(item) && takes_group(archive, name)) {
    const TorchDict& state_dict = *item.get_if<TorchDict>();
    archive.add_tensors(name, state_dict_in(state_dict));
    add_extra_states(others, state_dict, name + ".");
  } else if (is_empty_dict(item) && takes_empty_group(archive, name)) {
    archive.add_attributes(name);
  } else {
    others.add(name, item);
  }
}

}  // namespace detail

WICK_INLINE Imported import_torch_with(ImportOptimizer optimizers, const TorchValue& root,
                                       const std::string& file, std::string_view key) {
  const TorchValue& value = detail::value_at(root, key, file);
  Imported result;
  Archive& archive = result.archive;
  FoundModel model;
  result.no_model = detail::object_in_place_of_model(value, key);
  if (result.no_model.empty()) {
    model = find_torch_model(value);
    result.no_model = std::move(model.why_not);
  }
  Attributes metadata;
  StateDict metadata_tensors;
  detail::TorchFlattener others(metadata, metadata_tensors, detail::notes_of(result), model.value);
  StateDict parameters;  // other groups are added to those of the archive
  if (model.value != nullptr) {
    const TorchDict& state_dict = *model.value->get_if<TorchDict>();
    parameters = detail::state_dict_in(state_dict);
    archive.add_tensors(model_group, parameters);
    detail::add_extra_states(others, state_dict, "");
  }
  const auto* dict = value.get_if<TorchDict>();
  if (is_torch_optimizer(value)) {
    if (optimizers != nullptr && !optimizers(result, "optimizer", value, nullptr)) others.add("", value);
  } else if (dict != nullptr && model.value != &value) {
    archive.architecture = detail::architecture_in(*dict, detail::notes_of(result));
    const auto* parent = model.parent == nullptr ? nullptr : model.parent->get_if<TorchDict>();
    if (!archive.architecture && parent != nullptr && parent != dict) {
      archive.architecture = detail::architecture_in(*parent, detail::notes_of(result));
    }
    for (const auto& [item_key, item] : dict->items) {
      if (&item == model.value) continue;
      if (const auto* number = item_key.get_if<std::int64_t>()) {
        others.add(std::to_string(*number), item);
      } else if (const auto* name = item_key.get_if<std::string>()) {
        detail::add_item(result, optimizers, *name, item, parameters, others);
      } else {
        detail::notes_of(result).add("a key of type " + std::string(item_key.type_name()));
      }
    }
  } else {
    others.add(value.is<TorchTensor>() ? "tensor" : "", value);
  }
  if (model.value == nullptr && archive.tensors.empty() && metadata_tensors.empty() &&
      !result.unread.empty() && result.no_model.ends_with("without tensors")) {
    result.no_model += "; " + result.unread.front();
  }
  if (!metadata.empty()) archive.add_attributes(metadata_group, std::move(metadata));
  if (!metadata_tensors.empty()) archive.add_tensors(metadata_group, std::move(metadata_tensors));
  return result;
}

WICK_END_NAMESPACE

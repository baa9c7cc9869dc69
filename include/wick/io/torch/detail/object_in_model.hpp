#pragma once

// Why there is no model: an object that is not data is in its place.

#include <wick/base/printable.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/torch/detail/pickle_globals.hpp>
#include <wick/io/torch/find_model.hpp>
#include <wick/io/torch/value.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The name of an object in a message, as short as a terminal can bear it.
[[nodiscard]] inline std::string shown_object(const TorchObject& object) { return shown_name(object.name); }

/// A dict of tensors and of something in the place of tensors that is not data; of the latter, the first.
[[nodiscard]] inline const std::pair<TorchValue, TorchValue>* object_in_state_dict(const TorchValue& value) {
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return nullptr;
  const std::pair<TorchValue, TorchValue>* object = nullptr;
  bool has_tensor = false;
  bool all_objects_are_tensors = true;  // of kinds that are not read
  for (const auto& item : dict->items) {
    const auto* o = item.second.get_if<TorchObject>();
    const auto* name = item.first.get_if<std::string>();
    if (name != nullptr && name->ends_with("_extra_state")) continue;
    if (name == nullptr || (o == nullptr && !item.second.is<TorchTensor>())) return nullptr;
    if (o != nullptr && object == nullptr) object = &item;
    has_tensor = has_tensor || o == nullptr;
    all_objects_are_tensors =
        all_objects_are_tensors && (o == nullptr || o->name.starts_with("torch._utils._rebuild_"));
  }
  const bool is_one = (dict->kind == TorchDict::Kind::ordered && has_tensor) || all_objects_are_tensors;
  return is_one ? object : nullptr;
}
/// What state dicts are usually called in checkpoints, first the most usual.
inline constexpr std::array<const char*, 3> usual_model_keys{"state_dict", "model_state_dict", "model"};

[[nodiscard]] inline std::string refusal_of_object(const TorchObject& object) {
  return shown_object(object) + ", which is not data; " + advice_on_global(object.name);
}

/// Why the model cannot be in `value`: an object, of which only the name is known, is in its place or in the
/// place of one of its tensors. Empty otherwise.
[[nodiscard]] inline std::string object_in_place_of_model(const TorchValue& value, std::string_view key) {
  const auto in_state_dict = [](const std::pair<TorchValue, TorchValue>& item) {
    return "in the state dict, " + quoted_name(*item.first.get_if<std::string>()) + " is " +
           refusal_of_object(*item.second.get_if<TorchObject>());
  };
  if (const auto* object = value.get_if<TorchObject>()) {
    return (key.empty() ? "the file holds " : quoted_name(key) + " is ") + refusal_of_object(*object);
  }
  if (is_torch_state_dict(value)) return {};
  if (const auto* item = object_in_state_dict(value)) return in_state_dict(*item);
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return {};
  const TorchObject* whole_model = nullptr;
  for (const char* usual : usual_model_keys) {
    const TorchValue* item = dict->find(usual);
    if (item == nullptr) continue;
    if (is_torch_state_dict(*item)) return {};
    if (const auto* in = object_in_state_dict(*item)) return in_state_dict(*in);
    if (whole_model == nullptr) whole_model = item->get_if<TorchObject>();
  }
  std::vector<std::string_view> names;
  const std::pair<TorchValue, TorchValue>* in = nullptr;
  for (const auto& [name, item] : dict->items) {
    const auto* text = name.get_if<std::string>();
    if (text == nullptr || *text == metadata_group || *text == training_group) continue;
    const auto* object = object_in_state_dict(item);
    if (object == nullptr && !is_torch_state_dict(item)) continue;
    names.emplace_back(*text);
    in = object;
  }
  if (whole_model != nullptr) {
    return "the model is " + refusal_of_object(*whole_model) +
           (names.empty() ? std::string() : "; a key names " + quoted_names(names));
  }
  return names.size() == 1 && in != nullptr ? in_state_dict(*in) : std::string();
}

}  // namespace detail

WICK_END_NAMESPACE

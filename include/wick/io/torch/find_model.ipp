#pragma once

// Definitions of io/torch/find_model.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/torch/find_model.hpp>
#include <wick/io/torch/optimizer_kind.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE bool is_torch_state_dict(const TorchValue& value) noexcept {
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return false;
  if (dict->items.empty()) return dict->kind == TorchDict::Kind::ordered;
  bool tensors = false;
  for (const auto& [key, item] : dict->items) {
    const auto* name = key.template get_if<std::string>();
    if (name == nullptr) return false;
    if (item.template is<TorchTensor>()) {
      tensors = true;
    } else if (!name->ends_with("_extra_state")) {
      return false;
    }
  }
  return tensors;
}

namespace detail {

/// Goes through a value and notes the state dicts in it, level by level.
class ModelFinder {
 public:
  [[nodiscard]] FoundModel find(const TorchValue& root) {
    if (is_torch_state_dict(root)) return {&root, nullptr, {}};
    walk(root);
    const auto level = std::ranges::find_if(levels_, [](const Level& l) { return l.count > 0; });
    if (level == levels_.end()) {
      if (const TorchValue* empty = empty_model(root)) return {empty, &root, {}};
      return {nullptr, nullptr, instead_of_model(root)};
    }
    if (level->count == 1) return {level->found[0].value, level->found[0].parent, {}};
    if (const Place* usual = usual_of(*level)) return {usual->value, usual->parent, {}};
    return {nullptr, nullptr, which_of(*level)};
  }

 private:
  static constexpr std::size_t most_levels = 4;
  static constexpr std::size_t most_noted = 1000;
  static constexpr std::array<std::string_view, 3> usual_names{"state_dict", "model_state_dict", "model"};

  struct Place {
    const TorchValue* value;
    const TorchValue* parent;
    std::vector<std::string> path;
  };
  struct Level {
    std::vector<Place> found;
    std::size_t count = 0;
  };

  static bool is_usual(std::string_view name) noexcept {
    return std::ranges::find(usual_names, name) != usual_names.end();
  }

  void walk(const TorchValue& value) {
    if (path_.size() == most_levels || is_torch_optimizer(value)) return;
    const auto visit = [&](std::string name, const TorchValue& item) {
      path_.push_back(std::move(name));
      const auto* dict = item.get_if<TorchDict>();
      if (dict != nullptr && !dict->items.empty() && is_torch_state_dict(item)) {
        Level& level = levels_[path_.size() - 1];
        if (++level.count <= most_noted) level.found.push_back({&item, &value, path_});
      } else {
        walk(item);
      }
      path_.pop_back();
    };
    if (const auto* dict = value.get_if<TorchDict>()) {
      for (const auto& [key, item] : dict->items) {
        const auto* name = key.get_if<std::string>();
        // Tensors beside a model that wick wrote.
        if (name != nullptr && path_.empty() && (*name == metadata_group || *name == training_group))
          continue;
        if (name != nullptr && is_container(item)) visit(*name, item);
      }
    } else if (const auto* sequence = value.get_if<TorchSequence>()) {
      for (std::size_t i = 0; i < sequence->items.size(); ++i) {
        if (is_container(sequence->items[i])) visit(std::to_string(i), sequence->items[i]);
      }
    }
  }
  static bool is_container(const TorchValue& value) noexcept {
    return value.is<TorchDict>() || value.is<TorchSequence>();
  }

  /// The one whose keys are all usual, the earlier name first; with names that are not all usual, the only
  /// one that ends with a usual one.
  static const Place* usual_of(const Level& level) {
    for (const auto name : usual_names) {
      const Place* all = nullptr;
      for (const Place& place : level.found) {
        if (place.path.back() != name || !std::ranges::all_of(place.path, is_usual)) continue;
        if (all != nullptr) return nullptr;
        all = &place;
      }
      if (all != nullptr) return all;
    }
    const Place* only = nullptr;
    for (const Place& place : level.found) {
      if (!is_usual(place.path.back())) continue;
      if (only != nullptr) return nullptr;
      only = &place;
    }
    return only;
  }

  /// The state dict of a model without parameters.
  static const TorchValue* empty_model(const TorchValue& root) {
    const auto* dict = root.get_if<TorchDict>();
    for (const auto name : usual_names) {
      const TorchValue* item = dict == nullptr ? nullptr : dict->find(name);
      if (item != nullptr && is_torch_state_dict(*item)) return item;
    }
    return nullptr;
  }

  static std::string which_of(const Level& level) {
    constexpr std::size_t most_shown = 20;
    std::string names;
    for (std::size_t i = 0; i < (std::min)(most_shown, level.found.size()); ++i) {
      std::string path;
      for (const auto& key : level.found[i].path) path.append(path.empty() ? "" : ".").append(key, 0, 100);
      names += (i == 0 ? "" : ", ") + quoted_name(path);
    }
    if (level.count > most_shown) names += ", ...";
    return "the file holds " + std::to_string(level.count) + " state dicts: " + names +
           "; say which one with a key";
  }

  static std::size_t tensors_in(const TorchValue& value) {
    const auto* dict = value.get_if<TorchDict>();
    const auto* sequence = value.get_if<TorchSequence>();
    const auto is_tensor = [](const TorchValue& v) { return v.is<TorchTensor>(); };
    const auto is_tensor_item = [](const auto& item) { return item.second.template is<TorchTensor>(); };
    std::ptrdiff_t count = 0;
    if (dict != nullptr) count = std::ranges::count_if(dict->items, is_tensor_item);
    if (sequence != nullptr) count = std::ranges::count_if(sequence->items, is_tensor);
    return static_cast<std::size_t>(count);
  }

  /// What stands where a state dict was expected.
  static std::string instead_of_model(const TorchValue& root) {
    constexpr const char* advice = "; in Python: torch.save(model.state_dict(), path)";
    const std::size_t tensors = tensors_in(root);
    if (root.is<TorchTensor>()) return std::string("the file has one tensor without a name") + advice;
    if (is_torch_optimizer(root))
      return std::string("the file has the state of an optimizer and no model") + advice;
    if (tensors == 0) {
      return "expected a state dict or a dict with one, got a value of type " +
             std::string(root.type_name()) + " without tensors";
    }
    const std::string count = std::to_string(tensors) + (tensors == 1 ? " tensor" : " tensors");
    const auto* dict = root.get_if<TorchDict>();
    if (dict == nullptr) return "the file has a list of " + count + " without names" + advice;
    for (const auto& [key, item] : dict->items) {
      if (!item.is<TorchTensor>() || key.is<std::string>()) continue;
      const bool is_bytes = key.is<TorchBytes>();
      return "the file has " + count + " whose names are of type " + std::string(key.type_name()) +
             ", not text; in Python: torch.save({" + (is_bytes ? "k.decode()" : "str(k)") +
             ": v for k, v in torch.load(path).items()}, new_path)";
    }
    return "the file has " + count + " and other values in one dict, " + first_other(*dict) +
           " among them; the state dict has to be an item of its own: torch.save({'state_dict': "
           "model.state_dict(), ...}, path)";
  }
  static std::string first_other(const TorchDict& dict) {
    for (const auto& [key, item] : dict.items) {
      if (item.is<TorchTensor>()) continue;
      const auto* name = key.get_if<std::string>();
      return name == nullptr ? "one" : python_quoted(std::string_view(*name).substr(0, 100));
    }
    return "one";
  }

  std::array<Level, most_levels> levels_;
  std::vector<std::string> path_;
};

}  // namespace detail

WICK_INLINE FoundModel find_torch_model(const TorchValue& value) { return detail::ModelFinder().find(value); }

WICK_END_NAMESPACE

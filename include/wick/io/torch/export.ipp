#pragma once

// Definitions of io/torch/export.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/optimizer_export.hpp>
#include <wick/io/torch/optimizer_import.hpp>
#include <wick/io/torch/value.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE TorchValue torch_state_dict(const StateDict& sd) {
  TorchDict dict{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  TorchDict paths{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  TorchDict version;
  version.add("version", std::int64_t{1});
  StateDict seen;  // to look paths up
  const auto add_path = [&](const std::string& path) {
    if (seen.contains(path)) return;
    seen.insert(path, {});
    paths.add(path, version);
  };
  add_path("");
  for (const auto& [name, tensor] : sd) {
    for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      add_path(name.substr(0, dot));
    }
    dict.add(name, tensor);
  }
  dict.metadata = std::make_shared<const TorchValue>(std::move(paths));
  return dict;
}

namespace detail {

[[nodiscard]] inline TorchValue torch_attribute(const Attribute& attribute) {
  return std::visit(
      []<class Value>(const Value& x) -> TorchValue {
        if constexpr (std::is_same_v<Value, std::monostate>) {
          return TorchNone();
        } else if constexpr (std::is_constructible_v<TorchValue, Value>) {
          return x;
        } else {
          return TorchSequence{TorchSequence::Kind::list, {x.begin(), x.end()}};
        }
      },
      attribute);
}

/// The attributes and tensors of one group, side by side; of equal names the tensor goes under
/// `<name>.tensor`.
[[nodiscard]] inline TorchValue torch_group(const Attributes* attributes, const StateDict* tensors) {
  TorchDict dict;
  if (attributes != nullptr) {
    for (const auto& [name, value] : *attributes) dict.add(name, torch_attribute(value));
  }
  if (tensors != nullptr) {
    for (const auto& [name, tensor] : *tensors) {
      const bool taken = attributes != nullptr && attributes->contains(name);
      dict.add(taken ? name + ".tensor" : name, tensor);
    }
  }
  return dict;
}

/// Whether a group is a further optimizer, as import_torch() stores it.
[[nodiscard]] inline bool is_optimizer_group(const Attributes& attributes) {
  const auto has = [&]<class Value>(std::string_view name, Value) {
    const Attribute* value = attributes.find(name);
    return value != nullptr && std::holds_alternative<Value>(*value);
  };
  return has("type", std::string()) && has("step", std::int64_t()) && has("groups", std::int64_t()) &&
         has("groups.0.parameters", std::vector<std::string>());
}

/// The parameters of an optimizer have PyTorch's numbers where a reader finds their names by these and
/// `model`, otherwise names: of a model whose ties the file does not have, or of a part of its parameters.
[[nodiscard]] inline TorchValue optimizer_beside(const OptimizerState& state, const StateDict* model) {
  std::vector<std::string> names;
  if (model != nullptr) names = model->keys();
  std::vector<std::string> meant;
  for (const OptimizerGroup& group : state.groups)
    meant.insert(meant.end(), group.parameters.begin(), group.parameters.end());
  if (state.groups.empty()) meant = names;

  TorchValue numbered = optimizer_to_torch(state, names);
  auto found = optimizer_parameters(numbered, model != nullptr ? *model : StateDict());
  if (found.empty()) {
    for (std::size_t i = 0; i < meant.size(); ++i) found.push_back(std::to_string(i));
  }
  return found == meant ? numbered : optimizer_to_torch(state, names, OptimizerKeys::names);
}

}  // namespace detail

WICK_INLINE TorchValue export_torch(const Archive& archive) {
  const StateDict* model = archive.find_tensors(model_group);
  if (model != nullptr && !archive.architecture && archive.tensors.size() == 1 &&
      archive.attributes.empty()) {
    return torch_state_dict(*model);
  }
  TorchDict root;
  if (archive.architecture) {
    const Architecture& a = *archive.architecture;
    root.add("input_size", static_cast<std::int64_t>(a.input_size));
    root.add("output_size", static_cast<std::int64_t>(a.output_size));
    TorchSequence layers;
    for (const Index n : a.hidden_layers) layers.items.emplace_back(static_cast<std::int64_t>(n));
    root.add("hidden_layers", std::move(layers));
    root.add("dropout", a.dropout);
  }
  if (model != nullptr) root.add("state_dict", torch_state_dict(*model));
  if (const auto optimizer = get_optimizer(archive)) {
    root.add(optimizer_group, detail::optimizer_beside(*optimizer, model));
  }
  const auto is_done = [](std::string_view group) {
    return group == model_group || group == optimizer_group;
  };
  for (const auto& [group, attributes] : archive.attributes) {
    if (detail::is_optimizer_group(attributes) && !is_done(group)) {
      root.add(group, detail::optimizer_beside(*get_optimizer(archive, group), model));
      continue;
    }
    if (!is_done(group)) root.add(group, detail::torch_group(&attributes, archive.find_tensors(group)));
  }
  for (const auto& [group, tensors] : archive.tensors) {
    if (!is_done(group) && archive.find_attributes(group) == nullptr)
      root.add(group, torch_state_dict(tensors));
  }
  return root;
}

WICK_END_NAMESPACE

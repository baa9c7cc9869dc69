#pragma once

// Definitions of checkpoint/infer.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/checkpoint/detail/name_hints.hpp>
#include <wick/checkpoint/infer.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/models/network_options.hpp>
#include <wick/state/match_by_shape.hpp>
#include <wick/state/module_groups.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/state/state_dict.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// One layer of a perceptron: the names of its parameters and its sizes.
struct InferredLayer {
  std::string path;
  std::string weight;
  std::string bias;  // empty where there is none
  Index in = 0;
  Index out = 0;
};

[[noreturn]] inline void refuse_to_infer(const std::string& why) {
  throw StateDictError("cannot infer the sizes of a network from the state dict: " + why, {}, {}, {});
}

/// Throws unless the group is exactly the weight (out, in) of a layer, and its bias (out) if it has one.
inline InferredLayer layer_of(const ModuleGroup& group) {
  const ModuleGroup::Tensor* weight = nullptr;
  const ModuleGroup::Tensor* bias = nullptr;
  for (const auto& t : group.tensors) {
    if (t.last == "weight") {
      weight = &t;
    } else if (t.last == "bias") {
      bias = &t;
    } else {
      refuse_to_infer("a linear layer has a weight and a bias, but there is " + quoted_name(t.name));
    }
  }
  if (weight == nullptr) refuse_to_infer(quoted_name(bias->name) + " has no weight beside it");
  const Shape& shape = weight->shape;
  if (shape.dim() != 2 || shape.numel() == 0) {
    refuse_to_infer(quoted_name(weight->name) + " should have the shape [outputs, inputs], it has " +
                    shape.str());
  }
  // The other two-dimensional weight of PyTorch has no bias either, and would look like a layer without one.
  if (bias == nullptr && group.path.find("emb") != std::string::npos) {
    refuse_to_infer(quoted_name(weight->name) + " looks like that of an embedding, it has no bias beside it");
  }
  if (bias != nullptr && !(bias->shape == Shape{shape[0]})) {
    refuse_to_infer(quoted_name(bias->name) + " should have shape " + Shape{shape[0]}.str() + " beside " +
                    quoted_name(weight->name) + " of shape " + shape.str() + ", it has " + bias->shape.str());
  }
  return {group.path, weight->name, bias == nullptr ? std::string() : bias->name, shape[1], shape[0]};
}

inline std::string step_that_does_not_fit(const InferredLayer& from, const InferredLayer& to) {
  return shown_name(to.weight) + " takes " + std::to_string(to.in) + " inputs but " +
         shown_name(from.weight) + " gives " + std::to_string(from.out) + " outputs";
}

inline Architecture chain_of(std::span<const InferredLayer> layers) {
  Architecture a{.type = "Network",
                 .input_size = layers.front().in,
                 .output_size = layers.back().out,
                 .hidden_layers = {},
                 .dropout = NetworkOptions{}.dropout};
  for (std::size_t i = 0; i + 1 < layers.size(); ++i) {
    if (layers[i].out != layers[i + 1].in) {
      refuse_to_infer(step_that_does_not_fit(layers[i], layers[i + 1]));
    }
    a.hidden_layers.push_back(layers[i].out);
  }
  return a;
}

/// The order in which each layer takes what the one before gives, if it is the only one
/// because no two layers have the same number of inputs.
inline std::optional<std::vector<InferredLayer>> only_chain(std::span<const InferredLayer> layers) {
  std::map<Index, const InferredLayer*> by_inputs;
  std::set<Index> outputs;
  for (const auto& layer : layers) {
    if (!by_inputs.emplace(layer.in, &layer).second) return std::nullopt;
    outputs.insert(layer.out);
  }
  std::vector<InferredLayer> chain;
  for (const auto& [in, layer] : by_inputs) {
    if (outputs.contains(in)) continue;
    if (!chain.empty()) return std::nullopt;  // two beginnings
    chain.push_back(*layer);
  }
  while (!chain.empty() && chain.size() < layers.size()) {
    const auto next = by_inputs.find(chain.back().out);
    if (next == by_inputs.end()) return std::nullopt;
    chain.push_back(*next->second);
  }
  return chain.empty() ? std::nullopt : std::optional(chain);
}

/// Puts layers in the order of the model, see infer_by_shape().
inline std::vector<InferredLayer> in_model_order(const std::vector<InferredLayer>& layers, bool sorted) {
  std::vector<std::string_view> paths;
  paths.reserve(layers.size());
  for (const auto& layer : layers) paths.emplace_back(layer.path);
  std::vector<InferredLayer> told;
  if (const auto order = order_from_names(paths, sorted)) {
    for (const auto i : *order) told.push_back(layers[i]);
    const auto does_not_fit = [](const InferredLayer& a, const InferredLayer& b) { return a.out != b.in; };
    if (std::ranges::adjacent_find(told, does_not_fit) == told.end()) return told;
  }
  if (auto chain = only_chain(layers)) return *std::move(chain);
  if (!told.empty()) return told;  // to be refused with what does not fit
  refuse_to_infer("neither the names nor the sizes tell the order of the layers " + joined_names(paths) +
                  (sorted ? "; the file is sorted by name" : ""));
}

}  // namespace detail

WICK_INLINE Architecture infer_architecture(const StateDict& all) {
  const StateDict sd = detail::without_extra_states(all);
  std::map<std::string, ModuleGroup> groups;
  for (auto& group : group_by_module(names_and_shapes(sd))) {
    std::string path = group.path;
    groups.emplace(std::move(path), std::move(group));
  }
  std::vector<detail::InferredLayer> layers;
  const auto take = [&](const std::string& path) {
    const auto it = groups.find(path);
    if (it == groups.end()) return false;
    layers.push_back(detail::layer_of(it->second));
    groups.erase(it);
    return true;
  };
  while (take("hidden_layers." + std::to_string(layers.size()))) {
  }
  const std::size_t hidden = layers.size();
  const bool has_output = take("output");
  if (!groups.empty()) {
    const auto& stray = groups.begin()->second;
    detail::refuse_to_infer(detail::quoted_name(stray.tensors.front().name) +
                            " is not a parameter of a Network with " + std::to_string(hidden) +
                            " hidden layers (hidden_layers.N.weight, hidden_layers.N.bias, "
                            "output.weight, output.bias); " +
                            detail::name_hint(sd));
  }
  if (!has_output) detail::refuse_to_infer("there is no \"output.weight\"");
  const auto has_none = [](const detail::InferredLayer& layer) { return layer.bias.empty(); };
  const auto missing = std::ranges::find_if(layers, has_none);
  if (missing != layers.end() && !std::ranges::all_of(layers, has_none)) {
    detail::refuse_to_infer("\"" + missing->weight + "\" has no bias beside it");
  }
  return detail::chain_of(layers);
}

namespace detail {

/// The counters of averages of models (torch.optim.swa_utils), `n_averaged` or `ema.n_averaged`: beside them
/// are names that begin with `module.` and no others.
[[nodiscard]] inline std::vector<std::string_view> counters_of_averages(const StateDict& sd) {
  constexpr std::string_view counter = "n_averaged";
  constexpr std::size_t most = 8;  // each is compared with all names
  std::vector<std::string_view> counters;
  for (const auto& [name, tensor] : sd) {
    if (!name.ends_with(counter) || counters.size() == most) continue;
    const std::string_view parent = std::string_view(name).substr(0, name.size() - counter.size());
    if (!parent.empty() && !parent.ends_with('.')) continue;
    const auto fits = [&, &self = name](const auto& entry) {
      const std::string_view other = entry.first;
      return other == self || !other.starts_with(parent) ||
             other.substr(parent.size()).starts_with("module.");
    };
    if (std::ranges::all_of(sd, fits)) counters.emplace_back(name);
  }
  return counters;
}

WICK_INLINE StateDict without_extra_states(const StateDict& sd) {
  const auto counters = counters_of_averages(sd);
  return select(sd, [&](std::string_view name) {
    return !name.ends_with("_extra_state") && std::ranges::find(counters, name) == counters.end();
  });
}

/// The network of own names behind a prefix: it needs no guess.
[[nodiscard]] inline std::optional<InferredNetwork> infer_behind_prefix(const StateDict& sd) {
  constexpr std::string_view last = "output.weight";
  for (const auto& [name, tensor] : sd) {
    if (!name.ends_with(last)) continue;
    const std::string prefix = name.substr(0, name.size() - last.size());
    if (!prefix.empty() && !prefix.ends_with('.')) continue;
    if (!std::ranges::all_of(sd, [&](const auto& other) { return other.first.starts_with(prefix); }))
      continue;
    try {
      const Architecture a = infer_architecture(strip_prefix(sd, prefix));
      std::vector<NameMapping::Pair> pairs;
      pairs.reserve(sd.size());
      for (std::size_t i = 0; i <= a.hidden_layers.size(); ++i) {
        for (const char* parameter : {".weight", ".bias"}) {
          const std::string own = layer_path(i, a.hidden_layers.size()) + parameter;
          if (const AnyTensor* found = sd.find(prefix + own))
            pairs.push_back({prefix + own, own, found->shape()});
        }
      }
      return InferredNetwork{a, NameMapping(std::move(pairs))};
    } catch (const StateDictError&) {
      break;  // hidden layers with other names
    }
  }
  return std::nullopt;
}

}  // namespace detail

WICK_INLINE InferredNetwork infer_by_shape(const StateDict& all) {
  const StateDict sd = detail::without_extra_states(all);
  const auto tensors = names_and_shapes(sd);
  if (tensors.empty()) detail::refuse_to_infer("it is empty");
  if (auto inferred = detail::infer_behind_prefix(sd)) return *std::move(inferred);
  std::vector<detail::InferredLayer> layers;
  InferredNetwork result;
  try {
    for (const auto& group : group_by_module(tensors)) layers.push_back(detail::layer_of(group));
    layers = detail::in_model_order(layers, sorted_by_name(tensors));
    result.architecture = detail::chain_of(layers);
  } catch (const StateDictError& e) {
    const std::string hint = detail::several_networks_hint(sd);
    if (hint.empty()) throw;
    throw StateDictError(std::string(e.what()) + "; " + hint, {}, {}, {});
  }
  std::vector<NameMapping::Pair> pairs;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string path = detail::layer_path(i, layers.size() - 1);
    pairs.push_back({layers[i].weight, path + ".weight", Shape{layers[i].out, layers[i].in}});
    if (!layers[i].bias.empty()) pairs.push_back({layers[i].bias, path + ".bias", Shape{layers[i].out}});
  }
  result.names = NameMapping(std::move(pairs));
  return result;
}

WICK_END_NAMESPACE

#pragma once

// Definitions of checkpoint/detail/own_names.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/checkpoint/detail/name_hints.hpp>
#include <wick/checkpoint/detail/own_names.hpp>
#include <wick/checkpoint/infer.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What the options make of a name, or nothing if they change none.
[[nodiscard]] inline RenameFunction renaming_of(const BuildOptions& options) {
  if (options.only.empty() && options.prefix.empty()) return options.rename;
  return [&options](std::string_view name) -> std::optional<std::string> {
    const auto is_start = [name](const std::string& start) { return name.starts_with(start); };
    if (!options.only.empty() && std::ranges::none_of(options.only, is_start)) return std::nullopt;
    if (name.starts_with(options.prefix)) name.remove_prefix(options.prefix.size());
    return options.rename ? options.rename(name) : std::optional(std::string(name));
  };
}

/// Throws if options that choose parameters leave none.
inline void check_some_are_left(const StateDict& before, const Archive& after, const std::string& name) {
  const StateDict* parameters = after.find_tensors(model_group);
  if (before.empty() || (parameters != nullptr && !parameters->empty())) return;
  constexpr std::size_t most = 20;
  std::string names;
  std::size_t count = 0;
  for (const auto& [key, tensor] : before) {
    if (count++ == most) break;
    names += (names.empty() ? "\"" : ", \"") + key.substr(0, 100) + "\"";
  }
  throw FileError(name, "the options leave none of the parameters; the file has " + names +
                            (before.size() > most ? ", ..." : ""));
}

/// `x.weight` to `x.bias`.
inline std::string bias_beside(std::string_view weight) {
  return std::string(weight.substr(0, weight.size() - std::string_view("weight").size())) + "bias";
}

/// Zeros for biases that a model was built without: its outputs are the same.
inline void add_zero_biases(Archive& archive, ParameterNames names) {
  const auto group =
      std::ranges::find(archive.tensors, model_group, &std::pair<std::string, StateDict>::first);
  if (group == archive.tensors.end()) return;
  const auto is_bias = [](const auto& entry) { return entry.first.ends_with(".bias"); };
  // Among a Network's own parameters one that is missing was lost, unless all layers are of this kind.
  const bool own = names == ParameterNames::own || archive.architecture.has_value();
  if (own && std::ranges::any_of(group->second, is_bias)) return;
  // A weight without elements has any number of rows and is no layer; weights that share their elements do
  // not need a memory each.
  constexpr std::string_view weight = ".weight";
  const auto lacks_bias = [&](const std::string& key, const AnyTensor& tensor) {
    return key.ends_with(weight) && tensor.shape().dim() == 2 && tensor.shape().numel() > 0 &&
           prefix_of_own_name(key) == 0 && !group->second.contains(bias_beside(key));
  };
  Index longest = 0;
  for (const auto& [key, tensor] : group->second) {
    if (lacks_bias(key, tensor)) longest = (std::max)(longest, tensor.shape()[0]);
  }
  if (longest == 0) return;
  const auto zeros = std::make_shared<const Tensor<float>>(Tensor<float>::zeros({longest}));
  StateDict result;
  for (const auto& [key, tensor] : group->second) {
    result.insert(key, tensor);
    if (!lacks_bias(key, tensor)) continue;
    const Index rows = tensor.shape()[0];
    const auto bytes = std::as_bytes(zeros->span().first(static_cast<std::size_t>(rows)));
    result.insert(bias_beside(key), AnyTensor(DType::f32, {rows}, bytes, zeros));
  }
  group->second = std::move(result);
}

WICK_INLINE Archive with_own_names(Archive archive, const std::string& name, const BuildOptions& options) {
  if (options.names != ParameterNames::by_shape) refuse_own_class(archive, name);
  const auto group =
      std::ranges::find(archive.tensors, model_group, &std::pair<std::string, StateDict>::first);
  if (group == archive.tensors.end()) return archive;
  // Before names change: they tell what is no parameter.
  group->second = without_extra_states(group->second);
  if (const RenameFunction new_name = renaming_of(options)) {
    const StateDict before = group->second;
    archive = rename_parameters(std::move(archive), new_name);
    check_some_are_left(before, archive, name);
  }
  if (options.names == ParameterNames::by_shape) {
    try {
      const NameMapping names = infer_by_shape(group->second).names;
      archive = rename_parameters(std::move(archive), names);
    } catch (const StateDictError& e) {
      throw FormatError(name, e.what());
    }
  }
  add_zero_biases(archive, options.names);
  return archive;
}

WICK_INLINE std::vector<std::string> assumptions(const Archive& archive, const std::string& name,
                                                 const BuildOptions& options) {
  std::vector<std::string> result;
  if (options.names == ParameterNames::by_shape && !archive.architecture) {
    result.emplace_back(
        "the layers were matched by names and shapes, which do not say what is between them: ReLU is "
        "assumed, and log-softmax behind the last; a model with other activations, such as Tanh, gives other "
        "results");
  }
  if (options.out != nullptr) {
    for (const auto& text : result) *options.out << name << ": " << text << '\n';
  }
  return result;
}

WICK_INLINE DescribedNetwork described_or_inferred(const Archive& archive, const std::string& name,
                                                   const BuildOptions& options) {
  const StateDict& parameters = model_parameters(archive, name);
  if (archive.architecture)
    return described_network(archive, name, options.activations, options.normalisations);
  try {
    return {infer_architecture(parameters), {.dropout = options.dropout}};
  } catch (const StateDictError& e) {
    throw FormatError(name, std::string("the file does not say how to build the network: ") + e.what());
  }
}

}  // namespace detail

WICK_END_NAMESPACE

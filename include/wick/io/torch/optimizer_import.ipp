#pragma once

// Definitions of io/torch/optimizer_import.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/torch/detail/optimizer_groups.hpp>
#include <wick/io/torch/detail/optimizer_reader.hpp>
#include <wick/io/torch/optimizer_import.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/tensor/dtype.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::vector<std::string> optimizer_parameters(const TorchValue& value, const StateDict& model) {
  const auto groups = detail::parameters_of_groups(value);
  const auto states = detail::states_of(value);
  std::vector<std::string> keys;
  for (const auto& group : groups) {
    for (const TorchValue* key : group) keys.push_back(detail::key_of_parameter(*key));
  }
  const auto fits = [&](const std::vector<std::string>& names) {
    if (names.size() != keys.size()) return false;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const AnyTensor* parameter = model.find(names[i]);
      const auto state = states.find(keys[i]);
      if (parameter == nullptr) return false;
      if (state != states.end() && !detail::may_be_state_of(*state->second, parameter->shape())) return false;
    }
    return true;
  };
  // Given by optim.Adam(model.named_parameters()).
  std::vector<std::string> own;
  for (const TorchValue& item :
       value.get_if<TorchDict>()->find("param_groups")->get_if<TorchSequence>()->items) {
    const TorchValue* given = item.get_if<TorchDict>()->find("param_names");
    const auto* list = given == nullptr ? nullptr : given->get_if<TorchSequence>();
    if (list == nullptr) continue;
    for (const TorchValue& name : list->items) {
      if (const auto* text = name.get_if<std::string>()) own.push_back(*text);
    }
  }
  const auto are_different = [](const std::vector<std::string>& names) {
    return std::set<std::string_view>(names.begin(), names.end()).size() == names.size();
  };
  const bool may_be_own = model.empty() ? own.size() == keys.size() : fits(own);
  if (may_be_own && are_different(own)) return own;
  // Whatever the model calls them, a name says more than a place in a list.
  const auto has_names = [](const auto& group) {
    return std::ranges::all_of(group, [](const TorchValue* key) { return key->is<std::string>(); });
  };
  if (std::ranges::all_of(groups, has_names) && are_different(keys)) return keys;
  if (model.size() == keys.size()) {
    auto names = model.keys();
    return fits(names) ? std::vector<std::string>(names) : std::vector<std::string>();
  }
  std::vector<std::string> trained;
  std::set<std::tuple<const std::byte*, std::size_t, DType>> seen;
  for (const auto& [name, tensor] : model) {
    const bool statistic = name.ends_with("running_mean") || name.ends_with("running_var") ||
                           name.ends_with("num_batches_tracked");
    if (statistic) continue;
    const auto bytes = tensor.bytes();
    if (!bytes.empty() && !seen.emplace(bytes.data(), bytes.size(), tensor.dtype()).second) continue;  // tied
    trained.push_back(name);
  }
  return fits(trained) ? trained : std::vector<std::string>();
}

WICK_INLINE OptimizerState optimizer_from_torch(const TorchValue& value, std::span<const std::string> names) {
  detail::require_optimizer(
      is_torch_optimizer(value),
      R"(expected a dict with "state" and "param_groups", got )" + std::string(value.type_name()));
  return detail::OptimizerReader(value).read(names);
}

WICK_END_NAMESPACE

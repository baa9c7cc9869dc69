#pragma once

// Definitions of io/torch/optimizer.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/error.hpp>
#include <wick/core/optimizer_state.hpp>
#include <wick/core/printable.hpp>
#include <wick/io/torch/optimizer.hpp>
#include <wick/io/torch/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// The type of optimizer whose parameter groups look like this; the file does not say it.
[[nodiscard]] inline std::string optimizer_type_of(const TorchDict& group) {
  const TorchValue* decoupled = group.find("decoupled_weight_decay");
  if (group.find("betas") != nullptr) {
    return decoupled != nullptr && *decoupled == TorchValue(true) ? "AdamW" : "Adam";
  }
  if (group.find("nesterov") != nullptr) return "SGD";
  if (group.find("centered") != nullptr) return "RMSprop";
  return "unknown";
}

/// One option, or nothing for what has no meaning outside PyTorch.
[[nodiscard]] inline std::optional<Attribute> optimizer_option(std::string_view name,
                                                               const TorchValue& value) {
  for (const std::string_view torch_only : {"params", "param_names", "foreach", "capturable",
                                            "differentiable", "fused", "decoupled_weight_decay"}) {
    if (name == torch_only) return std::nullopt;
  }
  if (const auto* b = value.get_if<bool>()) return *b;
  if (const auto* s = value.get_if<std::string>()) return *s;
  if (const auto x = number_in(value)) return *x;
  if (const auto* items = value.get_if<TorchSequence>()) {
    std::vector<double> numbers;
    for (const auto& item : items->items) {
      const auto x = number_in(item);
      if (!x) return std::nullopt;
      numbers.push_back(*x);
    }
    return numbers;
  }
  return std::nullopt;
}

}  // namespace detail

WICK_INLINE bool is_torch_optimizer(const TorchValue& value) noexcept {
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return false;
  const TorchValue* state = dict->find("state");
  const TorchValue* groups = dict->find("param_groups");
  return state != nullptr && state->is<TorchDict>() && groups != nullptr && groups->is<TorchSequence>();
}

WICK_INLINE OptimizerState optimizer_from_torch(const TorchValue& value, std::span<const std::string> names) {
  const auto demand = [](bool ok, const std::string& what) {
    if (!ok) throw OptionError("optimizer state: " + what);
  };
  demand(is_torch_optimizer(value),
         R"(expected a dict with "state" and "param_groups", got )" + std::string(value.type_name()));
  const auto* dict = value.get_if<TorchDict>();
  const auto& groups = dict->find("param_groups")->get_if<TorchSequence>()->items;
  demand(!groups.empty(), "there is no parameter group");

  OptimizerState state;
  std::vector<std::int64_t> numbers;  // of the parameters, as keys of "state"
  for (const TorchValue& item : groups) {
    const auto* group = item.get_if<TorchDict>();
    const TorchValue* params = group == nullptr ? nullptr : group->find("params");
    const auto* list = params == nullptr ? nullptr : params->get_if<TorchSequence>();
    demand(list != nullptr, "a parameter group has no list \"params\"");
    for (const TorchValue& number : list->items) {
      demand(number.is<std::int64_t>(),
             "expected numbers in \"params\", got " + std::string(number.type_name()));
      numbers.push_back(*number.get_if<std::int64_t>());
    }
    Attributes options;
    constexpr std::size_t most_options = 1000;  // an optimizer has a dozen
    demand(group->items.size() <= most_options, "a parameter group has " +
                                                    std::to_string(group->items.size()) +
                                                    " options, the limit is " + std::to_string(most_options));
    for (const auto& [key, option] : group->items) {
      const auto* name = key.get_if<std::string>();
      if (name == nullptr) continue;
      if (auto attribute = detail::optimizer_option(*name, option)) options.set(*name, std::move(*attribute));
    }
    const std::string type = detail::optimizer_type_of(*group);
    const bool first = &item == &groups.front();
    demand(first || (options == state.options && type == state.type),
           "the parameter groups have different options; a single group can be carried over");
    state.type = type;
    state.options = std::move(options);
  }
  demand(numbers.size() == names.size(), "it is for " + std::to_string(numbers.size()) +
                                             " parameters, the model has " + std::to_string(names.size()));

  std::map<std::int64_t, const TorchValue*> states;
  for (const auto& [key, entry] : dict->find("state")->get_if<TorchDict>()->items) {
    if (const auto* number = key.get_if<std::int64_t>()) states.emplace(*number, &entry);
  }
  std::optional<double> step;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto it = states.find(numbers[i]);
    if (it == states.end()) continue;
    const auto* values = it->second->get_if<TorchDict>();
    demand(values != nullptr, "expected a dict for parameter " + std::to_string(numbers[i]) + ", got " +
                                  std::string(it->second->type_name()));
    for (const auto& [name, x] : values->items) {
      const auto* text = name.get_if<std::string>();
      if (text == nullptr || x.is<TorchNone>()) continue;
      if (*text == "step") {
        const auto taken = detail::number_in(x);
        demand(taken && *taken >= 0 && *taken < 0x1p62 && *taken == std::floor(*taken),
               "the step of parameter " + detail::quoted_name(names[i]) + " is not a count");
        demand(!step || *step == *taken, "parameter " + detail::quoted_name(names[i]) +
                                             " took another number of steps than those before it");
        step = taken;
      } else if (const auto* t = x.get_if<TorchTensor>()) {
        const std::string full = names[i] + "." + *text;
        demand(!state.tensors.contains(full), detail::quoted_name(full) + " is there twice");
        state.tensors.insert(full, t->tensor);
      }
    }
  }
  state.step = static_cast<std::int64_t>(step.value_or(0));
  return state;
}

WICK_INLINE TorchValue optimizer_to_torch(const OptimizerState& state, std::span<const std::string> names) {
  using Kind = TorchSequence::Kind;
  std::map<std::string_view, std::size_t> number_of;
  for (std::size_t i = 0; i < names.size(); ++i) number_of.emplace(names[i], i);
  std::map<std::size_t, TorchDict> entries;
  for (const auto& [name, tensor] : state.tensors) {
    const auto dot = name.rfind('.');
    const auto it =
        dot == std::string::npos ? number_of.end() : number_of.find(std::string_view(name).substr(0, dot));
    if (it == number_of.end()) {
      throw OptionError("optimizer state: the tensor " + detail::quoted_name(name) +
                        " belongs to no parameter of the model");
    }
    TorchDict& entry = entries[it->second];
    if (entry.items.empty()) {
      entry.add("step", AnyTensor::copy_of(Tensor<float>::full({}, static_cast<float>(state.step))));
    }
    entry.add(std::string_view(name).substr(dot + 1), tensor);
  }
  TorchDict states;
  for (auto& [number, entry] : entries)
    states.items.emplace_back(static_cast<std::int64_t>(number), std::move(entry));

  TorchDict group;
  for (const auto& option : state.options) {
    const std::string& name = option.first;
    std::visit(
        [&group, &name]<class Value>(const Value& x) {
          if constexpr (std::is_constructible_v<TorchValue, Value>) {
            group.add(name, x);
          } else {
            group.add(name, TorchSequence{Kind::tuple, {x.begin(), x.end()}});
          }
        },
        option.second);
  }
  group.add("foreach", TorchNone{});
  if (state.type == "Adam" || state.type == "AdamW" || state.type == "RMSprop")
    group.add("capturable", false);
  group.add("differentiable", false);
  if (state.type != "RMSprop") group.add("fused", TorchNone{});
  if (state.type == "Adam" || state.type == "AdamW")
    group.add("decoupled_weight_decay", state.type == "AdamW");
  TorchSequence params;
  for (std::size_t i = 0; i < names.size(); ++i) params.items.emplace_back(static_cast<std::int64_t>(i));
  group.add("params", std::move(params));

  TorchDict result;
  result.add("state", std::move(states));
  result.add("param_groups", TorchSequence{Kind::list, {std::move(group)}});
  return result;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

#pragma once

// The parts of what torch.optim.Optimizer.state_dict() returns: parameter groups, their options, states.

#include <wick/base/error.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void require_optimizer(bool ok, const std::string& what) {
  if (!ok) throw OptionError("optimizer state: " + what);
}

/// The type of optimizer whose parameter groups look like this; files of PyTorch do not say it.
[[nodiscard]] inline std::string optimizer_type_of(const TorchDict& group) {
  const auto has = [&](std::string_view option) { return group.find(option) != nullptr; };
  // What one of them has alone.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> own_options{
      {{"ns_steps", "Muon"},
       {"nesterov", "SGD"},
       {"centered", "RMSprop"},
       {"initial_accumulator_value", "Adagrad"},
       {"momentum_decay", "NAdam"},
       {"rho", "Adadelta"},
       {"lambd", "ASGD"},
       {"step_sizes", "Rprop"},
       {"history_size", "LBFGS"},
       {"beta2_decay", "Adafactor"}}};
  for (const auto& [option, type] : own_options) {
    if (has(option)) return std::string(type);
  }
  if (!has("betas")) return "unknown";
  const TorchValue* decoupled = group.find("decoupled_weight_decay");
  if (has("amsgrad")) {
    return decoupled != nullptr && *decoupled == TorchValue(true) ? "AdamW" : "Adam";
  }
  if (decoupled != nullptr) return "RAdam";
  // SparseAdam has no weight decay, RAdam before 2.0 none that goes up.
  return has("weight_decay") && has("maximize") ? "Adamax" : "unknown";
}

/// Where wick writes the type of an optimizer that this does not tell, beside what PyTorch reads.
inline constexpr std::string_view optimizer_type_key = "type";

/// Options that say how PyTorch computes, not what, with the values that they have unless somebody asks for
/// others: those are left out here and written again.
[[nodiscard]] inline std::vector<std::pair<std::string_view, TorchValue>> usual_options(
    std::string_view type) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> types) {
    return std::ranges::find(types, type) != types.end();
  };
  const bool adam = is_one_of({"Adam", "AdamW"});
  const bool capturable =
      adam || is_one_of({"RMSprop", "Adamax", "NAdam", "RAdam", "Adadelta", "ASGD", "Rprop"});
  const bool fused = adam || is_one_of({"SGD", "Adagrad"});
  std::vector<std::pair<std::string_view, TorchValue>> usual;
  if (!capturable && !fused) return usual;
  usual.emplace_back("foreach", TorchNone{});
  if (capturable) usual.emplace_back("capturable", false);
  usual.emplace_back("differentiable", false);
  if (fused) usual.emplace_back("fused", TorchNone{});
  if (adam) usual.emplace_back("decoupled_weight_decay", type == "AdamW");
  return usual;
}

/// The parameters of each group: numbers, or names where distributed training saved them.
[[nodiscard]] inline std::vector<std::vector<const TorchValue*>> parameters_of_groups(
    const TorchValue& optimizer) {
  std::vector<std::vector<const TorchValue*>> groups;
  for (const TorchValue& item :
       optimizer.get_if<TorchDict>()->find("param_groups")->get_if<TorchSequence>()->items) {
    const auto* group = item.get_if<TorchDict>();
    const TorchValue* params = group == nullptr ? nullptr : group->find("params");
    const auto* list = params == nullptr ? nullptr : params->get_if<TorchSequence>();
    require_optimizer(list != nullptr, "a parameter group has no list \"params\"");
    auto& numbers = groups.emplace_back();
    for (const TorchValue& number : list->items) {
      require_optimizer(number.is<std::int64_t>() || number.is<std::string>(),
                        "expected numbers in \"params\", got " + std::string(number.type_name()));
      numbers.push_back(&number);
    }
  }
  require_optimizer(!groups.empty(), "there is no parameter group");
  constexpr std::size_t most = 1024;  // an archive has values for each
  require_optimizer(groups.size() <= most,
                    "there are more than " + std::to_string(most) + " parameter groups");
  return groups;
}

/// The states by the key of their parameter, a number or a name.
[[nodiscard]] inline std::map<std::string, const TorchValue*, std::less<>> states_of(
    const TorchValue& optimizer) {
  std::map<std::string, const TorchValue*, std::less<>> states;
  for (const auto& [key, entry] : optimizer.get_if<TorchDict>()->find("state")->get_if<TorchDict>()->items) {
    const auto* number = key.get_if<std::int64_t>();
    const auto* name = key.get_if<std::string>();
    require_optimizer(number != nullptr || name != nullptr,
                      "a parameter has a key of type " + std::string(key.type_name()));
    states.emplace(number != nullptr ? std::to_string(*number) : *name, &entry);
  }
  return states;
}

[[nodiscard]] inline std::string key_of_parameter(const TorchValue& key) {
  const auto* number = key.get_if<std::int64_t>();
  return number != nullptr ? std::to_string(*number) : *key.get_if<std::string>();
}

/// Whether what is kept for a parameter may belong to a tensor of this shape: some of it has the same, where
/// Adafactor has ones in place of some sizes, or none has any.
[[nodiscard]] inline bool may_be_state_of(const TorchValue& state, const Shape& shape) {
  const auto* dict = state.get_if<TorchDict>();
  if (dict == nullptr) return true;
  // LBFGS keeps vectors of all parameters, with the first of them.
  if (dict->find("func_evals") != nullptr) return true;
  bool any = false;
  for (const auto& [name, value] : dict->items) {
    const auto* t = value.get_if<TorchTensor>();
    if (t == nullptr || t->tensor.shape().dim() == 0) continue;
    const Shape& kept = t->tensor.shape();
    const bool factor = name == TorchValue("row_var") || name == TorchValue("col_var");
    bool fits = kept.dim() == shape.dim();
    for (Index i = 0; fits && i < static_cast<Index>(shape.dim()); ++i) {
      fits = kept[i] == shape[i] || (factor && kept[i] == 1);
    }
    if (fits) return true;
    any = true;
  }
  return !any;
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// From an OptimizerState to what torch.optim.Optimizer.load_state_dict() takes.

#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/torch/detail/optimizer_groups.hpp>
#include <wick/io/torch/detail/optimizer_values.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Writes one optimizer, which has to stay.
class OptimizerWriter {
 public:
  /// `names` are the parameters if the state has no groups.
  OptimizerWriter(const OptimizerState& state, std::span<const std::string> names)
      : state_(state), groups_(state.groups) {
    if (groups_.empty()) groups_.push_back({.parameters = {names.begin(), names.end()}, .options = {}});
    for (const OptimizerGroup& group : groups_) {
      for (const std::string& name : group.parameters) {
        const bool once = number_of_.emplace(name, number_of_.size()).second;
        require_optimizer(once, "the parameter " + quoted_name(name) + " is there twice");
      }
    }
  }

  /// Parameters are numbers, or their names.
  [[nodiscard]] TorchValue write(bool by_name) {
    keys_.clear();
    for (const OptimizerGroup& group : groups_) {
      for (const std::string& name : group.parameters) {
        const auto number = static_cast<std::int64_t>(keys_.size());
        keys_.push_back(by_name ? TorchValue(name) : TorchValue(number));
      }
    }
    TorchDict result;
    result.add("state", states());
    TorchSequence groups;
    std::size_t number = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      TorchDict group = options(g);
      TorchSequence params;
      for (std::size_t i = 0; i < groups_[g].parameters.size(); ++i) params.items.push_back(keys_[number++]);
      group.add("params", std::move(params));
      groups.items.emplace_back(std::move(group));
    }
    const bool tells_type =
        state_.type == optimizer_type_of(*groups.items.front().get_if<TorchDict>()) || state_.type.empty();
    result.add("param_groups", TorchSequence{TorchSequence::Kind::list, std::move(groups.items)});
    if (!tells_type) result.add(optimizer_type_key, state_.type);
    return result;
  }

 private:
  /// A dict that is being filled, and where its keys are.
  struct Entry {
    TorchDict dict;
    std::map<std::string, std::size_t, std::less<>> places;
  };

  [[nodiscard]] TorchDict states() const {
    // Lists may hold tensors, values and None by turns: the order of the names puts them together.
    struct Item {
      std::string_view name;
      const AnyTensor* tensor = nullptr;
      const Attribute* value = nullptr;
    };
    std::vector<Item> items;
    for (const auto& [name, tensor] : state_.tensors) items.push_back({name, &tensor, nullptr});
    for (const auto& [name, value] : state_.values) items.push_back({name, nullptr, &value});
    constexpr std::string_view of_values = "values.";
    for (const std::string& name : state_.none) {
      if (name.starts_with(of_values)) items.push_back({std::string_view(name).substr(of_values.size())});
    }
    in_order_of_numbers(items);
    std::map<std::size_t, Entry> entries;
    for (const Item& item : items) {
      put(entries, item.name,
          item.tensor != nullptr  ? TorchValue(*item.tensor)
          : item.value != nullptr ? torch_option(*item.value)
                                  : TorchValue());
    }
    TorchDict states;
    for (auto& [number, entry] : entries) states.items.emplace_back(keys_[number], std::move(entry.dict));
    return states;
  }
  /// `<parameter>.<state>`, where only the parameter's name may have dots.
  void put(std::map<std::size_t, Entry>& entries, std::string_view name, TorchValue value) const {
    const auto dot = name.rfind('.');
    const auto it = dot == std::string::npos ? number_of_.end() : number_of_.find(name.substr(0, dot));
    if (it == number_of_.end()) {
      throw OptionError("optimizer state: the tensor " + quoted_name(name) +
                        " belongs to no parameter of the model");
    }
    Entry& entry = entries[it->second];
    if (entry.dict.items.empty() && state_.step > 0) {
      entry.places.emplace("step", 0);
      entry.dict.add("step", AnyTensor::copy_of(Tensor<float>::full({}, static_cast<float>(state_.step))));
    }
    put_together(entry.dict, entry.places, name.substr(dot + 1), std::move(value));
  }

  [[nodiscard]] TorchDict options(std::size_t g) const {
    struct Option {
      std::string_view name;
      const Attribute* value = nullptr;
    };
    std::vector<Option> options;
    for (const auto& [name, value] : state_.options) options.push_back({name, &value});
    for (const auto& [name, value] : groups_[g].options) options.push_back({name, &value});
    const std::string of_group = "groups." + std::to_string(g) + ".options.";
    constexpr std::string_view of_all = "options.";
    for (const std::string& name : state_.none) {
      if (name.starts_with(of_all)) options.push_back({std::string_view(name).substr(of_all.size())});
      if (name.starts_with(of_group)) options.push_back({std::string_view(name).substr(of_group.size())});
    }
    in_order_of_numbers(options);
    Entry group;
    for (const Option& option : options) {
      put_together(group.dict, group.places, option.name,
                   option.value != nullptr ? torch_option(*option.value) : TorchValue());
    }
    for (auto& [name, value] : usual_options(state_.type)) {
      if (!group.places.contains(name)) group.dict.add(name, value);
    }
    return std::move(group.dict);
  }

  const OptimizerState& state_;
  std::vector<OptimizerGroup> groups_;
  std::map<std::string, std::size_t, std::less<>> number_of_;
  std::vector<TorchValue> keys_;  // of the parameters, by their number
};

}  // namespace detail

WICK_END_NAMESPACE

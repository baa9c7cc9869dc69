#pragma once

// From what torch.optim.Optimizer.state_dict() returned to an OptimizerState.

#include <wick/base/printable.hpp>
#include <wick/io/torch/detail/optimizer_groups.hpp>
#include <wick/io/torch/detail/optimizer_values.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/optimizer_state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Reads one optimizer. Throws OptionError for what an OptimizerState cannot say.
class OptimizerReader {
 public:
  /// `value` has to be one by is_torch_optimizer(), and to stay.
  explicit OptimizerReader(const TorchValue& value)
      : groups_(parameters_of_groups(value)),
        group_dicts_(value.get_if<TorchDict>()->find("param_groups")->get_if<TorchSequence>()->items),
        states_(states_of(value)),
        type_(value.get_if<TorchDict>()->find(optimizer_type_key)),
        none_(groups_.size()) {}

  /// `names` are those of all parameters in their order; if there are as many.
  [[nodiscard]] OptimizerState read(std::span<const std::string> names) {
    std::size_t count = 0;
    for (const auto& group : groups_) count += group.size();
    const bool named = names.size() == count;
    const std::string looks_like = optimizer_type_of(*group_dicts_.front().get_if<TorchDict>());
    const auto* const written = type_ == nullptr ? nullptr : type_->get_if<std::string>();
    state_.type = written != nullptr ? *written : looks_like;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const auto& dict = *group_dicts_[g].get_if<TorchDict>();
      require_optimizer(optimizer_type_of(dict) == looks_like,
                        "the parameter groups have options of different types");
      OptimizerGroup& group = state_.groups.emplace_back();
      for (const TorchValue* key : groups_[g]) {
        const std::size_t i = parameters_.size();
        parameters_.emplace_back(key_of_parameter(*key), named ? names[i] : std::to_string(i));
        group.parameters.push_back(parameters_.back().second);
      }
      add_options(g, dict);
    }
    share_options();
    const bool same_steps = read_steps();
    for (const auto& [key, name] : parameters_) add_state(key, name, same_steps);
    const bool whole = named && state_.groups.size() == 1 && state_.groups.front().options.empty();
    if (whole) state_.groups.clear();
    return std::move(state_);
  }

 private:
  // An archive looks its values up one after the other, and has a limit of them.
  void count_value() {
    constexpr std::size_t most = 2048;
    require_optimizer(++values_ <= most, "there are more than " + std::to_string(most) + " values");
  }

  void add_options(std::size_t g, const TorchDict& dict) {
    const auto usual = usual_options(state_.type);
    for (const auto& [key, option] : dict.items) {
      const auto* name = key.get_if<std::string>();
      require_optimizer(name != nullptr, "an option has a key of type " + std::string(key.type_name()));
      if (*name == "params") continue;
      require_optimizer(name->find_first_of(".[(") == std::string::npos,
                        "the option " + quoted_name(*name) + " has a name of another form");
      const auto is_usual = [&, &now = option](const auto& u) { return u.first == *name && u.second == now; };
      if (std::ranges::any_of(usual, is_usual)) continue;
      count_value();
      add_option(g, *name, option);
    }
  }
  void add_option(std::size_t g, const std::string& name, const TorchValue& option) {
    Attributes& options = state_.groups[g].options;
    if (name == "param_names") return options.set(name, names_in(option, groups_[g].size()));
    // What is a number to Adam, whether Python wrote 0 or 0.0, or kept it in a tensor.
    const bool real = name == "lr" || name == "eps" || name == "weight_decay";
    const auto number = number_in(option);
    if (number && (real || option.is<TorchTensor>())) return options.set(name, *number);
    if (name == "betas") {
      if (auto betas = numbers_in(option)) return options.set(name, *std::move(betas));
    }
    take_apart(
        name, option, 0,
        [&](const std::string& n, const AnyTensor&) {
          require_optimizer(false, "the option " + quoted_name(n) + " is a tensor of more than one number");
        },
        [&](const std::string& n, Attribute v) { options.set(n, std::move(v)); },
        [&](const std::string& n) { none_[g].push_back(n); });
  }
  static std::vector<std::string> names_in(const TorchValue& value, std::size_t count) {
    const auto* list = value.get_if<TorchSequence>();
    std::vector<std::string> texts;
    for (const TorchValue& item : list == nullptr ? std::vector<TorchValue>() : list->items) {
      if (const auto* text = item.get_if<std::string>()) texts.push_back(*text);
    }
    require_optimizer(texts.size() == count, "expected a name for each parameter in \"param_names\"");
    return texts;
  }
  static std::optional<std::vector<double>> numbers_in(const TorchValue& value) {
    const auto* sequence = value.get_if<TorchSequence>();
    if (sequence == nullptr || sequence->kind == TorchSequence::Kind::set) return std::nullopt;
    std::vector<double> numbers;
    for (const TorchValue& item : sequence->items) {
      const auto number = number_in(item);
      if (!number) return std::nullopt;
      numbers.push_back(*number);
    }
    return numbers;
  }

  /// Options that all groups have alike become those of all parameters.
  void share_options() {
    const auto in_all = [&](const std::string& name, const Attribute& option) {
      return std::ranges::all_of(state_.groups, [&](const OptimizerGroup& group) {
        const Attribute* other = group.options.find(name);
        return other != nullptr && *other == option;
      });
    };
    for (const auto& [name, option] : state_.groups.front().options) {
      if (in_all(name, option)) state_.options.set(name, option);
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      Attributes own;
      for (const auto& [name, option] : state_.groups[g].options) {
        if (!state_.options.contains(name)) own.set(name, option);
      }
      state_.groups[g].options = std::move(own);
      for (const std::string& name : none_[g]) {
        const auto has = [&](const std::vector<std::string>& n) {
          return std::ranges::find(n, name) != n.end();
        };
        const bool common = std::ranges::all_of(none_, has);
        if (!common) state_.none.push_back("groups." + std::to_string(g) + ".options." + name);
        if (common && g == 0) state_.none.push_back("options." + name);
      }
    }
  }

  /// Whether all that have a state took as many steps, as PyTorch counts them: then one number is kept.
  [[nodiscard]] bool read_steps() {
    std::optional<double> step;
    bool same = true;
    std::size_t used = 0;
    for (const auto& [key, name] : parameters_) {
      const auto it = states_.find(key);
      if (it == states_.end()) continue;
      ++used;
      const auto* dict = it->second->get_if<TorchDict>();
      require_optimizer(dict != nullptr, "expected a dict for parameter " + quoted_name(key) + ", got " +
                                             std::string(it->second->type_name()));
      const TorchValue* steps = dict->find("step");
      const auto* tensor = steps == nullptr ? nullptr : steps->get_if<TorchTensor>();
      const bool is_usual =
          steps != nullptr &&
          (tensor == nullptr || (tensor->tensor.dtype() == DType::f32 && tensor->tensor.shape().dim() == 0));
      const auto taken = steps == nullptr ? std::nullopt : number_in(*steps);
      constexpr double most = 0x1p24;  // counted in a float
      same = same && is_usual && taken && *taken >= 1 && *taken <= most && *taken == std::floor(*taken) &&
             (!step || *step == *taken);
      step = taken;
    }
    require_optimizer(used == states_.size(), "there are states of parameters that are in no group");
    same = same && step;
    state_.step = same ? static_cast<std::int64_t>(*step) : 0;
    return same;
  }

  void add_state(const std::string& key, const std::string& name, bool same_steps) {
    const auto it = states_.find(key);
    if (it == states_.end()) return;
    for (const auto& [text, x] : it->second->get_if<TorchDict>()->items) {
      const auto* what = text.get_if<std::string>();
      require_optimizer(what != nullptr && !what->empty() && what->find_first_of(".[(") == std::string::npos,
                        "the state of parameter " + quoted_name(name) + " has a name of another form");
      if (*what == "step" && same_steps) continue;
      take_apart(
          name + "." + *what, x, 0,
          [&](const std::string& n, const AnyTensor& t) {
            require_optimizer(!state_.tensors.contains(n), quoted_name(n) + " is there twice");
            state_.tensors.insert(n, t);
          },
          [&](const std::string& n, Attribute v) {
            count_value();
            require_optimizer(!state_.values.contains(n), quoted_name(n) + " is there twice");
            state_.values.set(n, std::move(v));
          },
          [&](const std::string& n) {
            count_value();
            state_.none.push_back("values." + n);
          });
    }
  }

  std::vector<std::vector<const TorchValue*>> groups_;
  const std::vector<TorchValue>& group_dicts_;
  std::map<std::string, const TorchValue*, std::less<>> states_;
  const TorchValue* type_;                                       ///< null: not written
  std::vector<std::vector<std::string>> none_;                   // of each group's options
  std::vector<std::pair<std::string, std::string>> parameters_;  // key in the file, name
  std::size_t values_ = 0;
  OptimizerState state_;
};

}  // namespace detail

WICK_END_NAMESPACE

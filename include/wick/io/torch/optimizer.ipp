#pragma once

// Definitions of io/torch/optimizer.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/dtype.hpp>
#include <wick/core/error.hpp>
#include <wick/core/optimizer_state.hpp>
#include <wick/core/printable.hpp>
#include <wick/io/torch/optimizer.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

inline void require_optimizer(bool ok, const std::string& what) {
  if (!ok) throw OptionError("optimizer state: " + what);
}

/// The type of optimizer whose parameter groups look like this; the file does not say it.
[[nodiscard]] inline std::string optimizer_type_of(const TorchDict& group) {
  const TorchValue* decoupled = group.find("decoupled_weight_decay");
  // NAdam, RAdam, Adamax and SparseAdam have betas as well, but not amsgrad.
  if (group.find("betas") != nullptr && group.find("amsgrad") != nullptr) {
    return decoupled != nullptr && *decoupled == TorchValue(true) ? "AdamW" : "Adam";
  }
  if (group.find("nesterov") != nullptr && group.find("ns_steps") == nullptr) return "SGD";
  if (group.find("centered") != nullptr) return "RMSprop";
  return "unknown";
}

/// Options that say how PyTorch computes, not what, with the values that they have unless somebody asks for
/// others: those are left out here and written again.
[[nodiscard]] inline std::vector<std::pair<std::string_view, TorchValue>> usual_options(
    std::string_view type) {
  const bool adam = type == "Adam" || type == "AdamW";
  std::vector<std::pair<std::string_view, TorchValue>> usual;
  if (type == "unknown") return usual;
  usual.emplace_back("foreach", TorchNone{});
  if (adam || type == "RMSprop") usual.emplace_back("capturable", false);
  usual.emplace_back("differentiable", false);
  if (type != "RMSprop") usual.emplace_back("fused", TorchNone{});
  if (adam) usual.emplace_back("decoupled_weight_decay", type == "AdamW");
  return usual;
}

/// Takes values apart, a list as `name[0]`, `name[1]`, ... and a tuple as `name(0)`, ..., and hands out what
/// cannot be taken apart.
template <class PutTensor, class PutValue, class PutNone>
void take_apart(const std::string& name, const TorchValue& value, std::size_t depth, PutTensor&& put_tensor,
                PutValue&& put_value, PutNone&& put_none) {
  require_optimizer(name.size() < 400 && depth < 8, "a value is nested too deeply or has too long a name");
  const auto numbers = [&]<class Value>(const TorchSequence& s, Value) -> std::optional<std::vector<Value>> {
    std::vector<Value> list;
    for (const TorchValue& item : s.items) {
      const Value* x = item.get_if<Value>();
      if (x == nullptr) return std::nullopt;
      list.push_back(*x);
    }
    return list;
  };
  if (const auto* t = value.get_if<TorchTensor>()) return put_tensor(name, t->tensor);
  if (value.is<TorchNone>()) return put_none(name);
  if (const auto* x = value.get_if<bool>()) return put_value(name, *x);
  if (const auto* x = value.get_if<std::int64_t>()) return put_value(name, *x);
  if (const auto* x = value.get_if<double>()) return put_value(name, *x);
  if (const auto* x = value.get_if<std::string>()) return put_value(name, *x);
  const auto* sequence = value.get_if<TorchSequence>();
  require_optimizer(sequence != nullptr && sequence->kind != TorchSequence::Kind::set,
                    quoted_name(name) + " is a value of type " + std::string(value.type_name()) +
                        ", which has no place in a state");
  if (sequence->kind == TorchSequence::Kind::tuple || sequence->items.empty()) {
    if (const auto list = numbers(*sequence, double())) return put_value(name, *list);
    if (const auto list = numbers(*sequence, std::int64_t())) return put_value(name, *list);
    if (const auto list = numbers(*sequence, std::string())) return put_value(name, *list);
  }
  const bool tuple = sequence->kind == TorchSequence::Kind::tuple;
  for (std::size_t i = 0; i < sequence->items.size(); ++i) {
    take_apart(name + (tuple ? "(" : "[") + std::to_string(i) + (tuple ? ")" : "]"), sequence->items[i],
               depth + 1, put_tensor, put_value, put_none);
  }
}

/// The other way round: puts `value` at `path`, `name[0](1)`, into `dict`. Lists are filled in order.
inline void put_together(TorchDict& dict, std::map<std::string, std::size_t, std::less<>>& places,
                         std::string_view path, TorchValue value) {
  auto end = (std::min)(path.find_first_of("[("), path.size());
  const auto [known, fresh] = places.try_emplace(std::string(path.substr(0, end)), dict.items.size());
  if (fresh) dict.add(path.substr(0, end), TorchNone{});
  TorchValue* at = &dict.items[known->second].second;
  bool taken = !fresh;
  while (end < path.size()) {
    const bool tuple = path[end] == '(';
    const auto close = path.find(tuple ? ')' : ']', end);
    std::size_t index = 0;
    require_optimizer(close != std::string_view::npos, quoted_name(path) + " has no end of its number");
    const auto [stop, error] = std::from_chars(path.data() + end + 1, path.data() + close, index);
    using Kind = TorchSequence::Kind;
    if (at->is<TorchNone>() && !taken) *at = TorchSequence{tuple ? Kind::tuple : Kind::list, {}};
    auto* items = at->get_if<TorchSequence>();
    require_optimizer(error == std::errc() && stop == path.data() + close && items != nullptr &&
                          (items->kind == Kind::tuple) == tuple && index <= items->items.size(),
                      quoted_name(path) + " does not follow on what is before it");
    taken = index < items->items.size();
    if (!taken) items->items.emplace_back(TorchNone{});
    at = &items->items[index];
    end = close + 1;
    require_optimizer(end == path.size() || path[end] == '[' || path[end] == '(',
                      quoted_name(path) + " goes on after its number");
  }
  require_optimizer(!taken, quoted_name(path) + " is there twice");
  *at = std::move(value);
}

/// Puts the items of lists, `x[0]`, `x[1]`, ..., which come from several places, one after the other.
template <class Item>
void in_order_of_numbers(std::vector<Item>& items) {
  struct Key {
    std::size_t first;
    std::vector<std::size_t> numbers;
    auto operator<=>(const Key&) const = default;
  };
  std::map<std::string_view, std::size_t> first_of;
  std::vector<std::pair<Key, Item>> keyed;
  keyed.reserve(items.size());
  for (const Item& item : items) {
    const std::string_view name = item.name;
    const auto dot = name.rfind('.');
    auto at = (std::min)(name.find_first_of("[(", dot == std::string_view::npos ? 0 : dot), name.size());
    Key key{first_of.emplace(name.substr(0, at), keyed.size()).first->second, {}};
    while (at < name.size()) {
      std::size_t number = 0;
      std::from_chars(name.data() + at + 1, name.data() + name.size(), number);
      key.numbers.push_back(number);
      at = (std::min)(name.find_first_of("[(", at + 1), name.size());
    }
    keyed.emplace_back(std::move(key), item);
  }
  std::ranges::stable_sort(keyed, {}, &std::pair<Key, Item>::first);
  std::ranges::transform(keyed, items.begin(), &std::pair<Key, Item>::second);
}

[[nodiscard]] inline TorchValue torch_option(const Attribute& attribute) {
  return std::visit(
      []<class Value>(const Value& x) -> TorchValue {
        if constexpr (std::is_same_v<Value, std::monostate>) {
          return TorchNone();
        } else if constexpr (std::is_constructible_v<TorchValue, Value>) {
          return x;
        } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
          return TorchSequence{TorchSequence::Kind::list, {x.begin(), x.end()}};
        } else {
          return TorchSequence{TorchSequence::Kind::tuple, {x.begin(), x.end()}};
        }
      },
      attribute);
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

/// Whether what is kept for a parameter may belong to a tensor of this shape: some of it has the same, or
/// none has any.
[[nodiscard]] inline bool may_be_state_of(const TorchValue& state, const Shape& shape) {
  const auto* dict = state.get_if<TorchDict>();
  if (dict == nullptr) return true;
  bool any = false;
  for (const auto& [name, value] : dict->items) {
    const auto* t = value.get_if<TorchTensor>();
    if (t == nullptr || t->tensor.shape().dim() == 0) continue;
    if (t->tensor.shape() == shape) return true;
    any = true;
  }
  return !any;
}

}  // namespace detail

WICK_INLINE bool is_torch_optimizer(const TorchValue& value) noexcept {
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return false;
  const TorchValue* state = dict->find("state");
  const TorchValue* groups = dict->find("param_groups");
  return state != nullptr && state->is<TorchDict>() && groups != nullptr && groups->is<TorchSequence>();
}

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
  const auto demand = [](bool ok, const std::string& what) { detail::require_optimizer(ok, what); };
  demand(is_torch_optimizer(value),
         R"(expected a dict with "state" and "param_groups", got )" + std::string(value.type_name()));
  const auto groups = detail::parameters_of_groups(value);
  const auto& group_dicts = value.get_if<TorchDict>()->find("param_groups")->get_if<TorchSequence>()->items;
  std::size_t count = 0;
  for (const auto& group : groups) count += group.size();
  const bool named = names.size() == count;
  // An archive looks its values up one after the other, and has a limit of them.
  constexpr std::size_t most_values = 2048;
  std::size_t values = 0;

  OptimizerState state;
  state.type = detail::optimizer_type_of(*group_dicts.front().get_if<TorchDict>());
  std::vector<std::pair<std::string, std::string>> parameters;  // key in the file, name
  std::vector<std::vector<std::string>> none(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto& dict = *group_dicts[g].get_if<TorchDict>();
    demand(detail::optimizer_type_of(dict) == state.type,
           "the parameter groups have options of different types");
    OptimizerGroup& group = state.groups.emplace_back();
    for (const TorchValue* key : groups[g]) {
      parameters.emplace_back(detail::key_of_parameter(*key),
                              named ? names[parameters.size()] : std::to_string(parameters.size()));
      group.parameters.push_back(parameters.back().second);
    }
    const auto usual = detail::usual_options(state.type);
    for (const auto& [key, option] : dict.items) {
      const auto* name = key.get_if<std::string>();
      demand(name != nullptr, "an option has a key of type " + std::string(key.type_name()));
      if (*name == "params") continue;
      demand(name->find_first_of(".[(") == std::string::npos,
             "the option " + detail::quoted_name(*name) + " has a name of another form");
      const auto is_usual = [&, &now = option](const auto& u) { return u.first == *name && u.second == now; };
      if (std::ranges::any_of(usual, is_usual)) continue;
      demand(++values <= most_values, "there are more than " + std::to_string(most_values) + " values");
      if (*name == "param_names") {
        const auto* list = option.get_if<TorchSequence>();
        std::vector<std::string> texts;
        for (const TorchValue& item : list == nullptr ? std::vector<TorchValue>() : list->items) {
          if (const auto* text = item.get_if<std::string>()) texts.push_back(*text);
        }
        demand(texts.size() == groups[g].size(), "expected a name for each parameter in \"param_names\"");
        group.options.set(*name, std::move(texts));
        continue;
      }
      // What is a number to Adam, whether Python wrote 0 or 0.0, or kept it in a tensor.
      const bool real = *name == "lr" || *name == "eps" || *name == "weight_decay";
      const auto number = detail::number_in(option);
      if (number && (real || option.is<TorchTensor>())) {
        group.options.set(*name, *number);
        continue;
      }
      const auto* pair = option.get_if<TorchSequence>();
      if (*name == "betas" && pair != nullptr && pair->kind != TorchSequence::Kind::set) {
        std::vector<double> betas;
        for (const TorchValue& item : pair->items) {
          const auto beta = detail::number_in(item);
          if (beta) betas.push_back(*beta);
        }
        if (betas.size() == pair->items.size()) {
          group.options.set(*name, std::move(betas));
          continue;
        }
      }
      detail::take_apart(
          *name, option, 0,
          [&](const std::string& n, const AnyTensor&) {
            demand(false, "the option " + detail::quoted_name(n) + " is a tensor of more than one number");
          },
          [&](const std::string& n, Attribute v) { group.options.set(n, std::move(v)); },
          [&, g](const std::string& n) { none[g].push_back(n); });
    }
  }
  // Options that all groups have alike are those of all parameters.
  const auto in_all = [&](const std::string& name, const Attribute& option) {
    return std::ranges::all_of(state.groups, [&](const OptimizerGroup& group) {
      const Attribute* other = group.options.find(name);
      return other != nullptr && *other == option;
    });
  };
  for (const auto& [name, option] : state.groups.front().options) {
    if (in_all(name, option)) state.options.set(name, option);
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    Attributes own;
    for (const auto& [name, option] : state.groups[g].options) {
      if (!state.options.contains(name)) own.set(name, option);
    }
    state.groups[g].options = std::move(own);
    for (const std::string& name : none[g]) {
      const auto has = [&](const std::vector<std::string>& n) {
        return std::ranges::find(n, name) != n.end();
      };
      const bool common = std::ranges::all_of(none, has);
      if (!common) state.none.push_back("groups." + std::to_string(g) + ".options." + name);
      if (common && g == 0) state.none.push_back("options." + name);
    }
  }

  const auto states = detail::states_of(value);
  // One number of steps is kept where all that have a state took as many, as PyTorch counts them.
  std::optional<double> step;
  bool same_steps = true;
  std::size_t used = 0;
  for (const auto& [key, name] : parameters) {
    const auto it = states.find(key);
    if (it == states.end()) continue;
    ++used;
    const auto* dict = it->second->get_if<TorchDict>();
    demand(dict != nullptr, "expected a dict for parameter " + detail::quoted_name(key) + ", got " +
                                std::string(it->second->type_name()));
    const TorchValue* steps = dict->find("step");
    const auto* tensor = steps == nullptr ? nullptr : steps->get_if<TorchTensor>();
    const bool usual =
        steps != nullptr &&
        (tensor == nullptr || (tensor->tensor.dtype() == DType::f32 && tensor->tensor.shape().dim() == 0));
    const auto taken = steps == nullptr ? std::nullopt : detail::number_in(*steps);
    constexpr double most = 0x1p24;  // counted in a float
    same_steps = same_steps && usual && taken && *taken >= 1 && *taken <= most &&
                 *taken == std::floor(*taken) && (!step || *step == *taken);
    step = taken;
  }
  demand(used == states.size(), "there are states of parameters that are in no group");
  same_steps = same_steps && step;
  state.step = same_steps ? static_cast<std::int64_t>(*step) : 0;
  for (const auto& [key, name] : parameters) {
    const auto it = states.find(key);
    if (it == states.end()) continue;
    const auto& dict = *it->second->get_if<TorchDict>();
    for (const auto& [text, x] : dict.items) {
      const auto* what = text.get_if<std::string>();
      demand(what != nullptr && !what->empty() && what->find_first_of(".[(") == std::string::npos,
             "the state of parameter " + detail::quoted_name(name) + " has a name of another form");
      if (*what == "step" && same_steps) continue;
      detail::take_apart(
          name + "." + *what, x, 0,
          [&](const std::string& n, const AnyTensor& t) {
            demand(!state.tensors.contains(n), detail::quoted_name(n) + " is there twice");
            state.tensors.insert(n, t);
          },
          [&](const std::string& n, Attribute v) {
            demand(++values <= most_values, "there are more than " + std::to_string(most_values) + " values");
            demand(!state.values.contains(n), detail::quoted_name(n) + " is there twice");
            state.values.set(n, std::move(v));
          },
          [&](const std::string& n) {
            demand(++values <= most_values, "there are more than " + std::to_string(most_values) + " values");
            state.none.push_back("values." + n);
          });
    }
  }
  const bool whole = named && state.groups.size() == 1 && state.groups.front().options.empty();
  if (whole) state.groups.clear();
  return state;
}

WICK_INLINE TorchValue optimizer_to_torch(const OptimizerState& state, std::span<const std::string> names,
                                          OptimizerKeys keys) {
  using Kind = TorchSequence::Kind;
  std::map<std::string, std::size_t, std::less<>> number_of;
  std::vector<OptimizerGroup> groups = state.groups;
  if (groups.empty()) groups.push_back({.parameters = {names.begin(), names.end()}, .options = {}});
  for (const OptimizerGroup& group : groups) {
    for (const std::string& name : group.parameters) {
      const bool once = number_of.emplace(name, number_of.size()).second;
      detail::require_optimizer(once, "the parameter " + detail::quoted_name(name) + " is there twice");
    }
  }

  struct Entry {
    TorchDict dict;
    std::map<std::string, std::size_t, std::less<>> places;
  };
  std::map<std::size_t, Entry> entries;
  // `<parameter>.<state>`, where only the parameter's name may have dots.
  const auto put = [&](std::string_view name, TorchValue value) {
    const auto dot = name.rfind('.');
    const auto it = dot == std::string::npos ? number_of.end() : number_of.find(name.substr(0, dot));
    if (it == number_of.end()) {
      throw OptionError("optimizer state: the tensor " + detail::quoted_name(name) +
                        " belongs to no parameter of the model");
    }
    Entry& entry = entries[it->second];
    if (entry.dict.items.empty() && state.step > 0) {
      entry.places.emplace("step", 0);
      entry.dict.add("step", AnyTensor::copy_of(Tensor<float>::full({}, static_cast<float>(state.step))));
    }
    detail::put_together(entry.dict, entry.places, name.substr(dot + 1), std::move(value));
  };
  // Lists may hold tensors, values and None by turns: the order of the names puts them together.
  struct Item {
    std::string_view name;
    const AnyTensor* tensor = nullptr;
    const Attribute* value = nullptr;
  };
  std::vector<Item> items;
  for (const auto& [name, tensor] : state.tensors) items.push_back({name, &tensor, nullptr});
  for (const auto& [name, value] : state.values) items.push_back({name, nullptr, &value});
  constexpr std::string_view of_values = "values.";
  for (const std::string& name : state.none) {
    if (name.starts_with(of_values)) items.push_back({std::string_view(name).substr(of_values.size())});
  }
  detail::in_order_of_numbers(items);
  for (const Item& item : items) {
    put(item.name, item.tensor != nullptr  ? TorchValue(*item.tensor)
                   : item.value != nullptr ? detail::torch_option(*item.value)
                                           : TorchValue());
  }
  std::vector<TorchValue> key_of;
  for (const OptimizerGroup& group : groups) {
    for (const std::string& name : group.parameters) {
      const auto number = static_cast<std::int64_t>(key_of.size());
      key_of.push_back(keys == OptimizerKeys::names ? TorchValue(name) : TorchValue(number));
    }
  }
  TorchDict states;
  for (auto& [number, entry] : entries) states.items.emplace_back(key_of[number], std::move(entry.dict));

  TorchSequence group_list;
  std::size_t number = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    Entry group;
    struct Option {
      std::string_view name;
      const Attribute* value = nullptr;
    };
    std::vector<Option> options;
    for (const auto& [name, value] : state.options) options.push_back({name, &value});
    for (const auto& [name, value] : groups[g].options) options.push_back({name, &value});
    const std::string of_group = "groups." + std::to_string(g) + ".options.";
    constexpr std::string_view of_all = "options.";
    for (const std::string& name : state.none) {
      if (name.starts_with(of_all)) options.push_back({std::string_view(name).substr(of_all.size())});
      if (name.starts_with(of_group)) options.push_back({std::string_view(name).substr(of_group.size())});
    }
    detail::in_order_of_numbers(options);
    for (const Option& option : options) {
      detail::put_together(group.dict, group.places, option.name,
                           option.value != nullptr ? detail::torch_option(*option.value) : TorchValue());
    }
    for (auto& [name, value] : detail::usual_options(state.type)) {
      if (!group.places.contains(name)) group.dict.add(name, value);
    }
    TorchSequence params;
    for (std::size_t i = 0; i < groups[g].parameters.size(); ++i) params.items.push_back(key_of[number++]);
    group.dict.add("params", std::move(params));
    group_list.items.emplace_back(std::move(group.dict));
  }

  TorchDict result;
  result.add("state", std::move(states));
  result.add("param_groups", TorchSequence{Kind::list, std::move(group_list.items)});
  return result;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

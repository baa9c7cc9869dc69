#pragma once

// Lists and tuples of an optimizer's state as values with names, `old_dirs[2]`, `eps(0)`, and back.

#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/function_ref.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/torch/detail/optimizer_groups.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/state/attributes.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Takes values apart, a list as `name[0]`, `name[1]`, ... and a tuple as `name(0)`, ..., and hands out what
/// cannot be taken apart.
inline void take_apart(const std::string& name, const TorchValue& value, std::size_t depth,
                       FunctionRef<void(const std::string&, const AnyTensor&)> put_tensor,
                       FunctionRef<void(const std::string&, Attribute)> put_value,
                       FunctionRef<void(const std::string&)> put_none) {
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

/// The order in which the items of lists, `x[0]`, `x[1]`, ..., which come from several places, follow on each
/// other.
[[nodiscard]] inline std::vector<std::size_t> order_of_numbers(const std::vector<std::string_view>& names) {
  struct Key {
    std::size_t first;
    std::vector<std::size_t> numbers;
    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr): takes it for a 0
  };
  std::map<std::string_view, std::size_t> first_of;
  std::vector<Key> keys;
  keys.reserve(names.size());
  for (const std::string_view name : names) {
    const auto dot = name.rfind('.');
    auto at = (std::min)(name.find_first_of("[(", dot == std::string_view::npos ? 0 : dot), name.size());
    Key key{first_of.emplace(name.substr(0, at), keys.size()).first->second, {}};
    while (at < name.size()) {
      std::size_t number = 0;
      std::from_chars(name.data() + at + 1, name.data() + name.size(), number);
      key.numbers.push_back(number);
      at = (std::min)(name.find_first_of("[(", at + 1), name.size());
    }
    keys.push_back(std::move(key));
  }
  return sorted_positions(keys.size(), [&keys](std::size_t a, std::size_t b) {
    const auto order = keys[a] <=> keys[b];
    return order != 0 ? order < 0 : a < b;  // NOLINT(modernize-use-nullptr): as above
  });
}
/// Puts them into this order.
template <class Item>
void in_order_of_numbers(std::vector<Item>& items) {
  std::vector<std::string_view> names;
  names.reserve(items.size());
  for (const Item& item : items) names.push_back(item.name);
  std::vector<Item> result;
  result.reserve(items.size());
  for (const std::size_t i : order_of_numbers(names)) result.push_back(items[i]);
  items = std::move(result);
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

}  // namespace detail

WICK_END_NAMESPACE

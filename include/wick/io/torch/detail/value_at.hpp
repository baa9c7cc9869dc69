#pragma once

// One item of a PyTorch file, by the path of keys that leads to it.

#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/torch/value.hpp>

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The item of a list or tuple that the beginning of `path` numbers, or null; `rest` is what follows the
/// number.
[[nodiscard]] inline const TorchValue* item_at(const TorchValue& value, std::string_view path,
                                               std::string_view& rest) {
  const auto* sequence = value.get_if<TorchSequence>();
  std::size_t i = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), i);
  const std::string_view after = path.substr(static_cast<std::size_t>(end - path.data()));
  if (sequence == nullptr || error != std::errc() || i >= sequence->items.size()) return nullptr;
  if (!after.empty() && after.front() != '.') return nullptr;
  rest = after.empty() ? after : after.substr(1);
  return &sequence->items[i];
}

/// The value at a dotted path of text keys and of numbers of items.
[[nodiscard]] inline const TorchValue& value_at(const TorchValue& root, std::string_view path,
                                                const std::string& file) {
  const TorchValue* value = &root;
  while (!path.empty()) {
    const auto* dict = value->get_if<TorchDict>();
    const TorchValue* next = dict == nullptr ? nullptr : dict->find(path);  // a key with dots in it
    std::string_view rest;
    if (dict != nullptr && next == nullptr) {
      const auto dot = path.find('.');
      if (dot != std::string_view::npos) rest = path.substr(dot + 1);
      next = dict->find(path.substr(0, dot));
    } else if (dict == nullptr) {
      next = item_at(*value, path, rest);
    }
    if (next == nullptr) {
      std::vector<std::string_view> keys;
      if (dict != nullptr) {
        for (const auto& [key, item] : dict->items) {
          if (const auto* text = key.get_if<std::string>()) keys.emplace_back(*text);
        }
      }
      throw FileError(file, "there is no key " + quoted_name(path) +
                                (dict == nullptr ? " in a value of type " + std::string(value->type_name())
                                                 : "; there are: " + quoted_names(keys)));
    }
    value = next;
    path = rest;
  }
  return *value;
}

}  // namespace detail

WICK_END_NAMESPACE

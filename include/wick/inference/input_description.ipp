#pragma once

// Definitions of inference/input_description.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/state/attributes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline std::string kind_of(const Attribute& value) {
  if (std::holds_alternative<bool>(value)) return "a bool";
  if (std::holds_alternative<std::string>(value)) return "a text";
  if (const auto* numbers = std::get_if<std::vector<double>>(&value)) {
    return "a list of " + std::to_string(numbers->size()) + " numbers";
  }
  return "a list of something else";
}

}  // namespace detail

WICK_INLINE InputDescription describe_inputs(const Attributes& metadata, const std::string& name) {
  const auto number = [&](std::string_view key) -> std::optional<double> {
    const Attribute* value = metadata.find(key);
    if (value == nullptr || std::holds_alternative<std::monostate>(*value)) return std::nullopt;
    if (const auto* x = std::get_if<double>(value)) return *x;
    if (const auto* i = std::get_if<std::int64_t>(value)) return static_cast<double>(*i);
    const auto* list = std::get_if<std::vector<double>>(value);
    if (list != nullptr && list->size() == 1) return list->front();
    throw FormatError(name, "the metadata \"" + std::string(key) +
                                "\" should be a number or a list of one, it is " + detail::kind_of(*value));
  };
  InputDescription result{number(normalize_mean_key), number(normalize_std_key), {}};
  if (const Attribute* value = metadata.find(classes_key)) {
    if (const auto* names = std::get_if<std::vector<std::string>>(value)) result.classes = *names;
  }
  return result;
}

WICK_END_NAMESPACE

#pragma once

// Definitions of nn/activation_function.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/activation_function.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE const ActivationName& names_of(Activation activation) {
  for (const ActivationName& names : activation_names) {
    if (names.activation == activation) return names;
  }
  throw OptionError("Activation: there is none with the number " +
                    std::to_string(static_cast<int>(activation)));
}

WICK_INLINE ModuleActivation activation_in(const ActivationTable& table, const std::string& type,
                                           std::span<const double> numbers, const std::string& name) {
  for (const ModuleActivation& module : table.modules) {
    if (module.type() != type) continue;
    if (numbers.size() != module.numbers().size()) {
      throw FormatError(name, "the network cannot be built: its activation " + type + " has " +
                                  std::to_string(module.numbers().size()) + " numbers, got " +
                                  std::to_string(numbers.size()));
    }
    ActivationNumbers values{};
    std::ranges::copy(numbers, values.begin());
    try {
      const ModuleActivation result = module.with(values);
      static_cast<void>(result.extra_repr());
      return result;
    } catch (const OptionError& e) {
      throw FormatError(name, std::string("the network cannot be built: ") + e.what());
    }
  }
  throw FormatError(name, "the network cannot be built: its \"activation\" is " + python_quoted(type) +
                              ", which this version does not know");
}

}  // namespace detail

WICK_INLINE std::string_view activation_name(Activation activation) {
  return detail::names_of(activation).name;
}
WICK_INLINE std::optional<Activation> activation_named(std::string_view name) noexcept {
  for (const auto& names : detail::activation_names) {
    if (names.name == name) return names.activation;
  }
  return std::nullopt;
}

WICK_END_NAMESPACE

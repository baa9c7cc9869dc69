#pragma once

// Any module without parameters as the activation of a network's hidden layers, and the library's in a table
// for files.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/base/detail/type_name.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/activations.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/nn/activation.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// How many numbers a module is constructed with.
template <class Module>
[[nodiscard]] constexpr std::size_t number_count() noexcept {
  if constexpr (requires { Module::options.size(); }) {
    return Module::options.size();
  } else {
    return 0;
  }
}

template <class Module>
[[nodiscard]] Module activation_module(const ActivationNumbers& numbers) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) { return Module(numbers[i]...); }
  (std::make_index_sequence<number_count<Module>()>());
}

template <class Module, class Input>
[[nodiscard]] Input call_activation(const Input& x, const ActivationNumbers& numbers) {
  return activation_module<Module>(numbers)(x);
}

template <class Module>
[[nodiscard]] std::string activation_extra(const ActivationNumbers& numbers) {
  const Module module = activation_module<Module>(numbers);
  if constexpr (requires { module.extra_repr(); }) {
    return module.extra_repr();
  } else {
    return {};
  }
}

template <class Module>
void check_alone(Activation beside) {
  if (beside == Activation::relu) return;
  throw OptionError("Network: expected `activation` or `activation_module`, got both, " +
                    std::string(activation_name(beside)) + " and " + std::string(type_name<Module>()));
}

template <class Module>
inline constexpr ActivationCalls activation_calls{{&call_activation<Module, Symbol<float>>},
                                                  {&call_activation<Module, Symbol<double>>},
                                                  {&call_activation<Module, Var<float>>},
                                                  {&call_activation<Module, Var<double>>},
                                                  type_name<Module>(),
                                                  number_count<Module>(),
                                                  &activation_extra<Module>,
                                                  &check_alone<Module>};

/// With the defaults of its numbers.
template <class Module>
[[nodiscard]] constexpr ModuleActivation default_activation() {
  ActivationNumbers numbers{};
  if constexpr (number_count<Module>() > 0) {
    for (std::size_t i = 0; i < Module::options.size(); ++i) numbers[i] = Module::options[i].value;
  }
  return {activation_calls<Module>, numbers};
}

}  // namespace detail

/// A module as an activation, with these numbers and the defaults of those behind them:
///
///     wick::Network<> model(8, 2, {32, 32}, {.activation_module =
///     wick::activation_of<wick::LeakyReLU>(0.2)});
///
/// The library's are those of nn/activations.hpp and GELU; one of the user's own is a class that is made of
/// nothing, has a template for its call, and changes each element by itself. Throws OptionError for numbers
/// that the module cannot have.
template <class Module, std::convertible_to<double>... Numbers>
requires(sizeof...(Numbers) <= detail::number_count<Module>()) [[nodiscard]] ModuleActivation
    activation_of(Numbers... numbers) {
  ModuleActivation result = detail::default_activation<Module>();
  detail::ActivationNumbers values{};
  for (std::size_t i = 0; i < result.numbers().size(); ++i) values[i] = result.numbers()[i];
  std::size_t at = 0;
  ((values[at++] = static_cast<double>(numbers)), ...);
  result = result.with(values);
  static_cast<void>(result.extra_repr());
  return result;
}

/// Every activation module of the library that changes each element by itself and has no parameters. A
/// program that names this table has them all linked: for files of any network.
[[nodiscard]] const ActivationTable& all_activations() noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/all_activations.ipp>
#endif

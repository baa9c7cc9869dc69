#pragma once

// What modules have in common whose weight is computed of other parameters.

#include <wick/autograd/recorder.hpp>
#include <wick/base/detail/type_name.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>

#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A module that can be called with a weight that is not its own.
template <class Module>
concept TakesWeight = requires(const Module& module) {
  typename Module::Scalar;
  module.weight().shape;
  module.extra_repr();
};

/// Makes the module, whose weight will be the parameter `original` below parametrizations.weight.
template <class Module, Floating T, class... Arguments>
[[nodiscard]] Module make_parametrized(const Scope<T>& scope, const std::string& original,
                                       const Arguments&... arguments) {
  Module module(scope.compute("weight", "parametrizations.weight." + original), arguments...);
  if constexpr (requires { module.options().max_norm; }) {
    if (module.options().max_norm) {
      throw OptionError(scope.described(std::string(type_name<Module>())) +
                        ": max_norm writes to the weight, which a parametrisation computes: leave it out");
    }
  }
  const std::string path = scope.prefix().empty() ? std::string() : scope.prefix() + ".";
  const auto entries = std::as_const(scope.block()).entries();
  const Slot& weight = module.weight();
  if (weight.number >= entries.size() ||
      entries[weight.number].name != path + "parametrizations.weight." + original) {
    throw IndexError(scope.described(std::string(type_name<Module>())) +
                     " does not have a parameter with name \"weight\" of its own");
  }
  return module;
}

/// Says what is printed, in PyTorch's order, and returns the scope of the parameters that a weight is
/// computed of.
template <class Module, Floating T>
[[nodiscard]] Scope<T> tell_parametrized(const Scope<T>& scope, const Module& module,
                                         const char* parametrization) {
  scope.is("Parametrized" + std::string(type_name<Module>()), module.extra_repr());
  const Scope<T> all = scope / "parametrizations";
  all.is("ModuleDict");
  Scope<T> list = all / "weight";
  list.is("ParametrizationList");
  (list / "0").is(parametrization);
  return list;
}

/// The tape of the first input if it is on one, else that of the thread.
template <class Module, class Input, class... More>
[[nodiscard]] auto& tape_of(const Input& x, const More&... /*others*/) {
  if constexpr (requires { x.tape(); }) {
    return x.tape();
  } else {
    return default_tape<typename Module::Scalar>();
  }
}

/// Whether it can be called with these inputs.
template <class Module, class... Input>
concept TakesWeightFor = requires(const Module& module, const Slot& slot, const Input&... x) {
  module.with_weight(tape_of<Module>(x...).parameter(slot), x...);
};

}  // namespace detail

WICK_END_NAMESPACE

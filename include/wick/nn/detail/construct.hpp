#pragma once

// The modules of a container.

#include <wick/base/detail/type_name.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/nn/scope.hpp>

#include <concepts>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Whether a class holds a module of a class that it does not know, so that its name says nothing.
template <class Module>
inline constexpr bool is_erased = false;

/// Says what class the module is that will be constructed in this scope.
template <class Module, Floating T>
void tell_type(const Scope<T>& scope) {
  if constexpr (!is_erased<Module>) scope.is(type_name<Module>());
}

/// A module from its scope and `arguments`, or from these alone where it takes no scope.
template <class Module, Floating T, class... Arguments>
[[nodiscard]] Module construct(const Scope<T>& scope, const Arguments&... arguments) {
  tell_type<Module>(scope);
  if constexpr (std::constructible_from<Module, const Scope<T>&, const Arguments&...>) {
    return Module(scope, arguments...);
  } else {
    Module module(arguments...);
    if constexpr (requires { std::string(module.extra_repr()); }) {
      scope.is(type_name<Module>(), module.extra_repr());
    }
    return module;
  }
}

/// Throws IndexError for a name that a module cannot have, in PyTorch's words.
void check_module_name(std::string_view name);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/detail/construct.ipp>
#endif

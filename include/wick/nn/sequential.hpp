#pragma once

// Modules one after the other.

#include <wick/nn/detail/construct.hpp>
#include <wick/nn/scope.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// The arguments of one module of a Sequential, but for the scope.
template <class... T>
[[nodiscard]] std::tuple<T...> args(T... arguments) {
  return {std::move(arguments)...};
}

/// The arguments of a module that has a name of its own; see named().
template <class... T>
struct NamedArguments {
  std::string name;            ///< of the module
  std::tuple<T...> arguments;  ///< without the scope
};
/// The same for a module that is not named by its number: `named("fc1", 784, 128)`.
template <class... T>
[[nodiscard]] NamedArguments<T...> named(std::string name, T... arguments) {
  return {std::move(name), {std::move(arguments)...}};
}

namespace detail {

template <class... T>
[[nodiscard]] const std::tuple<T...>& arguments_of(const std::tuple<T...>& arguments) noexcept {
  return arguments;
}
template <class... T>
[[nodiscard]] const std::tuple<T...>& arguments_of(const NamedArguments<T...>& named) noexcept {
  return named.arguments;
}
template <class... T>
[[nodiscard]] std::string name_of_place(std::size_t place, const std::tuple<T...>& /*arguments*/) {
  return std::to_string(place);
}
template <class... T>
[[nodiscard]] std::string name_of_place(std::size_t /*place*/, const NamedArguments<T...>& named) {
  check_module_name(named.name);
  return named.name;
}

/// Throws IndexError when two modules of a container have one name.
void check_distinct(std::span<const std::string> names);

/// Module Place of a Sequential and those after it: members, so that they are constructed in this order.
template <std::size_t Place, class... Modules>
struct SequentialFrom {
  template <class ScopeType, class Arguments, class Names>
  SequentialFrom(const ScopeType& /*scope*/, const Arguments& /*each*/, const Names& /*names*/) {}
  template <class Input>
  [[nodiscard]] const Input& operator()(const Input& x) const {
    return x;
  }
};
template <std::size_t Place, class First, class... Rest>
struct SequentialFrom<Place, First, Rest...> {
  template <class ScopeType, class Arguments, class Names>
  SequentialFrom(const ScopeType& scope, const Arguments& each, const Names& names)
      : first(std::apply([&](const auto&... a) { return construct<First>(scope / names[Place], a...); },
                         arguments_of(std::get<Place>(each)))),
        rest(scope, each, names) {}

  template <class Input>
  [[nodiscard]] auto operator()(const Input& x) const {
    return rest(first(x));
  }
  template <std::size_t At>
  [[nodiscard]] const auto& get() const noexcept {
    if constexpr (At == Place) {
      return first;
    } else {
      return rest.template get<At>();
    }
  }

  First first;
  SequentialFrom<Place + 1, Rest...> rest;
};

}  // namespace detail

/// Modules that are called one after the other, in place: `Sequential<Linear<float>, ReLU, Linear<float>>`,
/// built from a scope and the arguments of each one: `(scope, args(784, 128), args(), args(128, 10))`. They
/// are named 0, 1, ..., as in PyTorch, or as `named("fc1", 784, 128)` says. Modules that take no scope are
/// built without it. Throws IndexError for two modules of one name. For layers that are known when the
/// program runs only there is AnySequential.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
template <class... Modules>
class Sequential {
 public:
  /// The arguments of each module, by args() or named().
  template <Floating T, class... Arguments>
  requires(sizeof...(Arguments) == sizeof...(Modules)) explicit Sequential(const Scope<T>& scope,
                                                                           const Arguments&... each)
      : Sequential(scope, names_of(std::index_sequence_for<Modules...>(), each...), each...) {}

  /// What the last one returns for what the one before returned, and so on.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = modules_(x);
    id_.tell(y);
    return y;
  }

  /// Number of modules.
  [[nodiscard]] static constexpr std::size_t size() noexcept { return sizeof...(Modules); }
  /// Module Place.
  template <std::size_t Place>
  requires(Place < sizeof...(Modules)) [[nodiscard]] const auto& get() const noexcept {
    return modules_.template get<Place>();
  }

 private:
  using Names = std::array<std::string, sizeof...(Modules)>;
  template <std::size_t... Place, class... Arguments>
  [[nodiscard]] static Names names_of(std::index_sequence<Place...> /*places*/, const Arguments&... each) {
    return {detail::name_of_place(Place, each)...};
  }
  template <Floating T, class... Arguments>
  Sequential(const Scope<T>& scope, const Names& names, const Arguments&... each)
      : id_(begun(scope, names)), modules_(scope, std::tie(each...), names) {}
  template <Floating T>
  [[nodiscard]] static ModuleId begun(const Scope<T>& scope, const Names& names) {
    detail::check_distinct(names);
    return scope.is("Sequential");
  }

  ModuleId id_;
  detail::SequentialFrom<0, Modules...> modules_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/sequential.ipp>
#endif

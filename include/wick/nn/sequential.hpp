#pragma once

// Modules one after the other.

#include <wick/nn/scope.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// The arguments of one module of a Sequential, but for the scope.
template <class... T>
[[nodiscard]] std::tuple<T...> args(T... arguments) {
  return {std::move(arguments)...};
}

namespace detail {

/// Module Place of a Sequential and those after it: members, so that they are constructed in this order.
template <std::size_t Place, class... Modules>
struct SequentialFrom {
  template <class ScopeType, class Arguments>
  SequentialFrom(const ScopeType& /*scope*/, const Arguments& /*each*/) {}
  template <class Input>
  [[nodiscard]] const Input& operator()(const Input& x) const {
    return x;
  }
};
template <std::size_t Place, class First, class... Rest>
struct SequentialFrom<Place, First, Rest...> {
  template <class ScopeType, class Arguments>
  SequentialFrom(const ScopeType& scope, const Arguments& each)
      : first(std::apply([&](const auto&... a) { return make(scope / static_cast<Index>(Place), a...); },
                         std::get<Place>(each))),
        rest(scope, each) {}

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

 private:
  template <class ScopeType, class... Given>
  static First make(const ScopeType& scope, const Given&... a) {
    if constexpr (std::constructible_from<First, const ScopeType&, const Given&...>) {
      return First(scope, a...);
    } else {
      return First(a...);
    }
  }
};

}  // namespace detail

/// Modules that are called one after the other, in place: `Sequential<Linear<float>, ReLU, Linear<float>>`,
/// built from a scope and the arguments of each one: `(scope, args(784, 128), args(), args(128, 10))`. They
/// are named 0, 1, ..., as in PyTorch. Modules that have no parameters are built without the scope.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
template <class... Modules>
class Sequential {
 public:
  template <Floating T, class... Arguments>
  requires(sizeof...(Arguments) == sizeof...(Modules)) explicit Sequential(const Scope<T>& scope,
                                                                           const Arguments&... each)
      : modules_(scope, std::tie(each...)) {}

  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    return modules_(x);
  }

  [[nodiscard]] static constexpr std::size_t size() noexcept { return sizeof...(Modules); }
  /// Module Place.
  template <std::size_t Place>
  requires(Place < sizeof...(Modules)) [[nodiscard]] const auto& get() const noexcept {
    return modules_.template get<Place>();
  }

 private:
  detail::SequentialFrom<0, Modules...> modules_;
};

WICK_END_NAMESPACE

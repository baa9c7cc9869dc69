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

/// Module I of a Sequential and those after it: members, so that they are constructed in this order.
template <std::size_t I, class... Modules>
struct SequentialFrom {
  template <class S, class Arguments>
  SequentialFrom(const S& /*scope*/, const Arguments& /*each*/) {}
  template <class X>
  [[nodiscard]] const X& operator()(const X& x) const {
    return x;
  }
};
template <std::size_t I, class First, class... Rest>
struct SequentialFrom<I, First, Rest...> {
  template <class S, class Arguments>
  SequentialFrom(const S& scope, const Arguments& each)
      : first(std::apply([&](const auto&... a) { return make(scope / static_cast<Index>(I), a...); },
                         std::get<I>(each))),
        rest(scope, each) {}

  template <class X>
  [[nodiscard]] auto operator()(const X& x) const {
    return rest(first(x));
  }
  template <std::size_t At>
  [[nodiscard]] const auto& get() const noexcept {
    if constexpr (At == I) {
      return first;
    } else {
      return rest.template get<At>();
    }
  }

  First first;
  SequentialFrom<I + 1, Rest...> rest;

 private:
  template <class S, class... A>
  static First make(const S& scope, const A&... a) {
    if constexpr (std::constructible_from<First, const S&, const A&...>) {
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

  template <class X>
  [[nodiscard]] X operator()(const X& x) const {
    return modules_(x);
  }

  [[nodiscard]] static constexpr std::size_t size() noexcept { return sizeof...(Modules); }
  /// Module I.
  template <std::size_t I>
  requires(I < sizeof...(Modules)) [[nodiscard]] const auto& get() const noexcept {
    return modules_.template get<I>();
  }

 private:
  detail::SequentialFrom<0, Modules...> modules_;
};

WICK_END_NAMESPACE

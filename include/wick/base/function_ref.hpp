#pragma once

// A function that somebody else keeps.

#include <wick/version.hpp>

#include <concepts>
#include <memory>
#include <type_traits>

WICK_BEGIN_NAMESPACE

template <class Signature>
class FunctionRef;

/// A callable for the time of a call, as two pointers: what takes one is compiled once, not for each
/// callable, and allocates nothing. Of nothing unless it was made of something. `&function` has to live as
/// long.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  FunctionRef() = default;
  /// Of `function`.
  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, FunctionRef> &&
           std::is_invocable_r_v<Result, Function&, Arguments...>)
      // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload): not for itself
      FunctionRef(Function&& function)
  noexcept
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): cast back to the very type
      : context_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
        call_([](void* context, Arguments... arguments) -> Result {
          auto& called = *static_cast<std::remove_reference_t<Function>*>(context);
          if constexpr (std::is_void_v<Result>) {
            static_cast<void>(called(static_cast<Arguments&&>(arguments)...));
          } else {
            return called(static_cast<Arguments&&>(arguments)...);
          }
        }) {}

  /// Whether there is a function.
  explicit operator bool() const noexcept { return call_ != nullptr; }
  /// Calls it; there has to be one.
  Result operator()(Arguments... arguments) const {
    return call_(context_, static_cast<Arguments&&>(arguments)...);
  }

 private:
  void* context_ = nullptr;
  Result (*call_)(void*, Arguments...) = nullptr;
};

WICK_END_NAMESPACE

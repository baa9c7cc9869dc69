#pragma once

// Errors as values, for programs that are built without exceptions.

#include <wick/base/error.hpp>

#include <cstdlib>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// A `T`, or the text of the error that an exception would have carried. Look first: to ask for a value that
/// is not there throws Error with that text, or ends the program where there are no exceptions.
///
///     if (const auto model = wick::try_load_predictor("model.pth")) use(*model);
///     else complain(model.error());
template <class T>
class [[nodiscard]] Expected {
  static_assert(!std::is_same_v<T, std::string>);

 public:
  /// Implicit, so that functions can return the value itself.
  Expected(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  /// No value, but an error with that text.
  [[nodiscard]] static Expected failure(std::string text) { return Expected(Failure{}, std::move(text)); }

  /// Whether there is a value.
  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  /// The same, for `if (result)`.
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Throws Error when there is none.
  [[nodiscard]] T& operator*() & { return *operator->(); }
  [[nodiscard]] const T& operator*() const& { return *operator->(); }
  [[nodiscard]] T operator*() && { return std::move(*operator->()); }
  /// Of the value. Throws Error when there is none.
  [[nodiscard]] T* operator->() {
    if (!value_) refuse();
    return &*value_;
  }
  [[nodiscard]] const T* operator->() const {
    if (!value_) refuse();
    return &*value_;
  }

  /// Empty when there is a value.
  [[nodiscard]] const std::string& error() const& noexcept { return error_; }
  [[nodiscard]] std::string error() const&& { return error_; }

 private:
  [[noreturn]] void refuse() const {
#if defined(__GNUC__) && !defined(__cpp_exceptions)
    std::abort();
#else
    throw Error("Expected: there is no value, but the error: " + error());
#endif
  }

  struct Failure {};
  Expected(Failure /*tag*/, std::string text) : error_(std::move(text)) {}

  std::optional<T> value_;
  std::string error_;
};

WICK_END_NAMESPACE

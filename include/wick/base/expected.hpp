#pragma once

// Errors as values, for programs that are built without exceptions.

#include <wick/base/error.hpp>

#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

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
  Expected(T value) : content_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  /// No value, but an error with that text.
  [[nodiscard]] static Expected failure(std::string text) { return Expected(Failure{}, std::move(text)); }

  /// Whether there is a value.
  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }
  /// The same, for `if (result)`.
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Throws Error when there is none.
  [[nodiscard]] T& operator*() & { return *operator->(); }
  [[nodiscard]] const T& operator*() const& { return *operator->(); }
  [[nodiscard]] T operator*() && { return std::move(*operator->()); }
  /// Of the value. Throws Error when there is none.
  [[nodiscard]] T* operator->() {
    T* const value = std::get_if<0>(&content_);
    if (value == nullptr) refuse();
    return value;
  }
  [[nodiscard]] const T* operator->() const {
    const T* const value = std::get_if<0>(&content_);
    if (value == nullptr) refuse();
    return value;
  }

  /// Empty when there is a value.
  [[nodiscard]] const std::string& error() const& noexcept {
    static const std::string none;
    const std::string* const text = std::get_if<1>(&content_);
    return text != nullptr ? *text : none;
  }
  [[nodiscard]] std::string error() const&& { return std::as_const(*this).error(); }

 private:
  [[noreturn]] void refuse() const {
#if defined(__GNUC__) && !defined(__cpp_exceptions)
    std::abort();
#else
    throw Error("Expected: there is no value, but the error: " + error());
#endif
  }

  struct Failure {};
  Expected(Failure /*tag*/, std::string text) : content_(std::in_place_index<1>, std::move(text)) {}

  std::variant<T, std::string> content_;
};

WICK_END_NAMESPACE

#pragma once

// Errors as values, for programs that are built without exceptions.

#include <wick/version.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace wick::inline WICK_ABI_NAMESPACE {

/// A `T`, or the text of the error that an exception would have carried. To ask for what is not there is
/// undefined: look first.
///
///     if (const auto model = wick::try_load_predictor("model.pth")) use(*model);
///     else complain(model.error());
template <class T>
class [[nodiscard]] Expected {
  static_assert(!std::is_same_v<T, std::string>);

 public:
  /// Implicit, so that functions can return the value itself.
  Expected(T value) : content_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] static Expected failure(std::string text) { return Expected(Failure{}, std::move(text)); }

  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& operator*() & noexcept { return *std::get_if<0>(&content_); }
  [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<0>(&content_); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*std::get_if<0>(&content_)); }
  [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&content_); }
  [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&content_); }

  [[nodiscard]] const std::string& error() const noexcept { return *std::get_if<1>(&content_); }

 private:
  struct Failure {};
  Expected(Failure /*tag*/, std::string text) : content_(std::in_place_index<1>, std::move(text)) {}

  std::variant<T, std::string> content_;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE

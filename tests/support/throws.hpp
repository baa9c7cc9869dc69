#pragma once

// The text of what an expression throws, so that tests can check every word of it.

#include <doctest/doctest.h>

#include <string>

namespace wick_tests {

/// The message of the Error that `f` throws; fails the test when it throws nothing.
template <class Error, class F>
[[nodiscard]] std::string message_of(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  FAIL("expected an exception, none was thrown");
  return {};
}

[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace wick_tests

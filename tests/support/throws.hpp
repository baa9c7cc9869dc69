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

/// What a message about `file` says is wrong, without the place in the file if it names one.
inline std::string fault_in(const std::string& file, const std::string& message) {
  if (!message.starts_with(file + ": ")) return "another file: " + message;
  const std::string fault = message.substr(file.size() + 2);
  return fault.starts_with("at byte ") ? fault.substr(fault.find(": ") + 2) : fault;
}

}  // namespace wick_tests

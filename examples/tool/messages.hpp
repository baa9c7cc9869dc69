#pragma once

// What goes to standard error.

#include "commands.hpp"
#include "text.hpp"

#include <wick/core/error.hpp>

#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <string_view>

namespace tool {

/// `wick info: ...`.
inline void complain(std::string_view command, std::string_view what) {
  std::cout.flush();  // in the order in which it happened
  std::cerr << "wick " << command << ": " << printable(what, true) << '\n';
}

inline void note(std::string_view command, std::string_view what) {
  complain(command, "note: " + std::string(what));
}

/// Prints an error and returns the exit code that it stands for.
inline int report(std::string_view command, const std::exception& error) {
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  complain(command, memory ? "not enough memory" : error.what());
  return dynamic_cast<const wick::FormatError*>(&error) != nullptr ? exit_different : exit_failed;
}

}  // namespace tool

#pragma once

// What goes to standard error.

#include "commands.hpp"
#include "text.hpp"

#include <wick/base/error.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace tool {

/// A message of the library with the tool's names for its options.
[[nodiscard]] inline std::string with_own_options(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> names{{
      {"infer_by_shape(), or build by ParameterNames::by_shape", "--by-shape"},
      {"} and .prefix = ", " --prefix "},
      {"} takes those that begin with it", " takes those that begin with it"},
      {".prefix = ", "--prefix "},
      {".only = {", "--only "},
      {"TorchLimits::check_crc = false accepts", "--ignore-crc accepts"},
      {"a key names an item", "--key names an item"},
      {"With .strip_prefix = ", "With --prefix "},
      {"say which one with a key", "say which one with --key"},
      {". Network::logits() gives it raw", ""},
      {"match_by_shape() maps them", "--by-shape maps them"},
      {"CsvOptions::fill_short_rows takes", "--fill-short-rows takes"},
      {"CsvOptions::missing takes", "--missing takes"},
  }};
  for (const auto& [in_library, in_tool] : names) {
    for (auto at = text.find(in_library); at != std::string::npos;
         at = text.find(in_library, at + in_tool.size())) {
      text.replace(at, in_library.size(), in_tool);
    }
  }
  return with_limit_option(std::move(text));
}

/// `wick info: ...`.
inline void complain(std::string_view command, std::string_view what) {
  std::cout.flush();  // in the order in which it happened
  std::cerr << "wick " << command << ": " << printable(with_own_options(std::string(what)), true) << '\n';
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

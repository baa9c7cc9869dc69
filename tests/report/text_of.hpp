#pragma once

// A file as text.

#include "support/files.hpp"

#include <filesystem>
#include <string>

namespace wick_tests {

[[nodiscard]] inline std::string text_of(const std::filesystem::path& path) {
  const auto bytes = read_bytes(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace wick_tests

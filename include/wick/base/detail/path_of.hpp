#pragma once

// Names of files for the standard library.

#include <wick/base/file_path.hpp>

#include <filesystem>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline std::filesystem::path path_of(const FilePath& path) {
  const std::string& text = path.text();
  if (path.is_utf8()) return std::u8string(text.begin(), text.end());
  return text;
}

}  // namespace detail

WICK_END_NAMESPACE

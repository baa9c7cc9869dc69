#pragma once

// Names of files for the standard library.

#include <wick/base/file_path.hpp>

#include <filesystem>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline std::filesystem::path path_of(const FilePath& path) { return path; }

}  // namespace detail

WICK_END_NAMESPACE

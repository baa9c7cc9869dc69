#pragma once

// Whole files into memory, with errors that say which file and why.

#include <wick/core/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// `path` in UTF-8, as messages show it.
[[nodiscard]] std::string display_name(const std::filesystem::path& path);

namespace detail {

/// The size of a regular file. Throws as read_file() does.
std::uint64_t regular_file_size(const std::filesystem::path& path, std::uint64_t limit);

}  // namespace detail

/// The bytes of a regular file of at most `limit` bytes. The memory behind them is zero up to the next
/// multiple of 64.
///
/// Throws FileError, with the operating system's reason, when the file is missing,
/// is a directory or another special file, cannot be read, is empty or is larger.
[[nodiscard]] Buffer<std::byte> read_file(const std::filesystem::path& path,
                                          std::uint64_t limit = std::uint64_t{4} << 30);

}  // namespace wick::inline WICK_ABI_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/core/file.ipp>
#endif

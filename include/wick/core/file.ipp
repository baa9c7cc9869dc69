#pragma once

// Definitions of core/file.hpp.

#include <wick/core/buffer.hpp>
#include <wick/core/compiled.hpp>
#include <wick/core/file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <limits>
#include <string>
#include <system_error>

namespace wick::inline WICK_ABI_NAMESPACE {

WICK_INLINE std::string display_name(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

namespace detail {

WICK_INLINE std::uint64_t regular_file_size(const std::filesystem::path& path, std::uint64_t limit) {
  const auto fail = [&](const std::string& what) -> void { throw FileError(display_name(path), what); };
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    fail("cannot open: " + std::make_error_code(std::errc::no_such_file_or_directory).message());
  }
  if (error) fail("cannot open: " + error.message());
  if (std::filesystem::is_directory(status)) fail("expected a file, got a directory");
  if (!std::filesystem::is_regular_file(status))
    fail("expected a regular file, got a device, pipe or socket");

  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) fail("cannot read the size: " + error.message());
  if (size == 0) fail("the file is empty");
  if (size > limit || size > static_cast<std::uintmax_t>((std::numeric_limits<Index>::max)())) {
    fail("the file has " + std::to_string(size) + " bytes, the limit is " + std::to_string(limit));
  }
  return size;
}

}  // namespace detail

WICK_INLINE Buffer<std::byte> read_file(const std::filesystem::path& path, std::uint64_t limit) {
  const auto fail = [&](const std::string& what) -> void { throw FileError(display_name(path), what); };
  const std::uint64_t size = detail::regular_file_size(path, limit);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot open: " + std::generic_category().message(errno));
  constexpr std::uint64_t unit = Buffer<std::byte>::alignment;
  Buffer<std::byte> bytes(static_cast<Index>((size + unit - 1) / unit * unit));
  std::fill(bytes.data() + size, bytes.data() + bytes.size(), std::byte{0});
  bytes.resize(static_cast<Index>(size));
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (static_cast<std::uint64_t>(file.gcount()) != size) {
    fail("expected to read " + std::to_string(size) + " bytes, got " + std::to_string(file.gcount()) +
         (errno != 0 ? ": " + std::generic_category().message(errno) : std::string()));
  }
  return bytes;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

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
#include <limits>
#include <span>
#include <string>
#include <system_error>

#if defined(_WIN32)
#include <ios>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace wick::inline WICK_ABI_NAMESPACE {

WICK_INLINE std::string display_name(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

namespace detail {

[[noreturn]] WICK_INLINE void OpenedFile::fail(const std::string& what) const {
  throw FileError(display_name(path_), what);
}

#if defined(_WIN32)

WICK_INLINE OpenedFile::OpenedFile(const std::filesystem::path& path) : path_(path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    fail("cannot open: " + std::make_error_code(std::errc::no_such_file_or_directory).message());
  }
  if (error) fail("cannot open: " + error.message());
  if (std::filesystem::is_directory(status)) fail("expected a file, got a directory");
  if (!std::filesystem::is_regular_file(status)) {
    fail("expected a regular file, got a device, pipe or socket");
  }
  errno = 0;
  file_.open(path, std::ios::binary);
  if (!file_) fail("cannot open: " + std::generic_category().message(errno));
}
WICK_INLINE OpenedFile::~OpenedFile() = default;

#else

WICK_INLINE OpenedFile::OpenedFile(const std::filesystem::path& path) : path_(path) {
  // O_NONBLOCK: a pipe must not make us wait for a writer. It changes nothing for regular files.
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  do {
    descriptor_ = ::open(path.c_str(), flags);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ >= 0) return;
  if (errno == ENXIO) fail("expected a regular file, got a device, pipe or socket");
  fail("cannot open: " + std::generic_category().message(errno));
}
WICK_INLINE OpenedFile::~OpenedFile() { ::close(descriptor_); }

#endif

WICK_INLINE std::uint64_t OpenedFile::regular_size(std::uint64_t limit, std::string_view option) const {
#if defined(_WIN32)
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path_, error);
  if (error) fail("cannot read the size: " + error.message());
#else
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    fail("cannot read the size: " + std::generic_category().message(errno));
  }
  if (S_ISDIR(status.st_mode)) fail("expected a file, got a directory");
  if (!S_ISREG(status.st_mode)) fail("expected a regular file, got a device, pipe or socket");
  const auto size = static_cast<std::uint64_t>(status.st_size);
#endif
  if (size == 0) fail("the file is empty");
  if (size > limit || size > static_cast<std::uint64_t>((std::numeric_limits<Index>::max)())) {
    fail("the file has " + std::to_string(size) + " bytes, the limit is " + std::to_string(limit) +
         (option.empty() ? std::string() : " (" + std::string(option) + ")"));
  }
  return size;
}

WICK_INLINE void OpenedFile::read(std::span<std::byte> bytes) {
  std::size_t done = 0;
  errno = 0;
#if defined(_WIN32)
  file_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  done = static_cast<std::size_t>(file_.gcount());
#else
  while (done < bytes.size()) {
    const auto got = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
#endif
  if (done == bytes.size()) return;
  fail("expected to read " + std::to_string(bytes.size()) + " bytes, got " + std::to_string(done) +
       (errno != 0 ? ": " + std::generic_category().message(errno) : std::string()));
}

}  // namespace detail

WICK_INLINE Buffer<std::byte> read_file(const std::filesystem::path& path, std::uint64_t limit,
                                        std::string_view option) {
  detail::OpenedFile file(path);
  const std::uint64_t size = file.regular_size(limit, option);
  constexpr std::uint64_t unit = Buffer<std::byte>::alignment;
  Buffer<std::byte> bytes(static_cast<Index>((size + unit - 1) / unit * unit));
  std::fill(bytes.data() + size, bytes.data() + bytes.size(), std::byte{0});
  bytes.resize(static_cast<Index>(size));
  file.read({bytes.data(), static_cast<std::size_t>(size)});
  return bytes;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

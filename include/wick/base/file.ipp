#pragma once

// Definitions of base/file.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#if defined(_WIN32)
#include <io.h>
#include <share.h>
#else
#include <unistd.h>
#endif

WICK_BEGIN_NAMESPACE

WICK_INLINE std::string display_name(const FilePath& path) {
  if (path.is_utf8()) return path.text();
  const auto text = detail::path_of(path).u8string();
  return {text.begin(), text.end()};
}

namespace detail {

[[noreturn]] WICK_INLINE void OpenedFile::fail(const std::string& what) const {
  throw FileError(name_, what);
}

#if defined(_WIN32)

WICK_INLINE OpenedFile::OpenedFile(const FilePath& path) : name_(display_name(path)) {
  const std::filesystem::path name = path_of(path);
  const auto reason =
      ::_wsopen_s(&descriptor_, name.c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT, _SH_DENYNO, 0);
  if (reason == 0) return;
  // Windows opens no directories and says that it may not.
  std::error_code ignored;
  if (std::filesystem::is_directory(name, ignored)) fail("expected a file, got a directory");
  fail("cannot open: " + std::generic_category().message(reason));
}
WICK_INLINE OpenedFile::~OpenedFile() { ::_close(descriptor_); }

#else

WICK_INLINE OpenedFile::OpenedFile(const FilePath& path) : name_(display_name(path)) {
  const std::filesystem::path name = path_of(path);
  // O_NONBLOCK: a pipe must not make us wait for a writer. It changes nothing for regular files.
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  do {
    descriptor_ = ::open(name.c_str(), flags);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ >= 0) return;
  if (errno == ENXIO) fail("expected a regular file, got a device, pipe or socket");
  fail("cannot open: " + std::generic_category().message(errno));
}
WICK_INLINE OpenedFile::~OpenedFile() { ::close(descriptor_); }

#endif

WICK_INLINE std::uint64_t OpenedFile::regular_size(std::uint64_t limit, std::string_view option) const {
#if defined(_WIN32)
  struct _stat64 status {};
  const int failed = ::_fstat64(descriptor_, &status);
  constexpr unsigned kind = _S_IFMT;
  const bool is_regular = (status.st_mode & kind) == _S_IFREG;
  const bool is_directory = (status.st_mode & kind) == _S_IFDIR;
#else
  struct stat status {};
  const int failed = ::fstat(descriptor_, &status);
  const bool is_regular = S_ISREG(status.st_mode);
  const bool is_directory = S_ISDIR(status.st_mode);
#endif
  if (failed != 0) fail("cannot read the size: " + std::generic_category().message(errno));
  if (is_directory) fail("expected a file, got a directory");
  if (!is_regular) fail("expected a regular file, got a device, pipe or socket");
  const auto size = static_cast<std::uint64_t>(status.st_size);
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
  while (done < bytes.size()) {
#if defined(_WIN32)
    constexpr std::size_t most = std::size_t{1} << 30;  // it counts in int
    const auto count = static_cast<unsigned>((std::min)(most, bytes.size() - done));
    const int got = ::_read(descriptor_, bytes.data() + done, count);
#else
    const auto got = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
#endif
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  if (done == bytes.size()) return;
  fail("expected to read " + std::to_string(bytes.size()) + " bytes, got " + std::to_string(done) +
       (errno != 0 ? ": " + std::generic_category().message(errno) : std::string()));
}

}  // namespace detail

WICK_INLINE Buffer<std::byte> read_file(const FilePath& path, std::uint64_t limit, std::string_view option) {
  detail::OpenedFile file(path);
  const std::uint64_t size = file.regular_size(limit, option);
  constexpr std::uint64_t unit = Buffer<std::byte>::alignment;
  Buffer<std::byte> bytes(static_cast<Index>((size + unit - 1) / unit * unit));
  std::fill(bytes.data() + size, bytes.data() + bytes.size(), std::byte{0});
  bytes.resize(static_cast<Index>(size));
  file.read({bytes.data(), static_cast<std::size_t>(size)});
  return bytes;
}

WICK_END_NAMESPACE

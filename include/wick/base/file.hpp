#pragma once

// Whole files into memory, with errors that say which file and why.

#include <wick/base/buffer.hpp>
#include <wick/base/file_path.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// `path` in UTF-8, as messages show it.
[[nodiscard]] std::string display_name(const FilePath& path);

namespace detail {

/// A file that was opened to be read, and is examined only then: what a path leads to can be another file, or
/// a pipe that nobody writes to, at every look.
class OpenedFile {
 public:
  /// Never waits. Throws FileError with the system's reason when the file cannot be opened.
  explicit OpenedFile(const FilePath& path);
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;
  ~OpenedFile();

  /// The size of a regular file. Throws FileError for anything else, for an empty file and for one of more
  /// than `limit` bytes, which is the value of `option` if that is given.
  [[nodiscard]] std::uint64_t regular_size(std::uint64_t limit, std::string_view option = {}) const;

  /// Reads `bytes.size()` bytes. Throws FileError when there are fewer.
  void read(std::span<std::byte> bytes);

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string name_;
  int descriptor_ = -1;
};

}  // namespace detail

/// The bytes of a regular file of at most `limit` bytes. The memory behind them is zero up to the next
/// multiple of 64.
///
/// Throws FileError, with the operating system's reason, when the file is missing,
/// is a directory or another special file, cannot be read, is empty or is larger.
[[nodiscard]] Buffer<std::byte> read_file(const FilePath& path, std::uint64_t limit = std::uint64_t{4} << 30,
                                          std::string_view option = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/file.ipp>
#endif

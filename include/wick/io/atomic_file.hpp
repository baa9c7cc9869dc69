#pragma once

// Replacing a file as a whole: readers see the old contents or the new, never a part.

#include <wick/core/error.hpp>
#include <wick/core/file.hpp>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <fstream>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

inline void check_replaceable(const std::filesystem::path& path) {
  std::error_code ignored;  // What cannot be examined shows when the file is created.
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status)) {
    throw FileError(display_name(path), "expected a file, got a directory");
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw FileError(display_name(path), "expected a regular file, got a device, pipe or socket");
  }
}

}  // namespace detail

#if !defined(_WIN32)

namespace detail {

/// The system calls of an atomic save, as a type so that tests can make each fail.
struct PosixCalls {
  static int open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
  static ssize_t write(int fd, const void* data, std::size_t n) { return ::write(fd, data, n); }
  static int sync(int fd) { return ::fsync(fd); }
  static int close(int fd) { return ::close(fd); }
  static int rename(const char* from, const char* to) { return ::rename(from, to); }
  static int unlink(const char* path) { return ::unlink(path); }
};

}  // namespace detail

/// Writes `path` anew: beside the target, flushed to the disk, renamed over it, the
/// directory flushed.
///
/// Whatever fails, or whenever the process is killed, `path` holds all of the old
/// contents or all of the new ones; the new ones only from the rename on. An
/// interrupted save leaves at most one `<name>.tmp`, which the next one reuses.
/// Without commit() the destructor throws the new contents away. Each function throws
/// FileError with the system's reason, the constructor also when `path` is a folder
/// or a device, which a rename would replace.
template <class Calls = detail::PosixCalls>
class BasicAtomicFile {
 public:
  explicit BasicAtomicFile(const std::filesystem::path& path) : path_(path), temporary_(path) {
    detail::check_replaceable(path);
    temporary_ += ".tmp";
    constexpr mode_t everyone_as_umask_allows = 0666;
    fd_ = retry([&] {
      return Calls::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                         everyone_as_umask_allows);
    });
    if (fd_ < 0) fail("cannot create " + display_name(temporary_.filename()));
  }
  BasicAtomicFile(const BasicAtomicFile&) = delete;
  BasicAtomicFile& operator=(const BasicAtomicFile&) = delete;
  ~BasicAtomicFile() {
    if (fd_ >= 0) Calls::close(fd_);
    if (!committed_) Calls::unlink(temporary_.c_str());
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const auto written = retry([&] { return Calls::write(fd_, bytes.data(), bytes.size()); });
      if (written < 0) fail("cannot write");
      if (written == 0) {
        errno = ENOSPC;
        fail("cannot write");
      }
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  void commit() {
    if (retry([&] { return Calls::sync(fd_); }) != 0) fail("cannot flush to the disk");
    // Interrupted, it is closed all the same, and its contents are on the disk.
    if (Calls::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) fail("cannot close");
    if (Calls::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot replace");
    committed_ = true;
    const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
    const int directory =
        retry([&] { return Calls::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
    if (directory < 0)
      return;  // The new file is complete; a directory that cannot be opened cannot be flushed.
    const int flushed = retry([&] { return Calls::sync(directory); });
    const int reason = errno;
    Calls::close(directory);
    // File systems without directory flushing say EINVAL.
    if (flushed != 0 && reason != EINVAL) {
      errno = reason;
      fail("cannot flush the folder to the disk");
    }
  }

 private:
  template <class Call>
  static auto retry(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw FileError(display_name(path_), what + ": " + std::generic_category().message(errno));
  }

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int fd_ = -1;
  bool committed_ = false;
};

#else

/// As above with what the standard library offers; the rename replaces the target.
template <class = void>
class BasicAtomicFile {
 public:
  explicit BasicAtomicFile(const std::filesystem::path& path) : path_(path), temporary_(path) {
    detail::check_replaceable(path);
    temporary_ += L".tmp";
    file_.open(temporary_, std::ios::binary | std::ios::trunc);
    if (!file_) fail("cannot create the temporary file beside it");
  }
  BasicAtomicFile(const BasicAtomicFile&) = delete;
  BasicAtomicFile& operator=(const BasicAtomicFile&) = delete;
  ~BasicAtomicFile() {
    file_.close();
    std::error_code ignored;
    if (!committed_) std::filesystem::remove(temporary_, ignored);
  }
  void write(std::span<const std::byte> bytes) {
    file_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file_) fail("cannot write");
  }
  void commit() {
    file_.close();
    if (!file_) fail("cannot flush to the disk");
    std::error_code error;
    std::filesystem::rename(temporary_, path_, error);
    if (error) fail("cannot replace: " + error.message());
    committed_ = true;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw FileError(display_name(path_), what); }

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::ofstream file_;
  bool committed_ = false;
};

#endif

using AtomicFile = BasicAtomicFile<>;

}  // namespace wick::inline WICK_ABI_NAMESPACE

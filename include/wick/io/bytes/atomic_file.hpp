#pragma once

// Replacing a file as a whole: readers see the old contents or the new, never a part.

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/bytes/save_options.hpp>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <thread>
#else
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#endif

WICK_BEGIN_NAMESPACE

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

/// Where `path` leads through symbolic links, the last of which may lead to nothing yet.
inline std::filesystem::path follow_links(const std::filesystem::path& path) {
  std::filesystem::path target = path;
  std::error_code error;
  for (int links = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(target, error)); ++links) {
    constexpr int most = 40;
    const auto next = std::filesystem::read_symlink(target, error);
    if (error) throw FileError(display_name(path), "cannot follow the symbolic link: " + error.message());
    if (links == most) throw FileError(display_name(path), "too many levels of symbolic links");
    target = target.parent_path() / next;  // an absolute one replaces the folder
  }
  return target;
}

#if !defined(_WIN32)

/// The system calls of an atomic save, as a type so that tests can make each fail.
struct PosixCalls {
  static int open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
  static ssize_t write(int fd, const void* data, std::size_t n) { return ::write(fd, data, n); }
  static int sync(int fd) { return ::fsync(fd); }
  static int close(int fd) { return ::close(fd); }
  static int rename(const char* from, const char* to) { return ::rename(from, to); }
  static int unlink(const char* path) { return ::unlink(path); }
  static int lock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB); }
};

/// A new file beside others, locked so that other writers see that it is in use.
template <class Calls>
class TemporaryFile {
 public:
  /// Makes `path`, first removing what a writer that no longer runs left there. False, with the reason in
  /// errno, when that is not possible; EEXIST: it is in use.
  bool create(const std::filesystem::path& path, const std::filesystem::path& target) {
    path_ = path;
    do {
      // What replaces a file is nobody else's to read before it has that file's owner and permissions.
      constexpr mode_t everyone_as_umask_allows = 0666;
      constexpr mode_t nobody_else = 0600;
      struct stat old {};
      const mode_t mode = ::stat(target.c_str(), &old) == 0 ? nobody_else : everyone_as_umask_allows;
      fd_ = retry([&] { return Calls::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode); });
      if (fd_ >= 0 && still_ours()) {
        keep_mode_and_owner(target);
        return true;
      }
    } while (fd_ >= 0 || (errno == EEXIST && remove_abandoned(path_)));
    return false;
  }

  ssize_t write(const void* data, std::size_t n) {
    return retry([&] { return Calls::write(fd_, data, n); });
  }
  int sync() {
    return retry([&] { return Calls::sync(fd_); });
  }
  /// Closes the file and keeps the lock.
  int close() {
    lock_ = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
    // Interrupted, it is closed all the same, and its contents are on the disk.
    return Calls::close(std::exchange(fd_, -1)) != 0 && errno != EINTR ? -1 : 0;
  }
  int rename(const std::filesystem::path& target) { return Calls::rename(path_.c_str(), target.c_str()); }
  /// Flushes the folder in which `path` is; 0 also when the file system cannot do that.
  static int sync_folder(const std::filesystem::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const int directory =
        retry([&] { return Calls::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
    if (directory < 0) return 0;  // It may be one that can be written to and not read.
    const int flushed = retry([&] { return Calls::sync(directory); });
    const int reason = errno;
    Calls::close(directory);
    errno = reason;
    return flushed != 0 && reason != EINVAL ? -1 : 0;  // EINVAL: the file system does not flush folders.
  }
  /// Removes the file unless it was renamed, and ends the lock.
  void release(bool renamed) noexcept {
    if (!renamed) Calls::unlink(path_.c_str());
    for (int* fd : {&fd_, &lock_}) {
      if (*fd >= 0) Calls::close(std::exchange(*fd, -1));
    }
  }

  /// Removes `path` if it is a file that its writer left behind, killed: one that nobody has locked.
  static bool remove_abandoned(const std::filesystem::path& path) noexcept {
    // O_NONBLOCK: a pipe of that name must not make us wait. To write, since NFS locks no other files.
    constexpr int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int fd = ::open(path.c_str(), flags | O_WRONLY);
    if (fd < 0 && errno == EACCES) fd = ::open(path.c_str(), flags | O_RDONLY);
    if (fd < 0) return std::exchange(errno, EEXIST) == ENOENT;
    // Whoever has the lock of the file at this path is the only one to move or remove it.
    const bool removed = Calls::lock(fd) == 0 && is_regular_file_at(fd, path) && ::unlink(path.c_str()) == 0;
    ::close(fd);
    errno = EEXIST;
    return removed;
  }

  /// The permissions of `old`, less what they would give to others than they do there.
  static mode_t mode_for(const struct stat& old, const struct stat& fresh) noexcept {
    const mode_t everyone = old.st_mode & 07U;
    const mode_t group = old.st_mode & 070U;
    mode_t mode = old.st_mode;
    // Members of another group could do what everybody could, but not more.
    if (old.st_gid != fresh.st_gid) mode &= ~mode_t{070} | (group & (everyone << 3));
    return mode;
  }

 private:
  template <class Call>
  static auto retry(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
  }

  static bool is_regular_file_at(int fd, const std::filesystem::path& path) noexcept {
    struct stat opened {};
    struct stat named {};
    return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && S_ISREG(opened.st_mode) &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
  }
  /// Locks the new file. Another writer may have taken it for an abandoned one before that.
  bool still_ours() noexcept {
    const bool locked = Calls::lock(fd_) == 0 || errno != EWOULDBLOCK;  // Some file systems have no locks.
    struct stat status {};
    if (locked && (::fstat(fd_, &status) != 0 || status.st_nlink > 0)) return true;
    Calls::close(fd_);
    return false;
  }
  /// What the system does not allow is left: the contents matter more. But nobody may read the new file who
  /// may not read the old one.
  void keep_mode_and_owner(const std::filesystem::path& target) noexcept {
    struct stat old {};
    struct stat fresh {};
    if (::stat(target.c_str(), &old) != 0 || ::fstat(fd_, &fresh) != 0) return;
    if (old.st_uid != fresh.st_uid || old.st_gid != fresh.st_gid) {
      if (::fchown(fd_, old.st_uid, old.st_gid) != 0) {
        static_cast<void>(::fchown(fd_, static_cast<uid_t>(-1), old.st_gid) == 0);
      }
      if (::fstat(fd_, &fresh) != 0) return;
    }
    constexpr mode_t permissions = 0777;
    static_cast<void>(::fchmod(fd_, mode_for(old, fresh) & permissions) == 0);
  }

  std::filesystem::path path_;
  int fd_ = -1;
  int lock_ = -1;
};

using SystemCalls = PosixCalls;

#else

struct WindowsCalls {};

/// As above. A file that is open cannot be removed by others, which serves as the lock while it is written.
/// Between that and the rename it is its age: younger files are left alone.
template <class = WindowsCalls>
class TemporaryFile {
 public:
  static constexpr auto in_use_until = std::chrono::minutes(1);

  bool create(const std::filesystem::path& path, const std::filesystem::path& /*target*/) {
    path_ = path;
    do {
      ::_wsopen_s(&fd_, path.c_str(), _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT, _SH_DENYRW,
                  _S_IREAD | _S_IWRITE);
    } while (fd_ < 0 && errno == EEXIST && remove_abandoned(path_));
    return fd_ >= 0;
  }
  std::ptrdiff_t write(const void* data, std::size_t n) {
    constexpr std::size_t most = std::size_t{1} << 30;
    return ::_write(fd_, data, static_cast<unsigned>((std::min)(n, most)));
  }
  int sync() { return ::_commit(fd_); }
  int close() { return ::_close(std::exchange(fd_, -1)); }
  int rename(const std::filesystem::path& target) {
    // Windows replaces no file that somebody has open, which readers have for a moment.
    constexpr auto pause = std::chrono::milliseconds(5);
    constexpr int most_attempts = 400;
    for (int attempt = 1;; ++attempt) {
      std::error_code error;
      std::filesystem::rename(path_, target, error);
      if (!error) return 0;
      errno = errno_of(error);
      if (errno != EACCES || attempt == most_attempts) return -1;
      std::this_thread::sleep_for(pause);
    }
  }
  static int sync_folder(const std::filesystem::path& /*path*/) { return 0; }
  void release(bool renamed) noexcept {
    if (fd_ >= 0) ::_close(std::exchange(fd_, -1));
    std::error_code ignored;
    if (!renamed) std::filesystem::remove(path_, ignored);
  }
  static bool remove_abandoned(const std::filesystem::path& path) noexcept {
    std::error_code error;
    const auto written = std::filesystem::last_write_time(path, error);
    if (!error && std::filesystem::file_time_type::clock::now() - written < in_use_until) {
      errno = EEXIST;
      return false;
    }
    const bool removed = std::filesystem::remove(path, error);
    if (error) errno = EEXIST;
    return removed || !error;
  }

 private:
  /// libstdc++ translates few of the system's codes.
  static int errno_of(const std::error_code& error) noexcept {
    constexpr int access_denied = 5;
    constexpr int sharing_violation = 32;
    const auto condition = error.default_error_condition();
    if (condition.category() == std::generic_category()) return condition.value();
    return error.value() == access_denied || error.value() == sharing_violation ? EACCES : EIO;
  }

  std::filesystem::path path_;
  int fd_ = -1;
};

using SystemCalls = WindowsCalls;

#endif

}  // namespace detail

/// Writes `path` anew: beside the target, flushed to the disk, renamed over it, the
/// directory flushed.
///
/// Whatever fails, or whenever the process is killed, `path` holds all of the old
/// contents or all of the new ones; the new ones only from the rename on. Without
/// commit() the destructor throws the new contents away. A symbolic link stays one: the
/// file that it leads to is replaced; other names of that file (hard links) keep the old contents. The new
/// file has the permissions of the old one, and its owner and group where the system allows that; where it
/// does not allow the group, the new file's group may do no more than everybody. At no time is it open to
/// anybody to whom the old one was not. Access lists and extended attributes are not kept. On Windows,
/// readers that have the old file open are waited for, two seconds at most.
///
/// The new contents are in `<name>.wick-unfinished` until the rename. Any number of threads and
/// processes may save to one path at once: while one uses that name, the others take
/// `<name>.1.wick-unfinished` and so on, and the last one to rename wins. What a killed process left
/// behind is removed by the next save, which knows it by the lock that is gone with the
/// process; on file systems without locks it stays. On Windows that is a save at least a minute later.
///
/// Each function throws FileError with the system's reason, the constructor also when
/// `path` is a folder or a device, which a rename would replace.
template <class Calls = detail::SystemCalls>
class BasicAtomicFile {
 public:
  /// Creates the new file. Nothing at `path` changes until commit().
  explicit BasicAtomicFile(const std::filesystem::path& path, const SaveOptions& options = {})
      : path_(path), target_(detail::follow_links(path)), options_(options) {
    detail::check_replaceable(path);
    for (int i = 0; i < most_writers; ++i) {
      if (file_.create(temporary(i), target_)) return;
      if (errno != EEXIST) fail("cannot create " + display_name(temporary(i).filename()));
    }
    fail("cannot create a temporary file; remove those like " + display_name(temporary(0).filename()) +
         " that no running program writes");
  }
  BasicAtomicFile(const BasicAtomicFile&) = delete;
  BasicAtomicFile& operator=(const BasicAtomicFile&) = delete;
  ~BasicAtomicFile() { file_.release(renamed_); }

  /// Appends to the new file.
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const auto written = file_.write(bytes.data(), bytes.size());
      if (written < 0) fail("cannot write");
      if (written == 0) {
        errno = ENOSPC;
        fail("cannot write");
      }
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  /// Puts the new file in the place of the old one. Without it the new file is removed in the end.
  void commit() {
    if (options_.durable && file_.sync() != 0) fail("cannot flush to the disk");
    if (file_.close() != 0) fail("cannot close");
    if (file_.rename(target_) != 0) fail("cannot replace");
    renamed_ = true;
    // Names that killed writers used while others were at work.
    constexpr int usual_writers = 4;
    for (int i = 0; i < usual_writers; ++i) {
      static_cast<void>(detail::TemporaryFile<Calls>::remove_abandoned(temporary(i)));
    }
    if (options_.durable && file_.sync_folder(target_) != 0) fail("cannot flush the folder to the disk");
  }

 private:
  static constexpr int most_writers = 100;

  [[nodiscard]] std::filesystem::path temporary(int number) const {
    std::filesystem::path result = target_;
    if (number > 0) (result += ".") += std::to_string(number);
    return result += ".wick-unfinished";  // a name that nobody else gives a file
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw FileError(display_name(path_), what + ": " + std::generic_category().message(errno));
  }

  std::filesystem::path path_;
  std::filesystem::path target_;
  SaveOptions options_;
  detail::TemporaryFile<Calls> file_;
  bool renamed_ = false;
};

/// That of the system.
using AtomicFile = BasicAtomicFile<>;

WICK_END_NAMESPACE

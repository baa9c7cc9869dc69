#pragma once

// System calls that fail when a test wants them to.

#include <wick/io/bytes/atomic_file.hpp>

#if !defined(_WIN32)

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace wick_tests {

/// The system's calls, one of which goes wrong.
struct Faults {
  enum class Call { open, lock, write, sync, close, rename, none };
  static inline Call call = Call::none;
  static inline int after = 0;                ///< calls of this kind that go well before
  static inline int times = 1;                ///< calls that fail then
  static inline int error = 0;                ///< 0: a write of no bytes
  static inline std::size_t most = 1U << 30;  ///< bytes that one write takes
  static inline int seen = 0;
  static inline int unlinked = 0;

  static void reset(Call which, int error_code, int successes = 0, int failures = 1000) {
    call = which;
    error = error_code;
    after = successes;
    times = failures;
    most = 1U << 30;
    seen = unlinked = 0;
  }
  static bool fails(Call which) {
    if (which != call) return false;
    const int at = seen++;
    if (at < after || at >= after + times) return false;
    errno = error;
    return true;
  }

  using System = wick::detail::PosixCalls;
  static int open(const char* path, int flags, mode_t mode) {
    return fails(Call::open) ? -1 : System::open(path, flags, mode);
  }
  static ssize_t write(int fd, const void* data, std::size_t n) {
    if (fails(Call::write)) return error == 0 ? 0 : -1;
    return System::write(fd, data, (std::min)(n, most));
  }
  static int sync(int fd) { return fails(Call::sync) ? -1 : System::sync(fd); }
  static int close(int fd) {
    const int result = System::close(fd);
    return fails(Call::close) ? -1 : result;
  }
  static int rename(const char* from, const char* to) {
    return fails(Call::rename) ? -1 : System::rename(from, to);
  }
  static int lock(int fd) { return fails(Call::lock) ? -1 : System::lock(fd); }
  static int unlink(const char* path) {
    ++unlinked;
    return System::unlink(path);
  }
};

}  // namespace wick_tests

#endif

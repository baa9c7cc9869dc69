#pragma once

// Definitions of io/bytes/contents.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/bytes/contents.hpp>
#include <wick/io/bytes/stream_bytes.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#if !defined(_WIN32)
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

#if !defined(_WIN32)

/// A pipe that is open for reading.
class OpenPipe {
 public:
  /// Opens `path` unless it is something else than a pipe by now; is_open() says so.
  explicit OpenPipe(const std::filesystem::path& path) : name_(display_name(path)) {
    do {
      // Opening must not wait for a writer: see read_contents().
      descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    } while (descriptor_ < 0 && errno == EINTR);
    if (descriptor_ < 0) fail("cannot open", errno);
    struct stat status {};
    is_pipe_ = ::fstat(descriptor_, &status) == 0 && S_ISFIFO(status.st_mode);
  }
  OpenPipe(const OpenPipe&) = delete;
  OpenPipe& operator=(const OpenPipe&) = delete;
  ~OpenPipe() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] bool is_open() const noexcept { return is_pipe_; }

  /// Up to `most` bytes into `to`; fewer at the end of the pipe only.
  std::uint64_t read(std::byte* to, std::uint64_t most) {
    std::uint64_t size = 0;
    while (size < most) {
      const auto n = ::read(descriptor_, to + size, as_integer<std::size_t>(most - size));
      if (n > 0) {
        size += static_cast<std::uint64_t>(n);
        has_writer_ = true;
      } else if (n < 0 && errno == EAGAIN) {
        has_writer_ = true;
        wait(-1);
      } else if (n == 0 && !has_writer_) {
        has_writer_ = true;  // or had one
        wait(1000);
      } else if (n == 0) {
        break;
      } else if (errno != EINTR) {
        fail("cannot read", errno);
      }
    }
    return size;
  }

 private:
  void wait(int milliseconds) const {
    pollfd wanted{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (::poll(&wanted, 1, milliseconds) < 0 && errno != EINTR) fail("cannot read", errno);
  }
  [[noreturn]] void fail(const char* what, int reason) const {
    throw FileError(name_, std::string(what) + ": " + std::generic_category().message(reason));
  }

  std::string name_;
  int descriptor_ = -1;
  bool is_pipe_ = false;
  bool has_writer_ = false;
};

/// The bytes of the pipe at `path`; nothing if there is something else.
[[nodiscard]] inline std::optional<Buffer<std::byte>> read_pipe(const std::filesystem::path& path,
                                                                const ContentLimits& limits) {
  std::error_code error;
  if (!std::filesystem::is_fifo(path, error)) return std::nullopt;
  OpenPipe pipe(path);
  if (!pipe.is_open()) return std::nullopt;
  const std::string name = display_name(path);
  auto bytes = read_pieces([&](std::byte* to, std::uint64_t most) { return pipe.read(to, most); },
                           limits.stream_bytes, name, limits.stream_option);
  if (bytes.size() == 0) throw FileError(name, "nothing came out of the pipe");
  return bytes;
}

#else

[[nodiscard]] inline std::optional<Buffer<std::byte>> read_pipe(const std::filesystem::path& /*path*/,
                                                                const ContentLimits& /*limits*/) {
  return std::nullopt;
}

#endif

WICK_INLINE Buffer<std::byte> read_contents(const std::filesystem::path& path, const ContentLimits& limits) {
  if (auto bytes = read_pipe(path, limits)) return *std::move(bytes);
  return read_file(path, limits.file_bytes, limits.file_option);
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Everything that can be read under a name: a file, or a pipe to its end.

#include <wick/base/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>

WICK_BEGIN_NAMESPACE

namespace detail {

/// How much is read into memory, and what a message calls the limits.
struct ContentLimits {
  std::uint64_t file_bytes;
  std::uint64_t stream_bytes;
  const char* file_option;
  const char* stream_option;
};

/// The bytes of a regular file, as read_file() gives them, or those that come out of a pipe (`/dev/stdin`, a
/// shell's process substitution, a named pipe) until its end. A pipe that no program writes to within a
/// second is an error, so that one that was put in a file's place stops nobody. Throws FileError.
Buffer<std::byte> read_contents(const std::filesystem::path& path, const ContentLimits& limits);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/bytes/contents.ipp>
#endif

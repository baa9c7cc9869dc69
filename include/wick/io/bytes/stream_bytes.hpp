#pragma once

// Whole streams into memory.

#include <wick/base/buffer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/function_ref.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ios>
#include <istream>
#include <limits>
#include <streambuf>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr std::uint64_t no_end = (std::numeric_limits<std::uint64_t>::max)();

/// What `read(to, most)` delivers until it delivers less than `most` bytes or `end` bytes are there, in
/// pieces: what is allocated is at most twice that. The memory behind it is zero up to the next multiple of
/// 64. `name` stands for the source in messages, `option` for the limit. Throws FileError when there are more
/// than `limit` bytes.
[[nodiscard]] inline Buffer<std::byte> read_pieces(
    FunctionRef<std::uint64_t(std::byte* to, std::uint64_t most)> read, std::uint64_t limit,
    const std::string& name, const char* option, std::uint64_t end = no_end) {
  constexpr std::uint64_t first_piece = 4096;
  constexpr std::uint64_t unit = Buffer<std::byte>::alignment;
  const auto whole_units = [](std::uint64_t n) { return (n + unit - 1) / unit * unit; };
  Buffer<std::byte> bytes;
  std::uint64_t size = 0;
  for (std::uint64_t most = first_piece; size <= limit; most = 2 * size) {
    const std::uint64_t target = (std::min)(most, end);
    bytes.grow(static_cast<Index>(whole_units(target)));
    size += read(bytes.data() + size, target - size);
    if (size < target || size == end) break;
  }
  if (size > limit) {
    throw FileError(
        name, "the stream has more than the limit of " + std::to_string(limit) + " bytes (" + option + ")");
  }
  std::fill(bytes.data() + size, bytes.data() + whole_units(size), std::byte{0});
  bytes.resize(static_cast<Index>(size));
  return bytes;
}

/// What the stream reads from. Throws FileError when it has failed before.
[[nodiscard]] inline std::streambuf& source_of(std::istream& in, const std::string& name) {
  if (!in || in.rdbuf() == nullptr) {
    throw FileError(name, "cannot read from the stream; it has failed before or was never opened");
  }
  return *in.rdbuf();
}

/// Up to `most` bytes; less at the end alone.
[[nodiscard]] inline std::uint64_t take_from(std::streambuf& source, std::byte* to, std::uint64_t most) {
  return static_cast<std::uint64_t>(
      source.sgetn(reinterpret_cast<char*>(to), static_cast<std::streamsize>(most)));
}

/// The bytes from where the stream is up to its end, as read_pieces() reads them. The stream need not be one
/// that can seek. Throws FileError when the stream fails or has more than `limit` bytes.
[[nodiscard]] inline Buffer<std::byte> read_to_end(std::istream& in, std::uint64_t limit,
                                                   const std::string& name, const char* option) {
  std::streambuf& source = source_of(in, name);
  const auto read = [&](std::byte* to, std::uint64_t most) { return take_from(source, to, most); };
  try {
    return read_pieces(read, limit, name, option);
  } catch (const std::ios_base::failure& e) {
    throw FileError(name, std::string("cannot read from the stream: ") + e.what());
  }
}

}  // namespace detail

WICK_END_NAMESPACE

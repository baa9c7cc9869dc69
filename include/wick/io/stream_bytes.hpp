#pragma once

// Whole streams into memory.

#include <wick/core/buffer.hpp>
#include <wick/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ios>
#include <istream>
#include <streambuf>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// The bytes from where the stream is up to its end, read in pieces: what is allocated is at most twice what
/// the stream has delivered. The stream need not be one that can seek. `name` stands for it in messages.
/// Throws FileError when the stream fails or has more than `limit` bytes.
[[nodiscard]] inline Buffer<std::byte> read_to_end(std::istream& in, std::uint64_t limit,
                                                   const std::string& name) {
  std::streambuf* source = in.rdbuf();
  if (!in || source == nullptr) {
    throw FileError(name, "cannot read from the stream; it has failed before or was never opened");
  }
  constexpr std::uint64_t first_piece = 4096;
  Buffer<std::byte> bytes;
  std::uint64_t size = 0;
  try {
    for (std::uint64_t target = first_piece; size <= limit; target = 2 * size) {
      bytes.grow(static_cast<Index>(target));
      size += static_cast<std::uint64_t>(source->sgetn(reinterpret_cast<char*>(bytes.data()) + size,
                                                       static_cast<std::streamsize>(target - size)));
      if (size < target) break;
    }
  } catch (const std::ios_base::failure& e) {
    throw FileError(name, std::string("cannot read from the stream: ") + e.what());
  }
  if (size > limit)
    throw FileError(name, "the stream has more than the limit of " + std::to_string(limit) + " bytes");
  bytes.resize(static_cast<Index>(size));
  return bytes;
}

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE

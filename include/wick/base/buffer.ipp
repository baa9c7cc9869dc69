#pragma once

// Definitions of base/buffer.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void refuse_buffer(Index n, std::size_t size) {
  throw ShapeError("Buffer: " + std::to_string(n) + " elements of " + std::to_string(size) +
                   " bytes do not fit in memory");
}

WICK_INLINE void prefer_large_pages([[maybe_unused]] void* data,
                                    [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // A processor reads a page of 4 KB in the time that it takes to find where the page lies, and reads ahead
  // no further. Less memory has room for hardly one large page between its ends.
  if (bytes < std::size_t{4} << 20) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t before = reinterpret_cast<std::uintptr_t>(data) % page;
  static_cast<void>(
      ::madvise(static_cast<char*>(data) - before, (before + bytes) / page * page, MADV_HUGEPAGE));
#endif
}

WICK_INLINE void check_buffer_over(const void* data, Index n, std::size_t size) {
  if (n < 0) refuse_buffer(n, size);
  if (data == nullptr && n > 0) {
    throw ShapeError("Buffer: expected memory for " + std::to_string(n) + " elements, got a null pointer");
  }
  if (reinterpret_cast<std::uintptr_t>(data) % Buffer<char>::alignment != 0) {
    throw ShapeError("Buffer: borrowed memory must begin at a multiple of 64 bytes");
  }
}

}  // namespace detail

WICK_END_NAMESPACE

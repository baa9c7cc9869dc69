#pragma once

// Definitions of base/buffer.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void refuse_buffer(Index n, std::size_t size) {
  throw ShapeError("Buffer: " + std::to_string(n) + " elements of " + std::to_string(size) +
                   " bytes do not fit in memory");
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

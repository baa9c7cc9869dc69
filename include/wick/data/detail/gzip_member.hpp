#pragma once

// What gunzip() checks, without what decompresses.

#include <wick/base/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Decompresses deflate's data: writes to `out`, of `size` bytes, and returns how many these are; less than 0
/// for a fault.
using Inflate = int (*)(char* out, int size, const char* compressed, int compressed_size);

/// gunzip() by a function that decompresses.
[[nodiscard]] Buffer<std::byte> gunzip_by(Inflate inflate, std::span<const std::byte> bytes,
                                          std::string_view name, std::uint64_t limit);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/detail/gzip_member.ipp>
#endif

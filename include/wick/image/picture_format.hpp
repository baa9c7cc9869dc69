#pragma once

// What kind of picture a file holds, by its first bytes.

#include <wick/version.hpp>

#include <cstddef>
#include <span>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// The kinds of picture files that are read.
enum class ImageFormat { png, jpeg };

namespace detail {

[[nodiscard]] inline bool is_png(std::span<const std::byte> bytes) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.starts_with("\x89PNG\r\n\x1a\n");
}
[[nodiscard]] inline bool is_jpeg(std::span<const std::byte> bytes) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.starts_with("\xFF\xD8\xFF");
}

/// The name of a kind of picture file that is not read; empty for all else.
[[nodiscard]] std::string_view other_picture_format(std::span<const std::byte> bytes) noexcept;

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/image/picture_format.ipp>
#endif

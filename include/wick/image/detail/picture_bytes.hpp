#pragma once

// The bytes of a picture file, read with the check that they are there.

#include <wick/base/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Numbers of a picture file, which are big-endian in PNG and JPEG, at any position. Throws FormatError, with
/// the position, where the file ends before them.
class PictureBytes {
 public:
  PictureBytes(std::span<const std::byte> bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::uint32_t u8(std::size_t at) const {
    demand(at, 1);
    return std::to_integer<std::uint32_t>(bytes_[at]);
  }
  [[nodiscard]] std::uint32_t u16(std::size_t at) const {
    demand(at, 2);
    return byte(at) << 8 | byte(at + 1);
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const {
    demand(at, 4);
    return byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
  }
  [[nodiscard]] std::span<const std::byte> part(std::size_t at, std::size_t size) const {
    demand(at, size);
    return bytes_.subspan(at, size);
  }

  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw FormatError(std::string(name_), at, what);
  }

 private:
  [[nodiscard]] std::uint32_t byte(std::size_t at) const noexcept {
    return std::to_integer<std::uint32_t>(bytes_[at]);
  }
  void demand(std::size_t at, std::size_t size) const {
    if (at <= bytes_.size() && size <= bytes_.size() - at) return;
    fail(bytes_.size(), "the picture is truncated: the file ends inside it");
  }

  std::span<const std::byte> bytes_;
  std::string_view name_;
};

/// Refuses a picture without pixels and one with more than `limit` of them.
inline void check_pixels(const PictureBytes& file, std::size_t at, std::uint64_t width, std::uint64_t height,
                         std::uint64_t limit) {
  const std::string size = std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (width == 0 || height == 0) file.fail(at, "the picture has " + size);
  if (width > limit / height) {
    file.fail(at, "the picture has " + size + ", the limit is " + std::to_string(limit) +
                      " (LoadImageOptions::max_pixels)");
  }
}

}  // namespace detail

WICK_END_NAMESPACE

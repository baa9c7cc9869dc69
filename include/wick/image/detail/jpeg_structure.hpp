#pragma once

// The structure of a JPEG file, checked from the first segment to the last bit that a decoder will read.

#include <wick/image/detail/picture_bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What the frame header of a JPEG file says.
struct JpegHeader {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned components = 0;  ///< 1 grey, 3 colour, 4 CMYK
};

/// What a check found.
struct CheckedJpeg {
  JpegHeader header;
  /// Where bytes FF that JPEG allows, and that mean nothing, follow the data of a scan, and how many:
  /// stb_image takes them for a marker there.
  std::vector<std::pair<std::size_t, std::size_t>> fill;
};

/// A scan goes through all blocks of its components, however few bytes it has: together the scans of a file
/// may go through as many samples as this many pictures of `max_pixels` in grey.
inline constexpr std::uint64_t jpeg_scan_work = 64;

/// Header of a JPEG file with at most `max_pixels`: everything before the first scan is checked. Throws
/// FormatError.
[[nodiscard]] JpegHeader read_jpeg_header(std::span<const std::byte> bytes, std::string_view name,
                                          std::uint64_t max_pixels);

/// Checks a JPEG file, sequential or progressive, as far as a decoder will read it: segments and their
/// lengths, sizes of Huffman tables, that tables are there before they are used, sampling, that scans have
/// every bit of every coefficient once, the work that they make (jpeg_scan_work), and their data, see
/// check_jpeg_scan(). Time is linear in the file and in that work; a bit of memory for each sample of a
/// progressive picture. Throws FormatError.
[[nodiscard]] CheckedJpeg check_jpeg(std::span<const std::byte> bytes, std::string_view name,
                                     std::uint64_t max_pixels);
/// The file without what `checked` says is fill: the bytes themselves, or those in `copy`.
[[nodiscard]] std::span<const std::byte> without_fill(std::span<const std::byte> bytes,
                                                      const CheckedJpeg& checked,
                                                      std::vector<std::byte>& copy);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/image/detail/jpeg_structure.ipp>
#endif

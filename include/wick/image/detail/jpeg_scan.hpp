#pragma once

// The compressed data of a JPEG scan, decoded as far as is needed to know that it is complete.

#include <wick/image/detail/picture_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A table of Huffman codes, as a DHT segment has it.
struct JpegHuffman {
  std::array<std::uint16_t, 512> fast{};    ///< by the next 9 bits: length * 256 + symbol; 0 for longer codes
  std::array<std::uint32_t, 17> end{};      ///< by length: the code behind the last one, moved up to 16 bits
  std::array<std::int32_t, 17> to_index{};  ///< by length: from a code to its index in `symbols`
  std::array<std::uint8_t, 256> symbols{};
  bool defined = false;

  /// What a table at `at` of `file` holds: the numbers of codes with 1 to 16 bits, then a symbol for each.
  /// Returns its size in bytes, which is at most `left`. Throws FormatError for too many codes.
  std::size_t read(const PictureBytes& file, std::size_t at, std::size_t left);
};

struct JpegComponent {
  unsigned id = 0;
  unsigned h = 0, v = 0;  ///< blocks in an interleaved unit, across and down
  unsigned quantization = 0;
  std::uint64_t columns = 0, rows = 0;                ///< blocks that hold pixels
  std::uint64_t padded_columns = 0, padded_rows = 0;  ///< in whole units
  bool seen = false;
  std::array<std::int8_t, 64>
      position{};  ///< progressive: the bit down to which each coefficient is known; -1
  /// Progressive: a bit for each coefficient, by its place in the zigzag, that is not 0, for all padded
  /// blocks.
  std::vector<std::uint64_t> nonzero;
};

/// What a frame has for its scans.
struct JpegTables {
  std::array<JpegHuffman, 4> dc;
  std::array<JpegHuffman, 4> ac;
  unsigned restart_interval = 0;  ///< units between restart markers; 0: there are none
};

struct JpegScan {
  struct Part {
    JpegComponent* component;
    unsigned dc, ac;  ///< tables
  };
  std::vector<Part> parts;
  bool progressive = false;
  unsigned first = 0, last = 63;  ///< coefficients in zigzag order
  unsigned high = 0, low = 0;     ///< bits that were known before, and are known after
};

/// Reads the codes of all blocks of a scan from `at` and returns where its last byte ends. Throws FormatError
/// where the data ends too early, has a code that no table has, leaves the range of a coefficient, or misses
/// a restart marker: what decoders make of such data depends on the decoder.
[[nodiscard]] std::size_t check_jpeg_scan(const PictureBytes& file, std::size_t at, const JpegTables& tables,
                                          const JpegScan& scan, std::uint64_t units_across,
                                          std::uint64_t units_down);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/image/detail/jpeg_scan.ipp>
#endif

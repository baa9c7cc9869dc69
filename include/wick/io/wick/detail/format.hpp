#pragma once

// Numbers and tags of the checkpoint format; docs/checkpoint-format.md explains them.

#include <wick/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

WICK_BEGIN_NAMESPACE

namespace detail {

struct ArchiveFormat {
  static constexpr std::uint32_t version = 2;         ///< the newest that this library reads
  static constexpr std::uint32_t oldest_version = 1;  ///< which it writes where nothing needs a later one
  static constexpr std::uint32_t version_of_null = 2;
  static constexpr std::size_t preamble_bytes = 64;
  static constexpr std::size_t blob_alignment = 64;
  static constexpr std::size_t section_alignment = 8;

  // Byte positions in the preamble.
  static constexpr std::size_t at_version = 8;
  static constexpr std::size_t at_minimum_reader = 12;
  static constexpr std::size_t at_header_length = 16;
  static constexpr std::size_t at_payload_offset = 24;
  static constexpr std::size_t at_payload_length = 32;
  static constexpr std::size_t at_header_crc = 40;
  static constexpr std::size_t at_preamble_crc = 60;

  using Tag = std::array<char, 4>;
  static constexpr Tag architecture{'A', 'R', 'C', 'H'};
  static constexpr Tag tensors{'T', 'E', 'N', 'S'};
  static constexpr Tag attributes{'A', 'T', 'T', 'R'};

  static constexpr std::uint32_t required = 1;  ///< section flag: readers must understand the tag
};

}  // namespace detail

WICK_END_NAMESPACE

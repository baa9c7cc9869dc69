#pragma once

// Zip archives, byte for byte as PyTorch 1.13 writes them.

#include <wick/checksum/crc32.hpp>
#include <wick/io/bytes/buffered_sink.hpp>
#include <wick/io/bytes/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// One file of a zip archive. Nothing is compressed, so there is one size.
struct StoredEntry {
  static constexpr std::uint32_t most_32 = 0xFFFFFFFFU;

  std::string name;
  std::uint64_t offset = 0;  ///< of its local header in the archive
  std::uint64_t size = 0;
  std::uint32_t crc = 0;  ///< CRC-32 of the contents

  /// Whether the sizes, or the offset, do not fit in the 32 bits that zip had for them at first.
  [[nodiscard]] bool has_large_size() const noexcept { return size >= most_32; }
  [[nodiscard]] bool has_large_offset() const noexcept { return offset >= most_32; }
  [[nodiscard]] bool is_zip64() const noexcept { return has_large_size() || has_large_offset(); }
  [[nodiscard]] std::uint16_t flags() const noexcept {
    constexpr std::uint16_t utf8_name = 1U << 11;
    constexpr std::uint16_t has_descriptor = 1U << 3;
    return size == 0 ? utf8_name : static_cast<std::uint16_t>(utf8_name | has_descriptor);
  }
};

// Records of a zip archive: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.3

/// The extra field with the numbers of `entry` that need 64 bits; none if there are none. `compressed` is the
/// second of the two sizes.
inline void put_zip64_extra(ByteWriter& out, const StoredEntry& entry, std::uint64_t compressed) {
  if (!entry.is_zip64()) return;
  out.put(std::uint16_t{1});
  out.put(static_cast<std::uint16_t>((entry.has_large_size() ? 16 : 0) + (entry.has_large_offset() ? 8 : 0)));
  if (entry.has_large_size()) {
    out.put(entry.size);
    out.put(compressed);
  }
  if (entry.has_large_offset()) out.put(entry.offset);
}

/// The header before the contents, filled up with an extra field `FB` so that they begin at a multiple of 64
/// bytes. Their size and checksum follow them.
inline void put_zip_local_header(ByteWriter& out, const StoredEntry& entry) {
  constexpr std::uint64_t alignment = 64;
  ByteWriter extra;
  put_zip64_extra(extra, entry, 0);  // as PyTorch does; readers go by the directory
  constexpr std::uint64_t fixed_bytes = 30;
  constexpr std::uint64_t fill_header_bytes = 4;
  const std::uint64_t end = entry.offset + fixed_bytes + entry.name.size() + extra.size() + fill_header_bytes;
  const std::uint64_t fill = (alignment - end % alignment) % alignment;
  extra.put(std::uint8_t{'F'});
  extra.put(std::uint8_t{'B'});
  extra.put(static_cast<std::uint16_t>(fill));
  for (std::uint64_t i = 0; i < fill; ++i) extra.put(std::uint8_t{'Z'});

  out.put(std::uint32_t{0x04034B50});
  out.put(std::uint16_t{0});  // version needed
  out.put(entry.flags());
  out.put(std::uint16_t{0});  // stored
  out.put(std::uint32_t{0});  // time and date
  out.put(std::uint32_t{0});  // checksum
  out.put(std::uint64_t{0});  // both sizes
  out.put(static_cast<std::uint16_t>(entry.name.size()));
  out.put(static_cast<std::uint16_t>(extra.size()));
  out.put_bytes(std::as_bytes(std::span(entry.name)));
  out.put_bytes(extra.bytes());
}

/// What follows the contents; nothing if they are empty.
inline void put_zip_descriptor(ByteWriter& out, const StoredEntry& entry) {
  if (entry.size == 0) return;
  out.put(std::uint32_t{0x08074B50});
  out.put(entry.crc);
  for (int i = 0; i < 2; ++i) {
    if (entry.is_zip64()) {
      out.put(entry.size);
    } else {
      out.put(static_cast<std::uint32_t>(entry.size));
    }
  }
}

/// The entry of the directory.
inline void put_zip_directory_entry(ByteWriter& out, const StoredEntry& entry) {
  ByteWriter extra;
  put_zip64_extra(extra, entry, entry.size);
  const auto size = static_cast<std::uint32_t>((std::min)(entry.size, std::uint64_t{StoredEntry::most_32}));
  out.put(std::uint32_t{0x02014B50});
  out.put(std::uint32_t{0});  // versions made by and needed
  out.put(entry.flags());
  out.put(std::uint16_t{0});  // stored
  out.put(std::uint32_t{0});  // time and date
  out.put(entry.crc);
  out.put(size);
  out.put(size);
  out.put(static_cast<std::uint16_t>(entry.name.size()));
  out.put(static_cast<std::uint16_t>(extra.size()));
  out.put(std::uint16_t{0});  // comment
  out.put(std::uint16_t{0});  // disk
  out.put(std::uint16_t{0});  // attributes
  out.put(std::uint32_t{0});
  out.put(static_cast<std::uint32_t>((std::min)(entry.offset, std::uint64_t{StoredEntry::most_32})));
  out.put_bytes(std::as_bytes(std::span(entry.name)));
  out.put_bytes(extra.bytes());
}

/// The three records at the end, of a directory of `count` entries and `size` bytes at `offset`.
inline void put_zip_end(ByteWriter& out, std::uint64_t count, std::uint64_t size, std::uint64_t offset) {
  out.put(std::uint32_t{0x06064B50});
  out.put(std::uint64_t{44});      // bytes of this record that follow
  out.put(std::uint16_t{0x031E});  // made by: Unix, version 3.0
  out.put(std::uint16_t{45});      // needed: version 4.5
  out.put(std::uint64_t{0});       // disks
  out.put(count);
  out.put(count);
  out.put(size);
  out.put(offset);

  out.put(std::uint32_t{0x07064B50});
  out.put(std::uint32_t{0});
  out.put(offset + size);
  out.put(std::uint32_t{1});

  constexpr std::uint64_t most_16 = 0xFFFF;
  constexpr std::uint64_t most_32 = StoredEntry::most_32;
  out.put(std::uint32_t{0x06054B50});
  out.put(std::uint32_t{0});  // disks
  out.put(static_cast<std::uint16_t>((std::min)(count, most_16)));
  out.put(static_cast<std::uint16_t>((std::min)(count, most_16)));
  out.put(static_cast<std::uint32_t>((std::min)(size, most_32)));
  out.put(static_cast<std::uint32_t>((std::min)(offset, most_32)));
  out.put(std::uint16_t{0});  // comment
}

}  // namespace detail

/// Writes a zip archive to `sink(std::span<const std::byte>)`, from front to back.
///
/// Entries are stored, not compressed, and begin at multiples of 64 bytes. Names have at most 65,535 bytes of
/// UTF-8 and occur once each; that is up to the caller.
template <class Sink>
class ZipWriter {
 public:
  /// `sink` has to live as long.
  explicit ZipWriter(Sink& sink) : sink_(sink) {}

  /// Adds a file. Its bytes are handed on as they lie, not copied, unless they are few.
  void add(std::string name, std::span<const std::byte> contents) {
    detail::StoredEntry entry{.name = std::move(name), .offset = written_, .size = contents.size(), .crc = 0};
    put([&](ByteWriter& out) { detail::put_zip_local_header(out, entry); });
    // Piece by piece, so that what the checksum has read is in the cache when it is written.
    while (!contents.empty()) {
      constexpr std::size_t piece_bytes = std::size_t{1} << 18;
      const auto piece = contents.first((std::min)(contents.size(), piece_bytes));
      entry.crc = crc32(piece, entry.crc);
      put(piece);
      contents = contents.subspan(piece.size());
    }
    put([&](ByteWriter& out) { detail::put_zip_descriptor(out, entry); });
    entries_.push_back(std::move(entry));
  }

  /// Writes the directory; to be called once, at the end.
  void finish() {
    const std::uint64_t offset = written_;
    for (const auto& entry : entries_) {
      put([&](ByteWriter& out) { detail::put_zip_directory_entry(out, entry); });
    }
    const std::uint64_t size = written_ - offset;
    put([&](ByteWriter& out) { detail::put_zip_end(out, entries_.size(), size, offset); });
    sink_.flush();
  }

 private:
  template <class Fill>
  requires std::is_invocable_v<Fill, ByteWriter&>
  void put(Fill fill) {
    ByteWriter record;
    fill(record);
    put(record.bytes());
  }
  void put(std::span<const std::byte> bytes) {
    written_ += bytes.size();
    sink_(bytes);
  }

  BufferedSink<Sink> sink_;
  std::uint64_t written_ = 0;
  std::vector<detail::StoredEntry> entries_;
};

WICK_END_NAMESPACE

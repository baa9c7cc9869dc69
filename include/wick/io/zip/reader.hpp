#pragma once

// The entries of a zip archive, which stores its files as they are or deflated.
// Source: PKWARE, .ZIP File Format Specification, https://support.pkware.com/pkzip/appnote

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/zip/inflate.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One file of a zip archive.
struct ZipRecord {
  std::string_view name;            ///< in the archive's bytes
  std::span<const std::byte> data;  ///< in the archive's bytes
  std::uint64_t offset = 0;         ///< of `data` in the archive
  std::uint32_t crc = 0;            ///< CRC-32 of the contents, as the archive claims
  bool deflated = false;            ///< `data` are compressed, see unpack_zip_record()
  std::uint64_t size = 0;           ///< bytes of the contents, as the archive claims
};

/// Bounds of what a zip archive may demand.
struct ZipLimits {
  /// Entries.
  std::size_t records = 65536;
  /// Bytes of the name of an entry.
  std::size_t name_bytes = 512;
  /// Whether entries may be deflated.
  bool deflated = false;
  /// Whose fields these are in messages: what the caller of the caller has to raise.
  const char* owner = "ZipLimits";
};

namespace detail {

/// Reads the directory of a zip archive from bytes that are not trusted, and checks it against all that the
/// archive says a second time: the local headers and the data descriptors.
class ZipParser {
 public:
  ZipParser(std::span<const std::byte> bytes, std::string name, const ZipLimits& limits)
      : bytes_(bytes), name_(std::move(name)), limits_(limits) {}

  [[nodiscard]] std::vector<ZipRecord> parse() {
    find_end();
    read_directory();
    return read_entries();
  }

 private:
  static constexpr std::size_t end_bytes = 22;
  static constexpr std::size_t locator_bytes = 20;
  static constexpr std::size_t end64_bytes = 56;
  static constexpr std::size_t central_bytes = 46;
  static constexpr std::size_t local_bytes = 30;
  static constexpr std::uint32_t full32 = 0xFFFFFFFFU;
  static constexpr std::uint16_t full16 = 0xFFFFU;
  static constexpr std::uint16_t has_descriptor = 0x0008;
  static constexpr std::uint16_t is_encrypted = 0x2041;  // any kind of encryption
  static constexpr std::uint16_t is_utf8 = 0x0800;
  static constexpr std::uint16_t how_hard_tried = 0x0006;  // to compress, which does not matter
  static constexpr std::uint16_t deflate = 8;

  struct Sizes {
    std::uint64_t compressed, size, offset;
  };
  /// What the directory says of an entry.
  struct Claim {
    std::string_view name;
    Sizes sizes;
    std::uint16_t flags;
    std::uint16_t method;
    std::uint32_t crc;
    std::uint64_t at;  // where it says it
  };
  struct Found {
    ZipRecord entry;
    std::uint64_t end;  // of the data descriptor
  };

  [[noreturn]] void fail(std::uint64_t offset, const std::string& what) const {
    throw FormatError(name_, offset, what);
  }
  [[nodiscard]] std::uint64_t at(std::uint64_t offset, std::size_t n) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < n; ++i) {
      value |= std::to_integer<std::uint64_t>(bytes_[detail::as_integer<std::size_t>(offset) + i]) << (8 * i);
    }
    return value;
  }
  [[nodiscard]] bool has_signature(std::uint64_t offset, std::uint32_t signature) const {
    return bytes_.size() >= 4 && offset <= bytes_.size() - 4 && at(offset, 4) == signature;
  }

  /// The last signature of an end record must be that of the end record: a comment cannot hold another one,
  /// so all readers find the same directory.
  void find_end() {
    if (bytes_.size() < 4 || at(0, 4) != 0x04034b50U) fail(0, "expected a zip archive");
    const std::size_t furthest = end_bytes + full16;
    const std::size_t stop = bytes_.size() > furthest ? bytes_.size() - furthest : 0;
    std::optional<std::size_t> end;
    for (std::size_t i = bytes_.size() - 3; i-- > stop && !end;) {
      if (has_signature(i, 0x06054b50U)) end = i;
    }
    if (!end) fail(bytes_.size(), "the zip archive has no end record; the file is truncated");
    if (bytes_.size() - *end < end_bytes) fail(*end, "the end record is cut off; the file is truncated");
    const std::uint64_t comment = at(*end + 20, 2);
    if (comment != bytes_.size() - *end - end_bytes) {
      fail(*end + 20, "the end record announces a comment of " + std::to_string(comment) + " bytes, " +
                          std::to_string(bytes_.size() - *end - end_bytes) + " follow");
    }
    count_ = at(*end + 10, 2);
    directory_bytes_ = at(*end + 12, 4);
    directory_ = at(*end + 16, 4);
    if (at(*end + 4, 2) != 0 || at(*end + 6, 2) != 0) {
      fail(*end + 4, "the zip archive is one of several disks; expected a single file");
    }
    if (at(*end + 8, 2) != count_) fail(*end + 8, "the end record gives two different numbers of entries");
    directory_end_ = *end;
    if (*end >= locator_bytes && has_signature(*end - locator_bytes, 0x07064b50U)) {
      read_end64(*end - locator_bytes);
    } else if (count_ == full16 || directory_bytes_ == full32 || directory_ == full32) {
      fail(*end, "the end record refers to a zip64 record that is not there");
    }
    const auto after = checked_add(directory_, directory_bytes_);
    if (!after || *after != directory_end_) {
      fail(*end + 12, "the directory of the zip archive should take up the " +
                          std::to_string(directory_bytes_) + " bytes from byte " +
                          std::to_string(directory_) + " on and end at byte " +
                          std::to_string(directory_end_));
    }
    if (count_ > directory_bytes_ / central_bytes) {
      fail(*end + 10, "the zip archive claims " + std::to_string(count_) + " entries in a directory of " +
                          std::to_string(directory_bytes_) + " bytes");
    }
    if (count_ > limits_.records) {
      fail(*end + 10, "the zip archive has " + std::to_string(count_) + " entries, the limit is " +
                          std::to_string(limits_.records) + " (" + limits_.owner + "::records)");
    }
  }

  void read_end64(std::uint64_t locator) {
    const std::uint64_t end64 = at(locator + 8, 8);
    if (at(locator + 4, 4) != 0 || at(locator + 16, 4) > 1) {
      fail(locator + 4, "the zip archive is one of several disks; expected a single file");
    }
    if (locator < end64_bytes || end64 != locator - end64_bytes || !has_signature(end64, 0x06064b50U) ||
        at(end64 + 4, 8) != end64_bytes - 12) {
      fail(locator + 8, "expected a zip64 end record of " + std::to_string(end64_bytes) +
                            " bytes before its locator, the locator points to byte " + std::to_string(end64));
    }
    if (at(end64 + 16, 4) != 0 || at(end64 + 20, 4) != 0) {
      fail(end64 + 16, "the zip archive is one of several disks; expected a single file");
    }
    const std::uint64_t count = at(end64 + 32, 8);
    const std::uint64_t size = at(end64 + 40, 8);
    const std::uint64_t offset = at(end64 + 48, 8);
    const auto agree = [](std::uint64_t narrow, std::uint64_t wide, std::uint64_t full) {
      return narrow == wide || narrow == full;
    };
    if (at(end64 + 24, 8) != count || !agree(count_, count, full16) ||
        !agree(directory_bytes_, size, full32) || !agree(directory_, offset, full32)) {
      fail(end64 + 24, "the two end records of the zip archive differ");
    }
    count_ = count;
    directory_bytes_ = size;
    directory_ = offset;
    directory_end_ = end64;
  }

  void read_directory() {
    std::uint64_t pos = directory_;
    claims_.reserve(detail::as_integer<std::size_t>(count_));
    for (std::uint64_t i = 0; i < count_; ++i) {
      if (directory_end_ - pos < central_bytes || !has_signature(pos, 0x02014b50U)) {
        fail(pos, "expected entry " + std::to_string(i + 1) + " of " + std::to_string(count_) +
                      " of the zip directory");
      }
      const std::uint64_t name_bytes = at(pos + 28, 2);
      const std::uint64_t extra_bytes = at(pos + 30, 2);
      const std::uint64_t total = central_bytes + name_bytes + extra_bytes + at(pos + 32, 2);
      if (total > directory_end_ - pos) fail(pos, "an entry of the zip directory is cut off");
      claims_.push_back(read_claim(pos, name_bytes, extra_bytes));
      pos += total;
    }
    if (pos != directory_end_) {
      fail(pos, "the zip directory has " + std::to_string(directory_end_ - pos) + " bytes too many");
    }
  }

  /// For messages.
  [[nodiscard]] static std::string entry(std::string_view name) { return "the entry " + python_quoted(name); }

  [[nodiscard]] Claim read_claim(std::uint64_t pos, std::uint64_t name_bytes,
                                 std::uint64_t extra_bytes) const {
    const std::string_view name = text(pos + central_bytes, name_bytes);
    check_name(name, pos + central_bytes);
    const auto flags = static_cast<std::uint16_t>(at(pos + 8, 2));
    if ((flags & is_encrypted) != 0) fail(pos + 8, entry(name) + " is encrypted");
    const auto method = static_cast<std::uint16_t>(at(pos + 10, 2));
    const bool deflated = limits_.deflated && method == deflate;
    if ((flags & ~(has_descriptor | is_utf8 | (deflated ? how_hard_tried : 0U))) != 0) {
      fail(pos + 8, entry(name) + " has the unknown flags " + std::to_string(flags));
    }
    if (method != 0 && !deflated) {
      fail(pos + 10, entry(name) + " is compressed (method " + std::to_string(method) +
                         "); expected stored entries: unpack the archive and pack it with zip -0");
    }
    const std::uint64_t disk = at(pos + 34, 2);
    if (disk != 0) fail(pos + 34, entry(name) + " is on another disk");
    const auto crc = static_cast<std::uint32_t>(at(pos + 16, 4));
    const Sizes sizes = wide_sizes({at(pos + 20, 4), at(pos + 24, 4), at(pos + 42, 4)},
                                   pos + central_bytes + name_bytes, extra_bytes, name);
    if (!deflated && sizes.compressed != sizes.size) {
      fail(pos + 20, entry(name) + " is stored uncompressed, but with two sizes: " +
                         std::to_string(sizes.compressed) + " and " + std::to_string(sizes.size));
    }
    return {name, sizes, flags, method, crc, pos};
  }

  /// Goes once through the bytes before the directory. Entries that overlap are refused as soon as they do:
  /// otherwise a directory could ask for the same bytes again and again.
  [[nodiscard]] std::vector<ZipRecord> read_entries() const {
    const std::vector<std::size_t> order =
        sorted_positions(claims_.size(), [this](std::size_t a, std::size_t b) {
          const auto& x = claims_[a].sizes;
          const auto& y = claims_[b].sizes;
          return x.offset != y.offset ? x.offset < y.offset : a < b;
        });
    std::vector<ZipRecord> entries(claims_.size());
    std::uint64_t end = 0;
    const Claim* before = nullptr;
    for (const std::size_t i : order) {
      const Claim& claim = claims_[i];
      if (before != nullptr && claim.sizes.offset < end) {
        fail(claim.sizes.offset,
             "the entries " + python_quoted(before->name) + " and " + python_quoted(claim.name) + " overlap");
      }
      const Found found = read_local(claim);
      entries[i] = found.entry;
      end = found.end;
      before = &claim;
    }
    return entries;
  }

  /// Replaces the 32-bit fields that are full by those of the zip64 field, which holds just these, in order.
  [[nodiscard]] Sizes wide_sizes(Sizes sizes, std::uint64_t pos, std::uint64_t extra_bytes,
                                 std::string_view name) const {
    const std::uint64_t end = pos + extra_bytes;
    bool seen = false;
    // Fewer than four bytes are padding that some writers leave.
    while (end - pos >= 4) {
      const std::uint64_t id = at(pos, 2);
      const std::uint64_t length = at(pos + 2, 2);
      if (length > end - pos - 4) fail(pos, entry(name) + " has a field that is cut off");
      if (id == 1) {
        if (std::exchange(seen, true)) fail(pos, entry(name) + " has two zip64 fields");
        std::uint64_t from = pos + 4;
        for (std::uint64_t* value : {&sizes.size, &sizes.compressed, &sizes.offset}) {
          if (*value != full32) continue;
          if (pos + 4 + length - from < 8) fail(pos, entry(name) + " has a zip64 field that is too short");
          *value = at(from, 8);
          from += 8;
        }
      }
      pos += 4 + length;
    }
    return sizes;
  }

  [[nodiscard]] Found read_local(const Claim& claim) const {
    const auto& [name, sizes, flags, method, crc, pos] = claim;
    const std::uint64_t begin = sizes.offset;
    if (begin > directory_ || directory_ - begin < local_bytes || !has_signature(begin, 0x04034b50U)) {
      fail(pos + 42, entry(name) + " should begin at byte " + std::to_string(begin) +
                         ", where there is no header of an entry");
    }
    const std::uint64_t name_bytes = at(begin + 26, 2);
    const std::uint64_t extra_bytes = at(begin + 28, 2);
    const std::uint64_t data = begin + local_bytes + name_bytes + extra_bytes;
    if (data > directory_ || sizes.compressed > directory_ - data) {
      fail(begin,
           entry(name) + " of " + std::to_string(sizes.compressed) + " bytes does not fit in the file");
    }
    const auto differs = [&, name = claim.name](std::uint64_t offset, const char* what) {
      fail(begin + offset, entry(name) + " has another " + what + " in its own header than in the directory");
    };
    if (text(begin + local_bytes, name_bytes) != name) differs(local_bytes, "name");
    if (at(begin + 6, 2) != flags) differs(6, "set of flags");
    if (at(begin + 8, 2) != method) differs(8, "method");
    const bool descriptor = (flags & has_descriptor) != 0;
    // A missing offset needs no zip64 field here, so that full fields stand for sizes alone.
    const Sizes local = wide_sizes({at(begin + 18, 4), at(begin + 22, 4), 0},
                                   begin + local_bytes + name_bytes, extra_bytes, name);
    const auto agrees = [&](std::uint64_t value, std::uint64_t expected) {
      return value == expected || (descriptor && value == 0);
    };
    if (!agrees(local.compressed, sizes.compressed) || !agrees(local.size, sizes.size)) differs(18, "size");
    if (!agrees(at(begin + 14, 4), crc)) differs(14, "checksum");
    const std::uint64_t end = data + sizes.compressed;
    const auto bytes =
        bytes_.subspan(static_cast<std::size_t>(data), static_cast<std::size_t>(sizes.compressed));
    return {{name, bytes, data, crc, method == deflate, sizes.size},
            descriptor ? descriptor_end(end, sizes, crc, name) : end};
  }

  /// The descriptor repeats checksum and sizes, with or without a signature, with 32 or 64 bits.
  [[nodiscard]] std::uint64_t descriptor_end(std::uint64_t pos, const Sizes& sizes, std::uint32_t crc,
                                             std::string_view name) const {
    const std::uint64_t room = directory_ - pos;
    for (const std::uint64_t signature : {4U, 0U}) {
      if (signature != 0 && !has_signature(pos, 0x08074b50U)) continue;
      for (const std::size_t width : {std::size_t{4}, std::size_t{8}}) {
        const std::uint64_t total = signature + 4 + 2 * width;
        if (total > room) continue;
        const std::uint64_t from = pos + signature;
        if (at(from, 4) == crc && at(from + 4, width) == sizes.compressed &&
            at(from + 4 + width, width) == sizes.size) {
          return pos + total;
        }
      }
    }
    fail(pos, entry(name) + " is not followed by a descriptor with its size and checksum");
  }

  [[nodiscard]] std::string_view text(std::uint64_t offset, std::uint64_t n) const {
    return {reinterpret_cast<const char*>(bytes_.data()) + offset, detail::as_integer<std::size_t>(n)};
  }

  /// Names are only compared, never used as paths; those that would lead elsewhere are refused all the same.
  void check_name(std::string_view name, std::uint64_t offset) const {
    if (name.size() > limits_.name_bytes) {
      fail(offset, "the name of an entry has " + std::to_string(name.size()) + " bytes, the limit is " +
                       std::to_string(limits_.name_bytes) + " (" + limits_.owner + "::name_bytes)");
    }
    const auto bad = [&](const char* why) {
      fail(offset, "the entry " + python_quoted(name) + " has a name that " + why);
    };
    if (!ByteReader::is_utf8(name)) fail(offset, "the name of an entry is not UTF-8");
    if (name.empty()) bad("is empty");
    if (name.find('\0') != std::string_view::npos) bad("holds a zero byte");
    if (name.starts_with('/')) bad("is an absolute path");
    for (std::size_t begin = 0; begin <= name.size();) {
      const std::size_t end = (std::min)(name.find('/', begin), name.size());
      const std::string_view part = name.substr(begin, end - begin);
      if (part == "." || part == "..") bad("leads to another folder");
      begin = end + 1;
    }
  }

  std::span<const std::byte> bytes_;
  std::string name_;
  const ZipLimits& limits_;
  std::uint64_t count_ = 0;
  std::uint64_t directory_ = 0;
  std::uint64_t directory_bytes_ = 0;
  std::uint64_t directory_end_ = 0;
  std::vector<Claim> claims_;
};

}  // namespace detail

/// The entries of a zip archive, in the order of its directory; they are views of `bytes`. `name` stands for
/// the file in messages.
///
/// Accepts stored entries and, if the limits say so, deflated ones, with or without data descriptors and
/// zip64. Throws FormatError when the archive is cut off or has bytes after its end, when anything that it
/// says twice differs, when entries overlap, are compressed otherwise or encrypted, and for names that are
/// absolute or hold `.` or `..`. Checksums of the data are not compared: see TorchLimits::check_crc.
[[nodiscard]] inline std::vector<ZipRecord> read_zip(std::span<const std::byte> bytes,
                                                     const std::string& name, const ZipLimits& limits = {}) {
  return detail::ZipParser(bytes, name, limits).parse();
}

/// The contents of a deflated entry into `out` of record.size bytes. Throws FormatError for data that are
/// damaged or have another size; the checksum is not compared.
inline void unpack_zip_record(const ZipRecord& record, std::span<std::byte> out, const std::string& name) {
  detail::inflate(record.data, out, name, record.offset);
}

WICK_END_NAMESPACE

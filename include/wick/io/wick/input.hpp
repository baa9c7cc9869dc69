#pragma once

// Checkpoints from streams and from mapped files.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/as_integer.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/mapped_file.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/io/wick/detail/format.hpp>
#include <wick/io/wick/reader.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <streambuf>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The size of the file that begins with these bytes, if its preamble is sound and this library knows its
/// version; otherwise the parser will say what is wrong.
inline std::optional<std::uint64_t> claimed_size(std::span<const std::byte> start) {
  using Format = ArchiveFormat;
  if (start.size() < Format::preamble_bytes || file_kind(start) != FileKind::wick) return std::nullopt;
  const auto at = [&](std::size_t position) { return ByteReader(start.subspan(position), {}); };
  const auto crc = at(Format::at_preamble_crc).get<std::uint32_t>("checksum");
  if (crc32c(start.first(Format::at_preamble_crc)) != crc) return std::nullopt;
  if (at(Format::at_minimum_reader).get<std::uint32_t>("version") > Format::version) return std::nullopt;
  const auto size = checked_add(at(Format::at_payload_offset).get<std::uint64_t>("offset"),
                                at(Format::at_payload_length).get<std::uint64_t>("length"));
  return size && *size >= Format::preamble_bytes ? size : std::nullopt;
}

/// The bytes of the checkpoint at which the stream is, and none behind it: another one may follow. Of a
/// stream that holds something else it is up to `most_of_others` bytes. What is allocated is at most twice
/// what the stream has delivered, whatever the preamble claims. The stream need not be one that can seek.
/// Throws FileError when the stream fails or there are more than `limit` bytes, which is `option`'s value.
inline Buffer<std::byte> read_one(std::istream& in, std::uint64_t limit, const std::string& name,
                                  const char* option, std::uint64_t most_of_others) {
  std::streambuf& source = source_of(in, name);
  try {
    std::array<std::byte, ArchiveFormat::preamble_bytes> start{};
    const std::span<const std::byte> began(
        start.data(), as_integer<std::size_t>(take_from(source, start.data(), start.size())));
    const auto claimed = claimed_size(began);
    if (claimed && *claimed > limit) {
      throw FileError(name, "the checkpoint has " + std::to_string(*claimed) + " bytes, the limit is " +
                                std::to_string(limit) + " (" + option + ")");
    }
    std::size_t given = 0;
    const auto read = [&](std::byte* to, std::uint64_t most) {
      const auto again = (std::min<std::uint64_t>)(most, began.size() - given);
      std::ranges::copy(began.subspan(given, static_cast<std::size_t>(again)), to);
      given += static_cast<std::size_t>(again);
      const bool at_end = began.size() < start.size();
      return again == most || at_end ? again : again + take_from(source, to + again, most - again);
    };
    return read_pieces(read, limit, name, option, claimed.value_or(most_of_others));
  } catch (const std::ios_base::failure& e) {
    throw FileError(name, std::string("cannot read from the stream: ") + e.what());
  }
}

}  // namespace detail

/// Reads the checkpoint at which a binary stream is and leaves what follows, which may be another one; the
/// stream need not be one that can seek. `name` stands for it in messages. Throws FileError and FormatError,
/// after which the position in the stream is unspecified.
[[nodiscard]] inline Archive read_archive(std::istream& in, const ArchiveLimits& limits = {},
                                          const std::string& name = "<stream>") {
  constexpr std::uint64_t enough_to_name_its_kind = 4096;
  auto bytes = std::make_shared<const Buffer<std::byte>>(detail::read_one(
      in, limits.stream_bytes, name, "ArchiveLimits::stream_bytes", enough_to_name_its_kind));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_archive(view, std::move(bytes), name, limits);
}

/// Maps a checkpoint file into memory and checks all of it; the tensors are views into the mapping, which
/// they keep alive (see MappedFile for what must not happen to the file meanwhile). `limits.file_bytes` does
/// not count. Throws FileError and FormatError.
[[nodiscard]] inline Archive map_archive(const std::filesystem::path& path,
                                         const ArchiveLimits& limits = {}) {
  const auto file = std::make_shared<const MappedFile>(path);
  return view_archive(file->bytes(), file, display_name(path), limits);
}

WICK_END_NAMESPACE

#pragma once

// Checkpoints from streams and from mapped files.

#include <wick/core/as_integer.hpp>
#include <wick/core/buffer.hpp>
#include <wick/io/archive_format.hpp>
#include <wick/io/archive_reader.hpp>
#include <wick/io/bytes.hpp>
#include <wick/io/crc32c.hpp>
#include <wick/io/file_kind.hpp>
#include <wick/io/mapped_file.hpp>

#include <algorithm>
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

namespace wick::inline WICK_ABI_NAMESPACE {

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
  return checked_add(at(Format::at_payload_offset).get<std::uint64_t>("offset"),
                     at(Format::at_payload_length).get<std::uint64_t>("length"));
}

/// The bytes of the one checkpoint in `in`, read in pieces: what is allocated is at most twice what the
/// stream has delivered, whatever the preamble claims.
inline Buffer<std::byte> read_stream(std::istream& in, const ArchiveLimits& limits, const std::string& name) {
  std::streambuf* source = in.rdbuf();
  if (!in || source == nullptr) {
    throw FileError(name, "cannot read from the stream; it has failed before or was never opened");
  }
  constexpr std::uint64_t first_piece = 4096;
  Buffer<std::byte> bytes;
  std::uint64_t size = 0;
  const auto read_up_to = [&](std::uint64_t target) {
    bytes.grow(static_cast<Index>(target));
    size += static_cast<std::uint64_t>(source->sgetn(reinterpret_cast<char*>(bytes.data()) + size,
                                                     static_cast<std::streamsize>(target - size)));
    return size == target;
  };
  try {
    const bool more = read_up_to(first_piece);
    const auto claimed = claimed_size({bytes.data(), detail::as_integer<std::size_t>(size)});
    if (more && claimed) {
      if (*claimed > limits.stream_bytes) {
        throw FileError(name, "the checkpoint has " + std::to_string(*claimed) + " bytes, the limit is " +
                                  std::to_string(limits.stream_bytes) + " (ArchiveLimits::stream_bytes)");
      }
      while (size < *claimed && read_up_to((std::min)(2 * size, *claimed))) {
      }
      if (size >= *claimed && (size > *claimed || source->sgetc() != std::streambuf::traits_type::eof())) {
        throw FormatError(name, *claimed, "expected the stream to end here; something was appended");
      }
    }
  } catch (const std::ios_base::failure& e) {
    throw FileError(name, std::string("cannot read from the stream: ") + e.what());
  }
  bytes.resize(static_cast<Index>(size));
  return bytes;
}

}  // namespace detail

/// Reads the checkpoint that a binary stream holds, up to the end of the stream; the stream need not be one
/// that can seek. `name` stands for it in messages. Throws FileError and FormatError.
[[nodiscard]] inline Archive read_archive(std::istream& in, const ArchiveLimits& limits = {},
                                          const std::string& name = "<stream>") {
  auto bytes = std::make_shared<const Buffer<std::byte>>(detail::read_stream(in, limits, name));
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

}  // namespace wick::inline WICK_ABI_NAMESPACE

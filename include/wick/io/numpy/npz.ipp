#pragma once

// Definitions of io/numpy/npz.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/printable.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/numpy/npy.hpp>
#include <wick/io/numpy/npz.hpp>
#include <wick/io/zip/reader.hpp>
#include <wick/io/zip/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr std::string_view npy_extension = ".npy";

/// The contents of a deflated entry. Takes their size off what is `left`.
[[nodiscard]] inline std::shared_ptr<const Buffer<std::byte>> unpacked_array(const ZipRecord& entry,
                                                                             std::uint64_t& left,
                                                                             const std::string& name) {
  constexpr std::uint64_t most_for_byte = 1032;  // that deflate can make of it
  if (entry.size / most_for_byte > entry.data.size() || entry.size > left) {
    throw FormatError(name, entry.offset,
                      "npz: the array " + quoted_name(entry.name) + " claims " + std::to_string(entry.size) +
                          " bytes in " + std::to_string(entry.data.size()) + " compressed ones, too many");
  }
  left -= entry.size;
  const auto buffer = std::make_shared<Buffer<std::byte>>(as_integer<Index>(entry.size));
  unpack_zip_record(entry, {buffer->data(), static_cast<std::size_t>(buffer->size())}, name);
  return buffer;
}

[[nodiscard]] inline StateDict view_npz(std::span<const std::byte> bytes,
                                        const std::shared_ptr<const void>& owner, const std::string& name) {
  StateDict arrays;
  std::uint64_t left = (std::max)(std::uint64_t{1} << 30, 16 * std::uint64_t{bytes.size()});
  for (const ZipRecord& entry : read_zip(bytes, name, {.deflated = true})) {
    std::string_view key = entry.name;
    if (!key.ends_with(npy_extension)) {
      throw FormatError(name, entry.offset,
                        "npz: expected arrays, whose names end in .npy, got the entry " + quoted_name(key));
    }
    key.remove_suffix(npy_extension.size());
    if (arrays.contains(key)) {
      throw FormatError(name, entry.offset, "npz: there are two arrays " + quoted_name(key));
    }
    std::span<const std::byte> contents = entry.data;
    std::shared_ptr<const void> holder = owner;
    if (entry.deflated) {
      const auto unpacked = unpacked_array(entry, left, name);
      contents = {unpacked->data(), static_cast<std::size_t>(unpacked->size())};
      holder = unpacked;
    }
    if (crc32(contents) != entry.crc) {
      throw FormatError(
          name, entry.offset,
          "npz: the checksum of the array " + quoted_name(key) + " is wrong; the file is damaged");
    }
    arrays.insert(std::string(key), view_npy(contents, holder, name, entry.offset));
  }
  return arrays;
}

inline void check_npz_name(std::string_view name) {
  constexpr std::size_t most_bytes = 500;
  bool leads_out = name.starts_with('/');
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = (std::min)(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    // The extension makes another file of the last one.
    leads_out = leads_out || (end < name.size() && (part == "." || part == ".."));
    begin = end + 1;
  }
  if (name.empty() || name.size() > most_bytes || leads_out || !ByteReader::is_utf8(name) ||
      name.find('\0') != std::string_view::npos) {
    throw OptionError("write_npz: " + quoted_name(name) + " cannot be the name of a file in an archive");
  }
}

template <class Sink>
void encode_npz(const StateDict& arrays, Sink& sink) {
  ZipWriter<Sink> zip(sink);
  std::vector<std::byte> swapped;
  for (const auto& entry : arrays) {
    // Header and elements are one piece of the archive.
    std::vector<std::byte> contents = npy_header(entry.second);
    const auto elements = little_endian(entry.second.bytes(), number_size(entry.second.dtype()), swapped);
    contents.insert(contents.end(), elements.begin(), elements.end());
    zip.add(entry.first + std::string(npy_extension), contents);
  }
  zip.finish();
}

/// Before anything is written.
inline void check_npz(const StateDict& arrays) {
  for (const auto& entry : arrays) {
    check_npz_name(entry.first);
    static_cast<void>(npy_header(entry.second));
  }
}

}  // namespace detail

WICK_INLINE StateDict read_npz(const std::filesystem::path& path) {
  constexpr std::uint64_t most = (std::numeric_limits<std::uint64_t>::max)();
  const auto file = std::make_shared<const Buffer<std::byte>>(read_file(path, most));
  return detail::view_npz({file->data(), static_cast<std::size_t>(file->size())}, file, display_name(path));
}
WICK_INLINE StateDict read_npz(std::span<const std::byte> bytes) {
  const auto copy = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  return detail::view_npz(*copy, copy, "<memory>");
}
WICK_INLINE StateDict read_npz(std::istream& in) {
  constexpr std::uint64_t most = std::uint64_t{64} << 30;
  const auto bytes =
      std::make_shared<const Buffer<std::byte>>(detail::read_to_end(in, most, "<stream>", "64 GiB"));
  return detail::view_npz({bytes->data(), static_cast<std::size_t>(bytes->size())}, bytes, "<stream>");
}

WICK_INLINE void write_npz(const StateDict& arrays, const std::filesystem::path& path,
                           const SaveOptions& options) {
  detail::check_npz(arrays);
  AtomicFile file(path, options);
  const auto sink = [&file](std::span<const std::byte> bytes) { file.write(bytes); };
  detail::encode_npz(arrays, sink);
  file.commit();
}
WICK_INLINE void write_npz(const StateDict& arrays, std::ostream& out) {
  detail::check_npz(arrays);
  const auto sink = [&out](std::span<const std::byte> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  detail::encode_npz(arrays, sink);
  if (!out.flush()) throw FileError("<stream>", "cannot write the arrays");
}

WICK_END_NAMESPACE

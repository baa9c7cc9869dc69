#pragma once

// IDX files, the format of MNIST and Fashion-MNIST: one array of bytes.

#include <wick/base/buffer.hpp>
#include <wick/base/file.hpp>
#include <wick/data/gzip.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

/// An array of bytes, row-major.
struct IdxArray {
  Shape shape;                ///< as the file says
  Buffer<std::uint8_t> data;  ///< the elements

  /// The elements in their shape.
  [[nodiscard]] TensorView<const std::uint8_t> view() const& noexcept { return {data.data(), shape}; }
  void view() const&& = delete;
};

namespace detail {

[[noreturn]] inline void fail_idx(std::string_view name, std::size_t offset, const std::string& what) {
  throw FormatError(std::string(name), offset, "IDX: " + what);
}

/// The name of a legal element type that wick does not read, or nothing.
[[nodiscard]] constexpr std::string_view unsupported_idx_type(unsigned code) noexcept {
  switch (code) {
    case 0x09:
      return "signed 8-bit integers";
    case 0x0B:
      return "16-bit integers";
    case 0x0C:
      return "32-bit integers";
    case 0x0D:
      return "32-bit floats";
    case 0x0E:
      return "64-bit floats";
    default:
      return {};
  }
}

/// The shape of the array in an IDX file, whose elements are all that follows its header.
[[nodiscard]] inline Shape parse_idx_header(std::span<const std::byte> bytes, std::string_view name) {
  const auto at = [&](std::size_t i) -> unsigned {
    if (i >= bytes.size()) fail_idx(name, bytes.size(), "the file ends inside the header");
    return std::to_integer<unsigned>(bytes[i]);
  };
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    if (at(i) != 0) {
      fail_idx(name, i, "expected two zero bytes at the beginning, got " + std::to_string(at(i)));
    }
  }
  const unsigned type = at(2);
  if (const auto other = detail::unsupported_idx_type(type); !other.empty()) {
    fail_idx(name, 2,
             "the elements are " + std::string(other) + "; only unsigned bytes (type 8) are supported");
  }
  if (type != 0x08) {
    fail_idx(name, 2, "expected element type 8 (unsigned bytes), got " + std::to_string(type));
  }
  const std::size_t rank = at(3);
  if (rank < 1 || rank > Shape::max_rank) {
    fail_idx(name, 3, "expected 1 to 8 dimensions, got " + std::to_string(rank));
  }
  std::array<Index, Shape::max_rank> dims{};
  std::string text;
  std::size_t offset = 4;
  for (std::size_t d = 0; d < rank; ++d, offset += 4) {
    const std::uint32_t size =
        std::uint32_t{at(offset)} << 24 | at(offset + 1) << 16 | at(offset + 2) << 8 | at(offset + 3);
    text.append(d == 0 ? "[" : ", ").append(std::to_string(size));
    if (!std::in_range<Index>(size))
      fail_idx(name, offset, "dimension " + std::to_string(size) + " is too large");
    dims[d] = static_cast<Index>(size);
  }
  text += ']';
  const std::span<const Index> shape(dims.data(), rank);
  const auto count = checked_numel(shape);
  if (!count) fail_idx(name, 4, "the number of elements of " + text + " does not fit in 63 bits");
  const std::size_t got = bytes.size() - offset;
  if (got != *count) {
    fail_idx(name, got < *count ? bytes.size() : offset + static_cast<std::size_t>(*count),
             std::string(got < *count ? "truncated" : "bytes are left over") + ": expected " +
                 std::to_string(*count) + " bytes of elements for shape " + text + ", got " +
                 std::to_string(got));
  }
  return Shape(shape);
}

/// The array in a file that was read, in the memory into which it was read.
[[nodiscard]] inline IdxArray idx_in_place(Buffer<std::byte> file, std::string_view name) {
  const auto contents = std::make_shared<Buffer<std::byte>>(std::move(file));
  const Shape shape = parse_idx_header({contents->data(), static_cast<std::size_t>(contents->size())}, name);
  const Index n = shape.numel();
  if (n > 0) {
    std::memmove(contents->data(), contents->data() + (contents->size() - n), static_cast<std::size_t>(n));
  }
  auto* data = reinterpret_cast<std::uint8_t*>(contents->data());
  return {shape, Buffer<std::uint8_t>::over(data, n, contents)};
}

}  // namespace detail

/// Decodes an uncompressed IDX file of unsigned bytes. `name` is for messages.
///
/// Layout: two zero bytes, element type (0x08 = unsigned byte), rank 1..8, one
/// big-endian 32-bit size per dimension, the elements. Throws FormatError on every
/// other content, also when bytes are missing or left over.
/// Source: http://yann.lecun.com/exdb/mnist/ , "The IDX file format".
[[nodiscard]] inline IdxArray parse_idx(std::span<const std::byte> bytes, std::string_view name) {
  const Shape shape = detail::parse_idx_header(bytes, name);
  IdxArray array{shape, Buffer<std::uint8_t>(shape.numel())};
  const auto n = static_cast<std::size_t>(shape.numel());
  if (n > 0) std::memcpy(array.data.data(), bytes.data() + (bytes.size() - n), n);
  return array;
}

/// Reads an IDX file, plain or compressed with gzip: the content decides, not the
/// name. `contents_limit` bounds the file and its decompressed contents, in bytes; without one it is 1 GiB,
/// and default_gunzip_limit() for contents. Throws FileError when it cannot be read, FormatError when its
/// content is wrong.
[[nodiscard]] inline IdxArray read_idx(const std::filesystem::path& path,
                                       std::optional<std::uint64_t> contents_limit = {}) {
  Buffer<std::byte> file = read_file(path, contents_limit.value_or(std::uint64_t{1} << 30), "contents_limit");
  const std::span<const std::byte> bytes(file.data(), static_cast<std::size_t>(file.size()));
  const std::string name = display_name(path);
  if (!is_gzip(bytes)) return detail::idx_in_place(std::move(file), name);
  return detail::idx_in_place(gunzip(bytes, name, contents_limit), name + " (decompressed)");
}

WICK_END_NAMESPACE

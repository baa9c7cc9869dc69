#pragma once

// IDX files, the format of MNIST and Fashion-MNIST: one array of bytes.

#include <wick/base/buffer.hpp>
#include <wick/base/file.hpp>
#include <wick/data/detail/idx_contents.hpp>
#include <wick/data/gzip.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
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

/// The array in a file that was read, in the memory into which it was read.
[[nodiscard]] inline IdxArray idx_in_place(Buffer<std::byte> file, std::string_view name) {
  const Shape shape = parse_idx_header({file.data(), static_cast<std::size_t>(file.size())}, name);
  return {shape, idx_elements(std::move(file), shape.numel())};
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

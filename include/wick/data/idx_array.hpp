#pragma once

// What is in an IDX file, and reading one by a function that decompresses.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/file_path.hpp>
#include <wick/data/detail/gzip_member.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// An array of bytes, row-major.
struct IdxArray {
  Shape shape;                ///< as the file says
  Buffer<std::uint8_t> data;  ///< the elements

  /// The elements in their shape.
  [[nodiscard]] TensorView<const std::uint8_t> view() const& noexcept { return {data.data(), shape}; }
  void view() const&& = delete;
};

/// Decodes an uncompressed IDX file of unsigned bytes. `name` is for messages.
///
/// Layout: two zero bytes, element type (0x08 = unsigned byte), rank 1..8, one
/// big-endian 32-bit size per dimension, the elements. Throws FormatError on every
/// other content, also when bytes are missing or left over.
/// Source: http://yann.lecun.com/exdb/mnist/ , "The IDX file format".
[[nodiscard]] IdxArray parse_idx(std::span<const std::byte> bytes, std::string_view name);

namespace detail {

/// read_idx() by a function that decompresses.
[[nodiscard]] IdxArray read_idx_by(Inflate inflate, const FilePath& path,
                                   std::optional<std::uint64_t> contents_limit = {});

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/idx_array.ipp>
#endif

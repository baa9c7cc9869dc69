#pragma once

// Definitions of data/idx_array.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/file.hpp>
#include <wick/data/detail/idx_contents.hpp>
#include <wick/data/gzip_limit.hpp>
#include <wick/data/idx_array.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE IdxArray parse_idx(std::span<const std::byte> bytes, std::string_view name) {
  const Shape shape = detail::parse_idx_header(bytes, name);
  IdxArray array{shape, Buffer<std::uint8_t>(shape.numel())};
  const auto n = static_cast<std::size_t>(shape.numel());
  if (n > 0) std::memcpy(array.data.data(), bytes.data() + (bytes.size() - n), n);
  return array;
}

namespace detail {

/// The array in a file that was read, in the memory into which it was read.
inline IdxArray idx_in_place(Buffer<std::byte> file, std::string_view name) {
  const Shape shape = parse_idx_header({file.data(), static_cast<std::size_t>(file.size())}, name);
  return {shape, idx_elements(std::move(file), shape.numel())};
}

WICK_INLINE IdxArray read_idx_by(Inflate inflate, const FilePath& path,
                                 std::optional<std::uint64_t> contents_limit) {
  Buffer<std::byte> file = read_file(path, contents_limit.value_or(std::uint64_t{1} << 30), "contents_limit");
  const std::span<const std::byte> bytes(file.data(), static_cast<std::size_t>(file.size()));
  const std::string name = display_name(path);
  if (!is_gzip(bytes)) return idx_in_place(std::move(file), name);
  return idx_in_place(
      gunzip_by(inflate, bytes, name, contents_limit.value_or(default_gunzip_limit(bytes.size()))),
      name + " (decompressed)");
}

}  // namespace detail

WICK_END_NAMESPACE

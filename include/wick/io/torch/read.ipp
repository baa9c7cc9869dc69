#pragma once

// Definitions of io/torch/read.hpp.

#include <wick/core/buffer.hpp>
#include <wick/core/compiled.hpp>
#include <wick/core/error.hpp>
#include <wick/core/file.hpp>
#include <wick/io/file_kind.hpp>
#include <wick/io/stream_bytes.hpp>
#include <wick/io/torch/legacy_format.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/io/torch/zip_format.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// The tar archives of the first versions, or a pickle that torch.save did not write, are named as such.
[[nodiscard]] inline bool is_tar(std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t at = 257;
  constexpr std::string_view mark = "ustar";
  return bytes.size() >= at + mark.size() &&
         std::string_view(reinterpret_cast<const char*>(bytes.data()) + at, mark.size()) == mark;
}

}  // namespace detail

WICK_INLINE TorchValue view_torch(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                                  const std::string& name, const TorchLimits& limits) {
  const FileKind kind = file_kind(bytes);
  if (kind == FileKind::zip) return detail::read_torch_zip(bytes, owner, name, limits);
  // Every pickle of protocol 2 or later begins with this byte.
  if (kind == FileKind::legacy_torch || (!bytes.empty() && bytes[0] == std::byte{0x80}))
    return detail::read_torch_legacy(bytes, owner, name, limits);
  if (detail::is_tar(bytes)) {
    throw FormatError(
        name, 0,
        "a tar archive, as the first versions of torch.save wrote it, is not read; convert it in Python: "
        "torch.save(torch.load(path, weights_only=False), new_path)");
  }
  throw FormatError(name, 0, "expected a file of torch.save, got " + std::string(describe(kind)));
}

WICK_INLINE TorchValue read_torch(const std::filesystem::path& path, const TorchLimits& limits) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(read_file(path, limits.file_bytes));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_torch(view, std::move(bytes), display_name(path), limits);
}

WICK_INLINE TorchValue read_torch(std::span<const std::byte> bytes, const TorchLimits& limits) {
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes.size()));
  std::ranges::copy(bytes, copy->data());
  const std::span<const std::byte> view(copy->data(), bytes.size());
  return view_torch(view, std::move(copy), "<memory>", limits);
}

WICK_INLINE TorchValue read_torch(std::istream& in, const TorchLimits& limits) {
  auto bytes =
      std::make_shared<const Buffer<std::byte>>(detail::read_to_end(in, limits.file_bytes, "<stream>"));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_torch(view, std::move(bytes), "<stream>", limits);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

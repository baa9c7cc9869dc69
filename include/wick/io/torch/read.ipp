#pragma once

// Definitions of io/torch/read.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/bytes/contents.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/io/torch/detail/legacy_format.hpp>
#include <wick/io/torch/detail/zip_format.hpp>
#include <wick/io/torch/detail/zip_kind.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// As read_torch_zip(), and other zip archives are named as what they are.
[[nodiscard]] inline TorchValue read_any_zip(std::span<const std::byte> bytes,
                                             const std::shared_ptr<const void>& owner,
                                             const std::string& name, const TorchLimits& limits) {
  if (const std::string other = other_zip(bytes); !other.empty()) throw FormatError(name, other);
  try {
    return read_torch_zip(bytes, owner, name, limits);
  } catch (const FormatError&) {
    if (!has_windows_line_ends(bytes)) throw;
    throw FormatError(
        name,
        "a file of torch.save damaged by a transfer in text mode, which changed line ends; copy it "
        "again as binary");
  }
}

}  // namespace detail

WICK_INLINE TorchValue view_torch(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                                  const std::string& name, const TorchLimits& limits) {
  const FileKind kind = file_kind(bytes);
  if (kind == FileKind::zip) return detail::read_any_zip(bytes, owner, name, limits);
  if (kind == FileKind::legacy_torch) return detail::read_torch_legacy(bytes, owner, name, limits);
  throw FormatError(name, "expected a file of torch.save, got " + std::string(describe(kind)));
}

WICK_INLINE TorchValue read_torch(const std::filesystem::path& path, const TorchLimits& limits) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(detail::read_contents(
      path,
      {limits.file_bytes, limits.stream_bytes, "TorchLimits::file_bytes", "TorchLimits::stream_bytes"}));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_torch(view, std::move(bytes), display_name(path), limits);
}

WICK_INLINE TorchValue read_torch(std::span<const std::byte> bytes, const TorchLimits& limits) {
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes.size()));
  std::copy(bytes.begin(), bytes.end(), copy->data());
  const std::span<const std::byte> view(copy->data(), bytes.size());
  return view_torch(view, std::move(copy), "<memory>", limits);
}

WICK_INLINE TorchValue read_torch(std::istream& in, const TorchLimits& limits) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(
      detail::read_to_end(in, limits.stream_bytes, "<stream>", "TorchLimits::stream_bytes"));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_torch(view, std::move(bytes), "<stream>", limits);
}

WICK_END_NAMESPACE

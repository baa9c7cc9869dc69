#pragma once

// Definitions of io/any_file.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/error.hpp>
#include <wick/core/file.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/archive.hpp>
#include <wick/io/archive_reader.hpp>
#include <wick/io/archive_writer.hpp>
#include <wick/io/file_kind.hpp>
#include <wick/io/safetensors/archive.hpp>
#include <wick/io/stream_bytes.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/import.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/torch/write.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

WICK_INLINE std::optional<FileFormat> format_of(const std::filesystem::path& path) {
  std::string extension = display_name(path.extension());
  std::ranges::transform(extension, extension.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (extension == ".wick") return FileFormat::wick;
  if (extension == ".pth" || extension == ".pt") return FileFormat::torch;
  if (extension == ".safetensors") return FileFormat::safetensors;
  return std::nullopt;
}

WICK_INLINE AnyFile view_any(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                             const std::string& name, const ReadOptions& options) {
  const FileKind kind = file_kind(bytes);
  if (kind == FileKind::zip || kind == FileKind::legacy_torch) {
    const TorchValue value = view_torch(bytes, owner, name, options.torch);
    Imported imported = import_torch(value, name, options.key);
    return {FileFormat::torch, std::move(imported.archive), std::move(imported.notes),
            std::move(imported.unread)};
  }
  if (!options.key.empty()) {
    throw FileError(name, "a key names an item of a PyTorch file; this is " + std::string(describe(kind)));
  }
  if (kind == FileKind::wick)
    return {FileFormat::wick, view_archive(bytes, std::move(owner), name, options.archive)};
  if (kind == FileKind::safetensors) {
    return {FileFormat::safetensors, view_safetensors(bytes, std::move(owner), name, options.archive)};
  }
  throw FormatError(
      name, 0, "expected a model file of wick, PyTorch or safetensors, got " + std::string(describe(kind)));
}

namespace detail {

WICK_INLINE Buffer<std::byte> read_any_file(const std::filesystem::path& path, const ReadOptions& options) {
  return read_file(path, (std::max)(options.archive.file_bytes, options.torch.file_bytes));
}

}  // namespace detail

WICK_INLINE AnyFile read_any(const std::filesystem::path& path, const ReadOptions& options) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(detail::read_any_file(path, options));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_any(view, std::move(bytes), display_name(path), options);
}
WICK_INLINE AnyFile read_any(std::istream& in, const ReadOptions& options, const std::string& name) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(
      detail::read_to_end(in, (std::max)(options.archive.file_bytes, options.torch.file_bytes), name));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_any(view, std::move(bytes), name, options);
}
WICK_INLINE AnyFile read_any(std::span<const std::byte> bytes, const ReadOptions& options,
                             const std::string& name) {
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes.size()));
  std::ranges::copy(bytes, copy->data());
  const std::span<const std::byte> view(copy->data(), bytes.size());
  return view_any(view, std::move(copy), name, options);
}

WICK_INLINE void write_any(const std::filesystem::path& path, const Archive& archive,
                           const SaveOptions& options) {
  switch (format_of(path).value_or(FileFormat::wick)) {
    case FileFormat::torch:
      return write_torch(path, export_torch(archive), options);
    case FileFormat::safetensors:
      return write_safetensors(path, archive, options);
    case FileFormat::wick:
      break;
  }
  write_archive(path, archive, options);
}
WICK_INLINE void write_any(std::ostream& out, const Archive& archive, FileFormat format) {
  switch (format) {
    case FileFormat::torch:
      return write_torch(out, export_torch(archive));
    case FileFormat::safetensors:
      return write_safetensors(out, archive);
    case FileFormat::wick:
      break;
  }
  write_archive(out, archive);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

#pragma once

// Model files of every supported format: recognised by content when read, chosen by extension when written.

#include <wick/core/error.hpp>
#include <wick/core/file.hpp>
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
#include <string_view>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

enum class FileFormat {
  wick,         ///< docs/checkpoint-format.md
  torch,        ///< torch.save and torch.load
  safetensors,  ///< https://github.com/safetensors/safetensors
};

/// The format that the extension of `path` asks for: `.wick`; `.pth` and `.pt`; `.safetensors`. Nothing for
/// others. Upper and lower case are the same.
[[nodiscard]] inline std::optional<FileFormat> format_of(const std::filesystem::path& path) {
  std::string extension = display_name(path.extension());
  std::ranges::transform(extension, extension.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (extension == ".wick") return FileFormat::wick;
  if (extension == ".pth" || extension == ".pt") return FileFormat::torch;
  if (extension == ".safetensors") return FileFormat::safetensors;
  return std::nullopt;
}

/// What a reader accepts at most, by format, and which part of the file is wanted.
struct ReadOptions {
  ArchiveLimits archive = {};  ///< of wick's own files and of safetensors
  TorchLimits torch = {};
  /// Item of a PyTorch file that is the model or holds it, `a.b` for an item of an item; all of it when
  /// empty.
  std::string key = {};
};

/// The contents of a model file.
struct AnyFile {
  FileFormat format = FileFormat::wick;
  Archive archive;
  std::vector<std::string> notes = {};  ///< what else is in the file, but has no place in an archive
};

/// Reads the bytes of a model file of any format, which `owner` keeps alive and nobody changes; tensors are
/// views of them where they can be. `name` stands for the file in messages. Throws FileError and FormatError.
[[nodiscard]] inline AnyFile view_any(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                      const std::string& name, const ReadOptions& options = {}) {
  const FileKind kind = file_kind(bytes);
  if (kind == FileKind::zip || kind == FileKind::legacy_torch) {
    const TorchValue value = view_torch(bytes, std::move(owner), name, options.torch);
    Imported imported = import_torch(value, name, options.key);
    return {FileFormat::torch, std::move(imported.archive), std::move(imported.notes)};
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

inline Buffer<std::byte> read_any_file(const std::filesystem::path& path, const ReadOptions& options) {
  return read_file(path, (std::max)(options.archive.file_bytes, options.torch.file_bytes));
}

}  // namespace detail

/// Reads a model file. Throws FileError and FormatError.
[[nodiscard]] inline AnyFile read_any(const std::filesystem::path& path, const ReadOptions& options = {}) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(detail::read_any_file(path, options));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_any(view, std::move(bytes), display_name(path), options);
}
/// Reads the model file that a binary stream holds, up to its end. Throws FileError and FormatError.
[[nodiscard]] inline AnyFile read_any(std::istream& in, const ReadOptions& options = {},
                                      const std::string& name = "<stream>") {
  auto bytes = std::make_shared<const Buffer<std::byte>>(
      detail::read_to_end(in, (std::max)(options.archive.file_bytes, options.torch.file_bytes), name));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_any(view, std::move(bytes), name, options);
}
/// Reads a model file from memory; the bytes are copied. Throws FileError and FormatError.
[[nodiscard]] inline AnyFile read_any(std::span<const std::byte> bytes, const ReadOptions& options = {},
                                      const std::string& name = "<memory>") {
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes.size()));
  std::ranges::copy(bytes, copy->data());
  const std::span<const std::byte> view(copy->data(), bytes.size());
  return view_any(view, std::move(copy), name, options);
}

/// Writes `archive` to `path` in the format of its extension, wick's own for extensions that name none,
/// replacing the file as a whole. Throws FileError, and OptionError for what the format cannot hold; an
/// existing file is intact then.
inline void write_any(const std::filesystem::path& path, const Archive& archive,
                      const SaveOptions& options = {}) {
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
/// Writes `archive` to a binary stream. Throws FileError when the stream fails, and OptionError as above.
inline void write_any(std::ostream& out, const Archive& archive, FileFormat format = FileFormat::wick) {
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

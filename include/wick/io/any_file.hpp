#pragma once

// Model files of every supported format: recognised by content when read, chosen by extension when written.

#include <wick/base/buffer.hpp>
#include <wick/base/file_path.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/io/file_format.hpp>
#include <wick/io/torch/limits.hpp>

#include <cstddef>
#include <istream>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What a reader accepts at most, by format, and which part of the file is wanted.
struct ReadOptions {
  ArchiveLimits archive = {};  ///< of wick's own files and of safetensors
  TorchLimits torch = {};      ///< of PyTorch's files
  /// Item of a PyTorch file that is the model or holds it, `a.b` for an item of an item; all of it when
  /// empty.
  std::string key = {};
};

/// The contents of a model file.
struct AnyFile {
  FileFormat format = FileFormat::wick;  ///< what it was recognised as
  Archive archive;                       ///< what it holds
  std::vector<std::string> notes = {};   ///< what else is in the file, but has no place in an archive
  /// Those of the notes that do not tell what they are about: of two files with equal archives and notes,
  /// only those without any are surely the same.
  std::vector<std::string> unread = {};
  /// Why the archive has no group `model` and what to do, e.g. which key to give; empty if it has one.
  std::string no_model = {};
};

/// Reads the bytes of a model file of any format, which `owner` keeps alive and nobody changes; tensors are
/// views of them where they can be. `name` stands for the file in messages. Throws FileError and FormatError.
[[nodiscard]] AnyFile view_any(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                               const std::string& name, const ReadOptions& options = {});

namespace detail {

Buffer<std::byte> read_any_file(const FilePath& path, const ReadOptions& options);

/// The model in the files that the index with these bytes names, which lie beside it.
AnyFile read_shards(std::span<const std::byte> bytes, const FilePath& path, const ReadOptions& options);

}  // namespace detail

/// Reads a model file, or a pipe such as `/dev/stdin` up to its end. The index of a model in several files
/// (`model.safetensors.index.json`) is read with them as one model. Throws FileError and FormatError.
[[nodiscard]] AnyFile read_any(const FilePath& path, const ReadOptions& options = {});
/// Reads the .wick file at which a binary stream is and leaves what follows, which may be another one; files
/// of the other formats do not say where they end and are read up to the end of the stream. Throws FileError
/// and FormatError, after which the position in the stream is unspecified.
[[nodiscard]] AnyFile read_any(std::istream& in, const ReadOptions& options = {},
                               const std::string& name = "<stream>");
/// Reads a model file from memory; the bytes are copied. Throws FileError and FormatError.
[[nodiscard]] AnyFile read_any(std::span<const std::byte> bytes, const ReadOptions& options = {},
                               const std::string& name = "<memory>");

/// Writes `archive` to `path` in the format of its extension, see format_to_write(), replacing the file as a
/// whole. Throws FileError, and OptionError for what the format cannot hold and for extensions of formats
/// that are not written; an existing file is intact then.
void write_any(const Archive& archive, const FilePath& path, const SaveOptions& options = {});
/// Writes `archive` to a binary stream. Throws FileError when the stream fails, and OptionError as above.
void write_any(const Archive& archive, std::ostream& out, FileFormat format = FileFormat::wick);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/any_file.ipp>
#endif

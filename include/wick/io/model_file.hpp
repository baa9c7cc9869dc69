#pragma once

// Model files of every supported format for programs that want the model alone: optimizers in PyTorch's files
// are passed over, and what reads them is not compiled.

#include <wick/base/buffer.hpp>
#include <wick/base/file_path.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/file_format.hpp>
#include <wick/io/torch/import_optimizer.hpp>
#include <wick/io/torch/limits.hpp>

#include <cstddef>
#include <istream>
#include <memory>
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

/// What view_any() gives, without optimizers of PyTorch's files. Throws FileError and FormatError.
[[nodiscard]] AnyFile view_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                 const std::string& name, const ReadOptions& options = {});
/// What read_any() gives, without optimizers of PyTorch's files. Throws FileError and FormatError.
[[nodiscard]] AnyFile read_model(const FilePath& path, const ReadOptions& options = {});
/// The same from a binary stream.
[[nodiscard]] AnyFile read_model(std::istream& in, const ReadOptions& options = {},
                                 const std::string& name = "<stream>");
/// The same from memory; the bytes are copied.
[[nodiscard]] AnyFile read_model(std::span<const std::byte> bytes, const ReadOptions& options = {},
                                 const std::string& name = "<memory>");

namespace detail {

Buffer<std::byte> read_any_file(const FilePath& path, const ReadOptions& options);

/// What view_any() and read_any() do, with optimizers of PyTorch's files read by `optimizers`.
AnyFile view_file_with(ImportOptimizer optimizers, std::span<const std::byte> bytes,
                       std::shared_ptr<const void> owner, const std::string& name,
                       const ReadOptions& options);
AnyFile read_file_with(ImportOptimizer optimizers, const FilePath& path, const ReadOptions& options);
AnyFile read_file_with(ImportOptimizer optimizers, std::istream& in, const ReadOptions& options,
                       const std::string& name);
AnyFile read_file_with(ImportOptimizer optimizers, std::span<const std::byte> bytes,
                       const ReadOptions& options, const std::string& name);
/// The model in the files that the index with these bytes names, which lie beside it.
AnyFile read_shards(std::span<const std::byte> bytes, const FilePath& path, const ReadOptions& options);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/model_file.ipp>
#endif

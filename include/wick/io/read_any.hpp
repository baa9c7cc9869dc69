#pragma once

// Model files of every supported format, recognised by their content.

#include <wick/base/file_path.hpp>
#include <wick/io/model_file.hpp>

#include <cstddef>
#include <istream>
#include <memory>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// Reads the bytes of a model file of any format, which `owner` keeps alive and nobody changes; tensors are
/// views of them where they can be. `name` stands for the file in messages. Throws FileError and FormatError.
[[nodiscard]] AnyFile view_any(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                               const std::string& name, const ReadOptions& options = {});

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

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/read_any.ipp>
#endif

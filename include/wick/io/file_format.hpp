#pragma once

// Which format the name of a file asks for.

#include <wick/base/file_path.hpp>

#include <optional>

WICK_BEGIN_NAMESPACE

/// Formats of model files.
enum class FileFormat {
  wick,         ///< docs/checkpoint-format.md
  torch,        ///< torch.save and torch.load
  safetensors,  ///< https://github.com/safetensors/safetensors
};

/// The format that the extension of `path` asks for: `.wick`; PyTorch's customary names `.pth`, `.pt`,
/// `.ckpt`, `.bin`,
/// `.pkl`, `.pth.tar` and `.pt.tar`; `.safetensors`. Nothing for others. Upper and lower case are the same.
[[nodiscard]] std::optional<FileFormat> format_of(const FilePath& path);

/// The format in which to write `path`: that of its extension, wick's own for extensions that name none.
/// Throws OptionError for those of other formats, such as `.onnx`, `.h5` and `.npz`, and for misspelt ones.
[[nodiscard]] FileFormat format_to_write(const FilePath& path);

namespace detail {

/// The extension as format_of() understands it: `.pth.tar` is one, `.tar` after anything else another.
[[nodiscard]] FilePath whole_extension(const FilePath& path);
/// The name of the file without it.
[[nodiscard]] FilePath whole_stem(const FilePath& path);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/file_format.ipp>
#endif

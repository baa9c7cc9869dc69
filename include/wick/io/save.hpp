#pragma once

// A state dict to a file and back, like torch.save and torch.load.

#include <wick/base/file.hpp>
#include <wick/base/file_path.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/archive/groups.hpp>

#include <cstddef>
#include <istream>
#include <ostream>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

Archive archive_of(const StateDict& state_dict);

const StateDict& parameters_of(const AnyFile& file, const std::string& name);

}  // namespace detail

/// Saves `state_dict` to `path`, replacing the file as a whole: as torch.save does when the extension is
/// `.pth`, `.pt` or another that is customary in PyTorch, as safetensors for `.safetensors`, else in wick's
/// own format; see format_to_write(). Throws FileError, and OptionError for extensions of formats that wick
/// does not write; an existing file is intact then.
void save(const StateDict& state_dict, const FilePath& path, const SaveOptions& options = {});
/// The same to a binary stream. Throws FileError when the stream fails.
void save(const StateDict& state_dict, std::ostream& out, FileFormat format = FileFormat::wick);

/// The state dict in a file written by save() or save_checkpoint(), by torch.save, or in the safetensors
/// format; of a PyTorch checkpoint with more in it, the part that import_torch() takes for the model, or
/// `options.key`. Throws FileError and FormatError.
[[nodiscard]] StateDict load(const FilePath& path, const ReadOptions& options = {});
/// The same from a binary stream: one .wick file, and what follows stays; the other formats up to its end.
[[nodiscard]] StateDict load(std::istream& in, const ReadOptions& options = {});
/// The same from the bytes of such a file.
[[nodiscard]] StateDict load(std::span<const std::byte> bytes, const ReadOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/save.ipp>
#endif

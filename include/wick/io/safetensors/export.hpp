#pragma once

// Checkpoints as safetensors: the parameters under their own names, so that every program finds them, and
// everything else where only wick looks. docs/safetensors.md has the names.

#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/io/safetensors/reader.hpp>

#include <filesystem>
#include <ostream>

WICK_BEGIN_NAMESPACE

/// The tensors and the metadata of a safetensors file with `archive`: see docs/safetensors.md. Throws
/// OptionError for groups or an architecture that read_safetensors() would refuse.
[[nodiscard]] Safetensors to_safetensors(const Archive& archive);

/// Writes `archive` as a safetensors file, replacing it as a whole (see AtomicFile). Throws FileError, and
/// OptionError as to_safetensors() and encode_safetensors() do; an existing file is intact then.
void write_safetensors(const Archive& archive, const std::filesystem::path& path,
                       const SaveOptions& options = {});

/// Writes `archive` to a binary stream. Throws FileError when the stream fails, and OptionError as above.
void write_safetensors(const Archive& archive, std::ostream& out);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/safetensors/export.ipp>
#endif

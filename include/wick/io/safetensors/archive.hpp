#pragma once

// Checkpoints as safetensors: the parameters under their own names, so that every program finds them, and
// everything else where only wick looks. docs/safetensors.md has the names.

#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/io/safetensors/reader.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <ostream>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// The tensors and the metadata of a safetensors file with `archive`: see docs/safetensors.md. Throws
/// OptionError for groups or an architecture that read_safetensors() would refuse.
[[nodiscard]] Safetensors to_safetensors(const Archive& archive);

/// What to_safetensors() was given. A file of another program is the group `model` of all its tensors, its
/// metadata are attributes of the group `metadata`. `name` stands for the file in messages. Throws
/// FormatError.
[[nodiscard]] Archive from_safetensors(const Safetensors& file, const std::string& name,
                                       const ArchiveLimits& limits = {});

/// Reads the bytes of a safetensors file, which `owner` keeps alive and nobody changes; tensors are views of
/// them. `name` stands for the file in messages. Throws FormatError.
[[nodiscard]] Archive view_safetensors(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                       const std::string& name, const ArchiveLimits& limits = {});

/// Reads a safetensors file. Throws FileError and FormatError.
[[nodiscard]] Archive read_safetensors(const std::filesystem::path& path, const ArchiveLimits& limits = {});

/// Reads from memory; the bytes are copied. Throws FormatError.
[[nodiscard]] Archive read_safetensors(std::span<const std::byte> bytes, const ArchiveLimits& limits = {});

/// Reads from a binary stream up to its end. Throws FileError and FormatError.
[[nodiscard]] Archive read_safetensors(std::istream& in, const ArchiveLimits& limits = {});

/// Writes `archive` as a safetensors file, replacing it as a whole (see AtomicFile). Throws FileError, and
/// OptionError as to_safetensors() and encode_safetensors() do; an existing file is intact then.
void write_safetensors(const Archive& archive, const std::filesystem::path& path,
                       const SaveOptions& options = {});

/// Writes `archive` to a binary stream. Throws FileError when the stream fails, and OptionError as above.
void write_safetensors(const Archive& archive, std::ostream& out);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/safetensors/archive.ipp>
#endif

#pragma once

// Checkpoints from safetensors files. docs/safetensors.md has the names under which everything lies.

#include <wick/io/archive/archive.hpp>
#include <wick/io/safetensors/reader.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

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

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/safetensors/import.ipp>
#endif

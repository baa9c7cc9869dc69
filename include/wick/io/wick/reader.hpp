#pragma once

// Untrusted bytes -> Archive.

#include <wick/io/archive/archive.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// Reads a checkpoint whose bytes `owner` keeps alive and nobody changes; tensors are
/// views into them. `name` stands for the file in messages. Throws FormatError.
[[nodiscard]] Archive view_archive(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                   std::string name, const ArchiveLimits& limits = {});

/// Reads a checkpoint file. Throws FileError and FormatError.
[[nodiscard]] Archive read_archive(const std::filesystem::path& path, const ArchiveLimits& limits = {});

/// Reads a checkpoint from memory; the bytes are copied. Throws FormatError.
[[nodiscard]] Archive read_archive(std::span<const std::byte> bytes, const ArchiveLimits& limits = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/wick/reader.ipp>
#endif

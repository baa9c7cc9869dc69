#pragma once

// Model files of every format, for the commands.

#include "commands.hpp"

#include <wick/checkpoint/network_archive.hpp>
#include <wick/io/archive/archive.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tool {

/// A file and what it holds.
struct File {
  std::string name;           ///< as the user wrote it, in UTF-8
  std::string format;         ///< for programs: `wick`, `torch` or `safetensors`
  std::string kind;           ///< for people: `wick checkpoint, format version 1`
  std::uint32_t version = 0;  ///< of wick's format, 0 for others
  std::uint64_t size = 0;     ///< in bytes
  wick::Archive archive;
  std::vector<std::string> notes;   ///< what else is in the file, but has no place in an archive
  std::vector<std::string> unread;  ///< those of the notes that do not tell what they are about
  std::string no_model;             ///< why the archive has no group `model`; empty if it has one
};

/// Whether it is worth a remark that the file has no model: wick's own archives may hold anything.
[[nodiscard]] inline bool lacks_model(const File& file) {
  return !file.no_model.empty() && file.format == "torch";
}

/// Reads and checks a file; `-` is standard input. The index of a model in several files is read as that
/// model. Throws wick::FormatError for contents that are not right, and wick::FileError for a file that
/// cannot be read or has no such item.
[[nodiscard]] File read(const std::filesystem::path& path, const SourceOptions& source = {});

/// The same for one that has to hold a model. Throws wick::FileError if it does not.
[[nodiscard]] File read_model(const std::filesystem::path& path, const SourceOptions& source = {});

/// Whether two files have the same bytes; false for files that cannot be read.
[[nodiscard]] bool are_same_bytes(const std::filesystem::path& a, const std::filesystem::path& b);

/// Whether a regular file is one of PyTorch, by its first bytes; false for files that cannot be read.
[[nodiscard]] bool is_torch_file(const std::filesystem::path& path);

/// The network in a file, which has to have classes to choose from. Throws wick::FormatError otherwise.
[[nodiscard]] wick::Checkpoint<float> network_in(const File& file, const NameOptions& names);

/// Throws wick::OptionError if the extension of `path` names no format that is written.
void check_extension(const std::filesystem::path& path);

/// Writes `archive` in the format of the extension of `path`, replacing the file as a whole.
/// Throws wick::FileError, and wick::OptionError for what the format cannot hold.
void write(const std::filesystem::path& path, const wick::Archive& archive);

}  // namespace tool

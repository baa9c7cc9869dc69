#pragma once

// Model files of every format, for the commands.

#include "commands.hpp"

#include <wick/io/archive.hpp>

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
  bool is_model = true;
  std::vector<std::string> notes;   ///< what else is in the file, but has no place in an archive
  std::vector<std::string> unread;  ///< those of the notes that do not tell what they are about
};

/// Reads and checks a file. Throws wick::FormatError for contents that are not right, and
/// wick::FileError for a file that cannot be read or does not hold such a model.
[[nodiscard]] File read(const std::filesystem::path& path, const SourceOptions& source = {});

/// The same for one that need not hold a model: if a PyTorch file is right, but holds something
/// else, `is_model` is false, the archive empty, and a note says what is there.
[[nodiscard]] File read_if_model(const std::filesystem::path& path, const SourceOptions& source = {});

/// Whether two files have the same bytes; false for files that cannot be read.
[[nodiscard]] bool are_same_bytes(const std::filesystem::path& a, const std::filesystem::path& b);

/// Whether a file is one of PyTorch, by its first bytes; false for files that cannot be read.
[[nodiscard]] bool is_torch_file(const std::filesystem::path& path);

/// Throws wick::OptionError if the extension of `path` names no format.
void check_extension(const std::filesystem::path& path);

/// Writes `archive` in the format of the extension of `path`, replacing the file as a whole.
/// Throws wick::FileError, and wick::OptionError for what the format cannot hold.
void write(const std::filesystem::path& path, const wick::Archive& archive);

}  // namespace tool

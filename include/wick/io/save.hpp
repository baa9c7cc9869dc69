#pragma once

// A state dict to a file and back, like torch.save and torch.load.

#include <wick/io/archive_reader.hpp>
#include <wick/io/archive_writer.hpp>
#include <wick/io/groups.hpp>

#include <filesystem>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Saves `state_dict` to `path`, replacing the file as a whole. Throws FileError; an
/// existing file is intact then.
inline void save(const StateDict& state_dict, const std::filesystem::path& path) {
  write_archive(
      path,
      Archive{.architecture = {}, .tensors = {{std::string(model_group), state_dict}}, .attributes = {}});
}

/// The state dict in a file written by save() or save_checkpoint(). Throws FileError
/// and FormatError.
[[nodiscard]] inline StateDict load(const std::filesystem::path& path, const ArchiveLimits& limits = {}) {
  const Archive archive = read_archive(path, limits);
  const StateDict* found = archive.find_tensors(model_group);
  if (found == nullptr) throw FormatError(display_name(path), 0, "the checkpoint has no model parameters");
  return *found;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

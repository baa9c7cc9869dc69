#pragma once

// A state dict to a file and back, like torch.save and torch.load.

#include <wick/io/archive_input.hpp>
#include <wick/io/archive_reader.hpp>
#include <wick/io/archive_writer.hpp>
#include <wick/io/groups.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <ostream>
#include <span>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

inline Archive archive_of(const StateDict& state_dict) {
  return {.architecture = {}, .tensors = {{std::string(model_group), state_dict}}, .attributes = {}};
}

inline const StateDict& parameters_of(const Archive& archive, const std::string& name) {
  const StateDict* found = archive.find_tensors(model_group);
  if (found == nullptr) throw FormatError(name, 0, "the checkpoint has no model parameters");
  return *found;
}

}  // namespace detail

/// Saves `state_dict` to `path`, replacing the file as a whole. Throws FileError; an
/// existing file is intact then.
inline void save(const StateDict& state_dict, const std::filesystem::path& path,
                 const SaveOptions& options = {}) {
  write_archive(path, detail::archive_of(state_dict), options);
}
/// The same to a binary stream. Throws FileError when the stream fails.
inline void save(const StateDict& state_dict, std::ostream& out) {
  write_archive(out, detail::archive_of(state_dict));
}

/// The state dict in a file written by save() or save_checkpoint(). Throws FileError
/// and FormatError.
[[nodiscard]] inline StateDict load(const std::filesystem::path& path, const ArchiveLimits& limits = {}) {
  return detail::parameters_of(read_archive(path, limits), display_name(path));
}
/// The same from a binary stream, up to its end.
[[nodiscard]] inline StateDict load(std::istream& in, const ArchiveLimits& limits = {}) {
  return detail::parameters_of(read_archive(in, limits), "<stream>");
}
/// The same from the bytes of such a file.
[[nodiscard]] inline StateDict load(std::span<const std::byte> bytes, const ArchiveLimits& limits = {}) {
  return detail::parameters_of(read_archive(bytes, limits), "<memory>");
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

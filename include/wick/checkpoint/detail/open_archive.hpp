#pragma once

// What is in the file of a network, before the network is built.

#include <wick/base/file_path.hpp>
#include <wick/checkpoint/build_options.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/model_file.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The archive of a file with the Network's names.
struct OpenedArchive {
  Archive archive;
  std::vector<std::string> notes;  ///< as in Checkpoint
  /// Where the parameters may stay, which `owner` keeps; empty if they should not.
  std::span<std::byte> memory;
  std::shared_ptr<const void> owner;

  [[nodiscard]] Attributes metadata() const;
  /// Notes of what was assumed, and of parameters that were to stay in a mapping and did not; for when the
  /// network is there.
  void add_notes(const std::string& name, const BuildOptions& build, bool copied);
};

/// The file at `path`, read into memory that the network may keep, or mapped. Throws FileError when there is
/// no model in it.
OpenedArchive open_archive(const FilePath& path, bool mapped, const ReadOptions& options,
                           const BuildOptions& build);
/// The same of what read_any() gives.
OpenedArchive open_archive(AnyFile file, const std::string& name, const BuildOptions& build);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/detail/open_archive.ipp>
#endif

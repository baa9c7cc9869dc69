#pragma once

// Definitions of checkpoint/detail/open_archive.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/detail/open_archive.hpp>
#include <wick/checkpoint/detail/own_names.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/io/bytes/mapped_file.hpp>
#include <wick/io/shard_index.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Attributes OpenedArchive::metadata() const {
  const Attributes* const found = archive.find_attributes(metadata_group);
  return found == nullptr ? Attributes() : *found;
}

WICK_INLINE void OpenedArchive::add_notes(const std::string& name, const BuildOptions& build, bool copied) {
  for (auto& text : assumptions(archive, name, build)) notes.push_back(std::move(text));
  if (copied) {
    notes.emplace_back(
        "the parameters were copied out of the file, whose layout does not let a network use them in place");
  }
}

WICK_INLINE OpenedArchive open_archive(AnyFile file, const std::string& name, const BuildOptions& build) {
  if (!file.no_model.empty()) throw FileError(name, file.no_model);
  return {with_own_names(std::move(file.archive), name, build), std::move(file.notes), {}, {}};
}

/// The file in `contents`, which lie in `memory`.
inline OpenedArchive open_contents(std::span<const std::byte> contents, std::span<std::byte> memory,
                                   std::shared_ptr<const void> owner, const FilePath& path, bool mapped,
                                   const ReadOptions& options, const BuildOptions& build) {
  const std::string name = display_name(path);
  const bool sharded = is_shard_index(contents);
  OpenedArchive result = open_archive(
      sharded ? read_shards(contents, path, options) : view_model(contents, owner, name, options), name,
      build);
  // Memory that was read is kept unless most of it is something else.
  std::size_t parameters = 0;
  if (const StateDict* found = result.archive.find_tensors(model_group)) {
    for (const auto& [key, tensor] : *found) parameters += tensor.bytes().size();
  }
  if (!sharded && (mapped || parameters > contents.size() / 2)) {
    result.memory = memory;
    result.owner = std::move(owner);
  }
  return result;
}

WICK_INLINE OpenedArchive open_archive(const FilePath& path, bool mapped, const ReadOptions& options,
                                       const BuildOptions& build) {
  if (mapped) {
    const auto file = std::make_shared<MappedFile>(path);
    return open_contents(file->bytes(), file->memory(), file, path, mapped, options, build);
  }
  const auto bytes = std::make_shared<Buffer<std::byte>>(read_any_file(path, options));
  const auto size = static_cast<std::size_t>(bytes->size());
  constexpr std::size_t unit = Buffer<std::byte>::alignment;
  const std::span<std::byte> with_zeros(bytes->data(), (size + unit - 1) / unit * unit);
  return open_contents(with_zeros.first(size), with_zeros, bytes, path, mapped, options, build);
}

}  // namespace detail

WICK_END_NAMESPACE

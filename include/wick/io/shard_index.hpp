#pragma once

// The index of a model in several files: model.safetensors.index.json and pytorch_model.bin.index.json.

#include <wick/io/archive/archive.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Which file beside the index has which tensor, as Hugging Face's libraries write it:
/// `{"metadata": {...}, "weight_map": {"output.weight": "model-00001-of-00002.safetensors", ...}}`.
struct ShardIndex {
  std::vector<std::string> files;  ///< each once, in the order in which they are first mentioned
  /// Names of tensors and the positions of their files in `files`, in the order of the index.
  std::vector<std::pair<std::string, std::size_t>> tensors;
};

/// Whether these are the bytes of such an index, and not any other JSON.
[[nodiscard]] bool is_shard_index(std::span<const std::byte> bytes) noexcept;

/// Reads an index. The names of files are plain ones: no folders, nothing that leads elsewhere. `name` stands
/// for the index in messages. Throws FormatError.
[[nodiscard]] ShardIndex read_shard_index(std::span<const std::byte> bytes, const std::string& name,
                                          const ArchiveLimits& limits = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/shard_index.ipp>
#endif

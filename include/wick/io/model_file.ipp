#pragma once

// Definitions of io/model_file.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/io/bytes/contents.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/io/file_format.hpp>
#include <wick/io/model_file.hpp>
#include <wick/io/safetensors/import.hpp>
#include <wick/io/shard_index.hpp>
#include <wick/io/torch/import_model.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/wick/input.hpp>
#include <wick/io/wick/reader.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr const char* file_option = "ArchiveLimits::file_bytes and TorchLimits::file_bytes";
inline constexpr const char* stream_option = "ArchiveLimits::stream_bytes and TorchLimits::stream_bytes";

[[nodiscard]] inline std::uint64_t stream_limit(const ReadOptions& options) noexcept {
  return (std::max)(options.archive.stream_bytes, options.torch.stream_bytes);
}

WICK_INLINE AnyFile view_file_with(ImportOptimizer optimizers, std::span<const std::byte> bytes,
                                   std::shared_ptr<const void> owner, const std::string& name,
                                   const ReadOptions& options) {
  const FileKind kind = file_kind(bytes);
  if (kind == FileKind::zip || kind == FileKind::legacy_torch) {
    const TorchValue value = view_torch(bytes, owner, name, options.torch);
    Imported imported = import_torch_with(optimizers, value, name, options.key);
    return {FileFormat::torch, std::move(imported.archive), std::move(imported.notes),
            std::move(imported.unread), std::move(imported.no_model)};
  }
  if (!options.key.empty()) {
    throw FileError(name, "a key names an item of a PyTorch file; this is " + std::string(describe(kind)));
  }
  if (kind == FileKind::wick || kind == FileKind::safetensors) {
    AnyFile file;
    if (kind == FileKind::wick) {
      file.archive = view_archive(bytes, std::move(owner), name, options.archive);
    } else {
      file = {FileFormat::safetensors, view_safetensors(bytes, std::move(owner), name, options.archive)};
    }
    if (file.archive.find_tensors(model_group) == nullptr) file.no_model = "the file has no model parameters";
    return file;
  }
  if (is_shard_index(bytes)) {
    throw FormatError(name,
                      "an index of the files of a model, without those files; give the path of the index, "
                      "beside which they lie");
  }
  throw FormatError(
      name, "expected a model file of wick, PyTorch or safetensors, got " + std::string(describe(kind)));
}

WICK_INLINE Buffer<std::byte> read_any_file(const FilePath& path, const ReadOptions& options) {
  return read_contents(path, {(std::max)(options.archive.file_bytes, options.torch.file_bytes),
                              stream_limit(options), file_option, stream_option});
}

WICK_INLINE AnyFile read_shards(std::span<const std::byte> bytes, const FilePath& path,
                                const ReadOptions& options) {
  const std::string name = display_name(path);
  if (!options.key.empty()) throw FileError(name, "a key names an item of a PyTorch file; this is an index");
  const ShardIndex index = read_shard_index(bytes, name, options.archive);
  AnyFile result;
  const std::filesystem::path folder = path_of(path).parent_path();
  std::vector<StateDict> shards;
  for (const std::string& file : index.files) {
    const auto shard = folder / std::filesystem::path(std::u8string(file.begin(), file.end()));
    if (!std::filesystem::exists(shard)) {
      throw FileError(name,
                      "the index names the file " + python_quoted(file) + ", which is not there; get it too");
    }
    auto contents = std::make_shared<const Buffer<std::byte>>(read_any_file(shard, options));
    const std::span<const std::byte> view(contents->data(), static_cast<std::size_t>(contents->size()));
    AnyFile part = view_file_with(nullptr, view, std::move(contents), display_name(shard), options);
    const StateDict* found = part.archive.find_tensors(model_group);
    if (found == nullptr) throw FileError(display_name(shard), part.no_model);
    result.format = part.format;
    for (auto& text : part.notes) result.notes.push_back(python_quoted(file) + ": " + std::move(text));
    shards.push_back(*found);
  }
  StateDict model;
  for (const auto& [tensor, position] : index.tensors) {
    const AnyTensor* found = shards[position].find(tensor);
    if (found == nullptr) {
      throw FormatError(name, "the index says that " +
                                  python_quoted(std::string_view(tensor).substr(0, 100)) + " is in " +
                                  python_quoted(index.files[position]) + "; it is not");
    }
    model.insert(tensor, *found);
  }
  std::size_t all = 0;
  for (const StateDict& shard : shards) all += shard.size();
  if (all > index.tensors.size())
    result.notes.push_back("tensors that the index does not name: " +
                           std::to_string(all - index.tensors.size()));
  result.archive.add_tensors(model_group, std::move(model));
  return result;
}

WICK_INLINE AnyFile read_file_with(ImportOptimizer optimizers, const FilePath& path,
                                   const ReadOptions& options) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(read_any_file(path, options));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  if (is_shard_index(view)) return read_shards(view, path, options);
  return view_file_with(optimizers, view, std::move(bytes), display_name(path), options);
}
WICK_INLINE AnyFile read_file_with(ImportOptimizer optimizers, std::istream& in, const ReadOptions& options,
                                   const std::string& name) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(
      read_one(in, stream_limit(options), name, stream_option, no_end));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_file_with(optimizers, view, std::move(bytes), name, options);
}
WICK_INLINE AnyFile read_file_with(ImportOptimizer optimizers, std::span<const std::byte> bytes,
                                   const ReadOptions& options, const std::string& name) {
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes.size()));
  std::copy(bytes.begin(), bytes.end(), copy->data());
  const std::span<const std::byte> view(copy->data(), bytes.size());
  return view_file_with(optimizers, view, std::move(copy), name, options);
}

}  // namespace detail

WICK_INLINE AnyFile view_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                               const std::string& name, const ReadOptions& options) {
  return detail::view_file_with(nullptr, bytes, std::move(owner), name, options);
}
WICK_INLINE AnyFile read_model(const FilePath& path, const ReadOptions& options) {
  return detail::read_file_with(nullptr, path, options);
}
WICK_INLINE AnyFile read_model(std::istream& in, const ReadOptions& options, const std::string& name) {
  return detail::read_file_with(nullptr, in, options, name);
}
WICK_INLINE AnyFile read_model(std::span<const std::byte> bytes, const ReadOptions& options,
                               const std::string& name) {
  return detail::read_file_with(nullptr, bytes, options, name);
}

WICK_END_NAMESPACE

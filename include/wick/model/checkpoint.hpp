#pragma once

// Checkpoint files that rebuild a network with no other information.

#include <wick/core/buffer.hpp>
#include <wick/io/mapped_file.hpp>
#include <wick/io/save.hpp>
#include <wick/model/network_archive.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

template <Floating T>
Checkpoint<T> from_file(AnyFile file, const std::string& name, const BuildOptions& build) {
  Checkpoint<T> checkpoint = from_archive<T>(std::move(file.archive), name, build);
  checkpoint.notes = std::move(file.notes);
  return checkpoint;
}

}  // namespace detail

/// Saves the network with its sizes, dropout and parameters, and `extras`, to `path`, replacing the file as a
/// whole. The extension chooses the format: `.pth` and `.pt` are PyTorch's, the dict of the lesson, which its
/// load_checkpoint reads; `.safetensors`; everything else is wick's own. Equal contents give equal bytes.
/// Throws FileError; an existing file is intact then.
template <Floating T>
void save_checkpoint(const std::filesystem::path& path, const Network<T>& model,
                     const CheckpointExtras& extras = {}, const SaveOptions& options = {}) {
  write_any(path, detail::archive_with(detail::view_parameters(model), model, extras), options);
}
/// The same to a binary stream. Throws FileError when the stream fails.
template <Floating T>
void save_checkpoint(std::ostream& out, const Network<T>& model, const CheckpointExtras& extras = {},
                     FileFormat format = FileFormat::wick) {
  write_any(out, detail::archive_with(detail::view_parameters(model), model, extras), format);
}

/// The network in a checkpoint, and everything that was saved with it. The file may be wick's own, one of
/// torch.save (a dict with sizes as in the lesson, or with a state dict in it) or a safetensors file: the
/// content decides. Throws FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> read_checkpoint(const std::filesystem::path& path,
                                            const ReadOptions& options = {}, const BuildOptions& build = {}) {
  return detail::from_file<T>(read_any(path, options), display_name(path), build);
}
/// The same from a binary stream, up to its end.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> read_checkpoint(std::istream& in, const ReadOptions& options = {},
                                            const BuildOptions& build = {}) {
  return detail::from_file<T>(read_any(in, options), "<stream>", build);
}
/// The same from the bytes of a checkpoint file.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> read_checkpoint(std::span<const std::byte> bytes, const ReadOptions& options = {},
                                            const BuildOptions& build = {}) {
  return detail::from_file<T>(read_any(bytes, options), "<memory>", build);
}

/// The network in a checkpoint, in training mode like every new network. Throws FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Network<T> load_checkpoint(const std::filesystem::path& path, const ReadOptions& options = {},
                                         const BuildOptions& build = {}) {
  const auto bytes = std::make_shared<Buffer<std::byte>>(detail::read_any_file(path, options));
  const std::span<std::byte> memory(bytes->data(), static_cast<std::size_t>(bytes->size()));
  const std::string name = display_name(path);
  const Archive archive = detail::with_own_names(view_any(memory, bytes, name, options).archive, name, build);
  // The network keeps the memory that was read, unless most of that is something else.
  std::size_t parameters = 0;
  if (const StateDict* found = archive.find_tensors(model_group)) {
    for (const auto& [key, tensor] : *found) parameters += tensor.bytes().size();
  }
  const bool keep = parameters > memory.size() / 2;
  constexpr std::size_t unit = Buffer<std::byte>::alignment;
  const std::span<std::byte> with_zeros(bytes->data(), (memory.size() + unit - 1) / unit * unit);
  return detail::build_network<T>(archive, name, build.dropout, keep ? with_zeros : std::span<std::byte>(),
                                  bytes);
}
/// The same from a binary stream, up to its end.
template <Floating T = float>
[[nodiscard]] Network<T> load_checkpoint(std::istream& in, const ReadOptions& options = {},
                                         const BuildOptions& build = {}) {
  return read_checkpoint<T>(in, options, build).model;
}
/// The same from the bytes of a checkpoint file, e.g. of one that is part of the program.
template <Floating T = float>
[[nodiscard]] Network<T> load_checkpoint(std::span<const std::byte> bytes, const ReadOptions& options = {},
                                         const BuildOptions& build = {}) {
  return read_checkpoint<T>(bytes, options, build).model;
}

/// The network in a checkpoint whose parameters stay in the file: it is mapped into memory and checked, and
/// the network predicts from the mapping, which processes with the same file share. Training it, or writing
/// to its parameters otherwise, copies the pages that change; the file never changes, and a copy of the
/// network has memory of its own. Parameters that do not have the type T are converted into memory of
/// the network, as load_checkpoint() does. MappedFile says what must not happen to the file meanwhile. Throws
/// FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Network<T> map_checkpoint(const std::filesystem::path& path, const ReadOptions& options = {},
                                        const BuildOptions& build = {}) {
  const auto file = std::make_shared<MappedFile>(path);
  const std::string name = display_name(path);
  const Archive archive =
      detail::with_own_names(view_any(file->bytes(), file, name, options).archive, name, build);
  return detail::build_network<T>(archive, name, build.dropout, file->memory(), file);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

#pragma once

// Networks from files, with no other information.

#include <wick/base/file_path.hpp>
#include <wick/checkpoint/build_options.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/io/model_file.hpp>
#include <wick/models/network.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <istream>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The network in a checkpoint, and everything that was saved with it. The file may be wick's own, one of
/// torch.save (a dict with sizes as in the lesson, or with a state dict in it) or a safetensors file: the
/// content decides. Throws FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> read_checkpoint(const FilePath& path, const ReadOptions& options = {},
                                            const BuildOptions& build = {});
/// The same from a binary stream, of which read_any() says how far it is read.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> read_checkpoint(std::istream& in, const ReadOptions& options = {},
                                            const BuildOptions& build = {});
/// The same from the bytes of a checkpoint file.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> read_checkpoint(std::span<const std::byte> bytes, const ReadOptions& options = {},
                                            const BuildOptions& build = {});

/// The network in a checkpoint, in training mode like every new network. Throws FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Network<T> load_checkpoint(const FilePath& path, const ReadOptions& options = {},
                                         const BuildOptions& build = {});
/// The same from a binary stream, of which read_any() says how far it is read.
template <Floating T = float>
[[nodiscard]] Network<T> load_checkpoint(std::istream& in, const ReadOptions& options = {},
                                         const BuildOptions& build = {});
/// The same from the bytes of a checkpoint file, e.g. of one that is part of the program.
template <Floating T = float>
[[nodiscard]] Network<T> load_checkpoint(std::span<const std::byte> bytes, const ReadOptions& options = {},
                                         const BuildOptions& build = {});

namespace detail {

/// A network and the file's own words about it.
template <Floating T>
struct OpenedNetwork {
  Network<T> model;
  Attributes metadata;
  std::vector<std::string> notes;  ///< as in Checkpoint
};

/// The network in the file at `path`, read into memory that the network keeps, or mapped.
template <Floating T>
OpenedNetwork<T> open_network(const FilePath& path, bool mapped, const ReadOptions& options,
                              const BuildOptions& build);

}  // namespace detail

/// The network in a checkpoint whose parameters stay in the file: it is mapped into memory and checked, and
/// the network predicts from the mapping, which processes with the same file share. Training it, or writing
/// to its parameters otherwise, copies the pages that change; the file never changes, and a copy of the
/// network has memory of its own.
///
/// That needs parameters of type T, each at a multiple of 64 bytes of the file with room up to the next one:
/// so it is in wick's files and in those of torch.save since 1.6 (unless much else lies between the
/// parameters), but in safetensors files, which leave no room, only by chance. Otherwise the parameters are
/// copied, as load_checkpoint() does; `parameters()->is_foreign()` of the network tells. The files of an
/// index are always read.
///
/// MappedFile says what must not happen to the file meanwhile. Throws FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Network<T> map_checkpoint(const FilePath& path, const ReadOptions& options = {},
                                        const BuildOptions& build = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/load_checkpoint.ipp>
#endif

#pragma once

// The networks of files of every format, to predict with.

#include <wick/base/file_path.hpp>
#include <wick/checkpoint/build_options.hpp>
#include <wick/checkpoint/frozen_network.hpp>
#include <wick/io/model_file.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A network and the file's own words about it.
template <Floating T = float>
struct OpenedFrozen {
  FrozenNetwork<T> network;        ///< built, with the parameters of the file
  Attributes metadata;             ///< see CheckpointExtras
  std::vector<std::string> notes;  ///< as in Checkpoint
};

/// The network in the file at `path`, as load_checkpoint() builds it, or map_checkpoint() if `mapped`. The
/// log-probabilities of one output are not refused.
template <Floating T = float>
[[nodiscard]] OpenedFrozen<T> open_frozen(const FilePath& path, NetworkOutputs outputs, bool mapped = false,
                                          const ReadOptions& options = {}, const BuildOptions& build = {});
/// The same from what read_any() gives; `name` stands for the file in messages.
template <Floating T = float>
[[nodiscard]] OpenedFrozen<T> open_frozen(AnyFile file, const std::string& name, NetworkOutputs outputs,
                                          const BuildOptions& build = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/open_frozen.ipp>
#endif

#pragma once

// A network and its run as an archive, and back, whatever file the archive is kept in.
//
// A program that reads nothing but wick's own files includes this and io/wick/reader.hpp instead of
// checkpoint/checkpoint.hpp, and has no code for other formats in it: from_archive(read_archive(path), name).
// If it predicts and nothing else, checkpoint/frozen_network.hpp is less.

#include <wick/checkpoint/build_options.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/models/network.hpp>
#include <wick/state/rename_keys.hpp>

#include <cstddef>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A network and what came with it.
template <Floating T = float>
struct Checkpoint {
  Network<T> model;         ///< built, with the parameters of the file
  CheckpointExtras extras;  ///< what else wick knows of in it
  /// What else is in the file, a sentence each, e.g. an optimizer that wick cannot continue; and what was
  /// assumed, see BuildOptions::out.
  std::vector<std::string> notes = {};
};

/// Sizes and dropout of `model`, as a checkpoint records them.
template <Floating T>
[[nodiscard]] Architecture architecture_of(const Network<T>& model);

namespace detail {

/// The parameters as they lie in the network: valid and unchanged only until something changes them.
template <Floating T>
StateDict view_parameters(const Network<T>& model);

/// The contents of a checkpoint with these parameters.
template <Floating T>
Archive archive_with(StateDict parameters, const Network<T>& model, const CheckpointExtras& extras);

}  // namespace detail

/// The contents of a checkpoint, for any writer.
template <Floating T>
[[nodiscard]] Archive to_archive(const Network<T>& model, const CheckpointExtras& extras = {});

namespace detail {

/// The network of `archive`; its parameters stay where they are if they lie in `memory` as they should.
template <Floating T>
Network<T> build_network(const Archive& archive, const std::string& name, const BuildOptions& build,
                         std::span<std::byte> memory = {}, std::shared_ptr<const void> owner = {});

}  // namespace detail

/// Builds what `archive` describes; an archive that has only parameters describes a
/// network of their sizes. `name` stands for the file in messages. Throws FormatError when
/// the sizes are not those of the parameters, or there is no network with such parameters.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> from_archive(Archive archive, const std::string& name,
                                         const BuildOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/network_archive.ipp>
#endif

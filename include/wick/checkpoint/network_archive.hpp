#pragma once

// A network and its run as an archive, and back, whatever file the archive is kept in.
//
// A program that reads nothing but wick's own files includes this and io/wick/reader.hpp instead of
// checkpoint/checkpoint.hpp, and has no code for other formats in it: from_archive(read_archive(path), name).

#include <wick/checkpoint/extras.hpp>
#include <wick/checkpoint/infer.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/models/network.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/rename_keys.hpp>

#include <cstddef>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Whose names the parameters in a file have.
enum class ParameterNames {
  own,       ///< the Network's: `hidden_layers.0.weight`, ..., `output.bias`
  by_shape,  ///< any, to be matched as infer_by_shape() does; ask it first and look at what it says
};

/// How a network is built from what a file says. Names change in the order of the fields; an optimizer's
/// tensors go with their parameters.
struct BuildOptions {
  ParameterNames names = ParameterNames::own;  ///< whose names the file has
  /// Takes only the parameters whose names begin with one of these, e.g. `actor.`; all of them when empty.
  std::vector<std::string> only = {};
  /// Removed from the names that begin with it, e.g. the `module.` of DataParallel.
  std::string prefix = {};
  /// From a parameter's name in the file to the Network's, or to one that is matched by shape; nullopt leaves
  /// it out.
  RenameFunction rename = {};
  /// In [0, 1]; of networks from files that have only parameters and so do not say.
  double dropout = NetworkOptions{}.dropout;
  /// Told what was assumed that the file does not say, a line each: that between layers matched by shape
  /// there is ReLU. Checkpoint::notes and Predictor::notes() have the same.
  std::ostream* out = nullptr;
};

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

/// `archive` with the Network's names for the parameters, and zeros for the biases of layers that have none.
Archive with_own_names(Archive archive, const std::string& name, const BuildOptions& options);

/// What is assumed when a network is built from `archive`, which nothing in it says; also tells
/// BuildOptions::out.
std::vector<std::string> assumptions(const Archive& archive, const std::string& name,
                                     const BuildOptions& options);

/// The network of `archive`; its parameters stay where they are if they lie in `memory` as they should.
template <Floating T>
Network<T> build_network(const Archive& archive, const std::string& name, double dropout,
                         std::span<std::byte> memory = {}, std::shared_ptr<const void> owner = {});

/// A network and the file's own words about it.
template <Floating T>
struct OpenedNetwork {
  Network<T> model;
  Attributes metadata;
  std::vector<std::string> notes;  ///< as in Checkpoint
};

/// The network of `archive`, whose notes come after `notes`. Its parameters stay in `memory`, where the file
/// is, of `file_bytes`, unless most of that is something else; where it is `mapped` they always do, and a
/// note says if they cannot.
template <Floating T>
OpenedNetwork<T> open_archive(Archive archive, std::vector<std::string> notes, const std::string& name,
                              bool mapped, const BuildOptions& build, std::size_t file_bytes,
                              std::span<std::byte> memory, std::shared_ptr<const void> owner);

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

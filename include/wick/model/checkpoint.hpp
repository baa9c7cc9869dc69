#pragma once

// Checkpoints that rebuild a network with no other information.

#include <wick/core/optimizer_state.hpp>
#include <wick/io/groups.hpp>
#include <wick/io/save.hpp>
#include <wick/nn/network.hpp>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

/// What may travel beside the network.
struct CheckpointExtras {
  std::optional<OptimizerState> optimizer = std::nullopt;
  /// State of a training run: counters here, tensors in `training_tensors`.
  Attributes training = {};
  StateDict training_tensors = {};
  /// Whatever the application wants to find again, e.g. class names.
  Attributes metadata = {};
};

/// A network and what came with it.
template <Floating T = float>
struct Checkpoint {
  Network<T> model;
  CheckpointExtras extras;
};

/// Sizes and dropout of `model`, as a checkpoint records them.
template <Floating T>
[[nodiscard]] Architecture architecture_of(const Network<T>& model) {
  Architecture a{.type = "Network",
                 .input_size = model.input_size(),
                 .output_size = model.output_size(),
                 .hidden_layers = {},
                 .dropout = model.dropout().p()};
  for (const auto& layer : model.hidden_layers()) a.hidden_layers.push_back(layer.out_features());
  return a;
}

/// The contents of a checkpoint, for any writer.
template <Floating T>
[[nodiscard]] Archive to_archive(const Network<T>& model, const CheckpointExtras& extras = {}) {
  Archive archive{.architecture = architecture_of(model),
                  .tensors = {{std::string(model_group), model.state_dict()}},
                  .attributes = {}};
  if (extras.optimizer) put_optimizer(archive, *extras.optimizer);
  if (!extras.training.empty()) archive.attributes.emplace_back(training_group, extras.training);
  if (!extras.training_tensors.empty()) archive.tensors.emplace_back(training_group, extras.training_tensors);
  if (!extras.metadata.empty()) archive.attributes.emplace_back(metadata_group, extras.metadata);
  return archive;
}

namespace detail {

/// Throws unless `parameters` are exactly those of a network of this architecture.
///
/// Nothing is built first: the sizes are only numbers in a file until the tensors,
/// whose bytes are there, confirm them.
inline void check_architecture(const Architecture& a, const StateDict& parameters, const std::string& name) {
  const auto fail = [&](const std::string& what) {
    throw FormatError(name, 0, "the header does not fit the parameters: " + what);
  };
  if (a.type != "Network") fail("expected a model of type Network, got " + a.type);
  if (parameters.size() != 2 * (a.hidden_layers.size() + 1)) {
    fail("expected " + std::to_string(2 * (a.hidden_layers.size() + 1)) + " tensors for " +
         std::to_string(a.hidden_layers.size()) + " hidden layers, got " + std::to_string(parameters.size()));
  }
  const auto require = [&](const std::string& key, const Shape& expected) {
    const AnyTensor* found = parameters.find(key);
    if (found == nullptr) {
      fail("\"" + key + "\" is missing");
    } else if (!(found->shape() == expected)) {
      fail("\"" + key + "\" should have shape " + expected.str() + ", it has " + found->shape().str());
    }
  };
  Index in = a.input_size;
  const auto require_layer = [&](const std::string& prefix, Index out) {
    // A product that overflows cannot be the shape of a tensor in the file.
    if (!checked_numel(std::array{out, in})) fail("\"" + prefix + ".weight\" would be too large");
    require(prefix + ".weight", Shape{out, in});
    require(prefix + ".bias", Shape{out});
    in = out;
  };
  for (std::size_t i = 0; i < a.hidden_layers.size(); ++i) {
    require_layer("hidden_layers." + std::to_string(i), a.hidden_layers[i]);
  }
  require_layer("output", a.output_size);
}

}  // namespace detail

/// Builds what `archive` describes. `name` stands for the file in messages. Throws
/// FormatError when there is no architecture or it does not fit the parameters.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> from_archive(const Archive& archive, const std::string& name) {
  const StateDict* parameters = archive.find_tensors(model_group);
  if (!archive.architecture || parameters == nullptr) {
    throw FormatError(name, 0,
                      "the file does not say how to build the network; build one of the right sizes and call "
                      "load_state_dict(load(path))");
  }
  const Architecture& a = *archive.architecture;
  detail::check_architecture(a, *parameters, name);
  Network<T> model(a.input_size, a.output_size, a.hidden_layers, {.dropout = a.dropout}, uninitialised);
  model.load_state_dict(*parameters);

  CheckpointExtras extras;
  try {
    extras.optimizer = get_optimizer(archive);
  } catch (const IndexError& e) {
    throw FormatError(name, 0, std::string("the optimizer's state is incomplete: ") + e.what());
  }
  if (const Attributes* found = archive.find_attributes(training_group)) extras.training = *found;
  if (const StateDict* found = archive.find_tensors(training_group)) extras.training_tensors = *found;
  if (const Attributes* found = archive.find_attributes(metadata_group)) extras.metadata = *found;
  return {std::move(model), std::move(extras)};
}

/// Saves the network with its sizes, dropout and parameters, and `extras`, to `path`,
/// replacing the file as a whole. Equal contents give equal bytes. Throws FileError;
/// an existing file is intact then.
template <Floating T>
void save_checkpoint(const std::filesystem::path& path, const Network<T>& model,
                     const CheckpointExtras& extras = {}) {
  write_archive(path, to_archive(model, extras));
}

/// The network in a checkpoint, and everything that was saved with it. Throws
/// FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Checkpoint<T> read_checkpoint(const std::filesystem::path& path,
                                            const ArchiveLimits& limits = {}) {
  return from_archive<T>(read_archive(path, limits), display_name(path));
}

/// The network in a checkpoint, in training mode like every new network. Throws FileError and FormatError.
template <Floating T = float>
[[nodiscard]] Network<T> load_checkpoint(const std::filesystem::path& path,
                                         const ArchiveLimits& limits = {}) {
  return read_checkpoint<T>(path, limits).model;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

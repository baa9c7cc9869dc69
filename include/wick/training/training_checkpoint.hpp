#pragma once

// A whole training run in one file.

#include <wick/base/file.hpp>
#include <wick/base/file_path.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/checkpoint/model_checkpoint.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/optim/adam.hpp>
#include <wick/state/model_with_state.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/train_state.hpp>

#include <istream>
#include <ostream>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

/// What a program that predicts must know of the data: class names and normalisation, under the names that
/// docs/checkpoint-format.md lists. `dataset` is one of images, such as FashionMNIST.
template <class Dataset>
[[nodiscard]] Attributes metadata_of(const Dataset& dataset) {
  Attributes metadata;
  metadata.set(classes_key, dataset.classes());
  metadata.set(normalize_mean_key, dataset.normalization().mean);
  metadata.set(normalize_std_key, dataset.normalization().std);
  return metadata;
}

namespace detail {

CheckpointExtras extras_with(OptimizerState optimizer, const TrainState& state, const Attributes& metadata);

template <class Optimizer>
CheckpointExtras extras_of_run(const Optimizer& optimizer, const TrainState& state,
                               const Attributes& metadata) {
  return extras_with(optimizer.state(), state, metadata);
}

}  // namespace detail

/// The contents of a checkpoint of a run, for any writer.
template <Floating T, SavableOptimizer Optimizer>
[[nodiscard]] Archive to_training_archive(const Network<T>& model, const Optimizer& optimizer,
                                          const TrainState& state, const Attributes& metadata = {}) {
  return to_archive(model, detail::extras_of_run(optimizer, state, metadata));
}

/// Saves everything that the next step depends on: the model (of a Network also sizes and dropout), the
/// optimizer's state and options, generators, epoch, place in the epoch and order of the samples, running
/// loss; and `metadata`. The file is replaced as a whole, in the format of its extension, see
/// save_checkpoint(). Equal runs give equal bytes. Throws FileError; an existing file is intact then.
template <ModelWithState Model, SavableOptimizer Optimizer>
void save_training_checkpoint(const Model& model, const Optimizer& optimizer, const TrainState& state,
                              const FilePath& path, const Attributes& metadata = {},
                              const SaveOptions& options = {}) {
  save_checkpoint(model, path, detail::extras_of_run(optimizer, state, metadata), options);
}
/// The same to a binary stream. Throws FileError when the stream fails.
template <ModelWithState Model, SavableOptimizer Optimizer>
void save_training_checkpoint(const Model& model, const Optimizer& optimizer, const TrainState& state,
                              std::ostream& out, const Attributes& metadata = {},
                              FileFormat format = FileFormat::wick) {
  save_checkpoint(model, out, detail::extras_of_run(optimizer, state, metadata), format);
}

/// What a file of a run holds beside the model and the optimizer.
struct TrainingPlace {
  TrainState state;     ///< for TrainOptions::resume
  Attributes metadata;  ///< what the application saved with it
};

namespace detail {

/// Throws FormatError unless there is a run beside the model.
void require_run(const CheckpointExtras& extras, const std::string& name, const char* model,
                 const char* instead);

template <ModelWithState Model, SavableOptimizer Optimizer>
TrainingPlace load_training_file(Model& model, Optimizer& optimizer, const AnyFile& file,
                                 const std::string& name) {
  CheckpointExtras extras = get_extras(file.archive, name);
  require_run(extras, name, "a model", "load_checkpoint(model, path) loads it");
  TrainingPlace place;
  place.metadata = std::move(extras.metadata);
  const auto cannot_go_on = [&](const Error& e) {
    return FormatError(name, std::string("the run cannot go on: ") + e.what());
  };
  try {
    place.state = train_state_from_checkpoint(extras.training, extras.training_tensors);
  } catch (const Error& e) {
    throw cannot_go_on(e);
  }
  // Of the two, the model is the one that can be brought back whatever the optimizer is.
  const StateDict before = model.state_dict();
  static_cast<void>(load_file(model, file, name, {}));
  try {
    optimizer.load_state(*extras.optimizer);
  } catch (const Error& e) {
    model.load_state_dict(before, {});
    throw cannot_go_on(e);
  }
  return place;
}

}  // namespace detail

/// Brings a model and its optimizer, which the program has made as before the run was saved, to where the run
/// was; pass `state` of the result to train() as `resume`:
///
///     wick::Model<Block> model(64);
///     wick::Adam optimizer(model.parameters());
///     auto run = wick::load_training_checkpoint(model, optimizer, "run.wick");
///     wick::train(model, train_loader, test_loader, criterion, optimizer, {.epochs = 10, .resume =
///     run.state});
///
/// Throws FileError and FormatError, and StateDictError for a file of another model; model and optimizer are
/// unchanged then.
template <ModelWithState Model, SavableOptimizer Optimizer>
[[nodiscard]] TrainingPlace load_training_checkpoint(Model& model, Optimizer& optimizer, const FilePath& path,
                                                     const ReadOptions& options = {}) {
  return detail::load_training_file(model, optimizer, read_any(path, options), display_name(path));
}
/// The same from a binary stream, of which read_any() says how far it is read.
template <ModelWithState Model, SavableOptimizer Optimizer>
[[nodiscard]] TrainingPlace load_training_checkpoint(Model& model, Optimizer& optimizer, std::istream& in,
                                                     const ReadOptions& options = {}) {
  return detail::load_training_file(model, optimizer, read_any(in, options), "<stream>");
}

/// A run of a Network that can go on: pass `state` to train() as `resume`.
///
/// The optimizer works on the parameters of the model. So a run can be moved and not copied: an optimizer of
/// a copy would go on changing the original.
template <template <class> class Optimizer = Adam, Floating T = float>
struct TrainingRun {
  /// The optimizer has to be one of the network's parameters.
  TrainingRun(Network<T> network, Optimizer<T> its_optimizer, TrainState its_state, Attributes its_metadata)
      : model(std::move(network)),
        optimizer(std::move(its_optimizer)),
        state(std::move(its_state)),
        metadata(std::move(its_metadata)) {}
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;
  TrainingRun(TrainingRun&&) noexcept = default;
  TrainingRun& operator=(TrainingRun&&) noexcept = default;
  ~TrainingRun() = default;

  Network<T> model;        ///< as it was
  Optimizer<T> optimizer;  ///< of its parameters, as it was
  TrainState state;        ///< for TrainOptions::resume
  Attributes metadata;     ///< what the application saved with it
};

/// The run that `archive` describes; `name` stands for the file in messages, `pool` is the optimizer's.
/// `activations` and `normalisations` as in BuildOptions. Throws FormatError when it holds no run, or one of
/// another optimizer.
template <template <class> class Optimizer = Adam, Floating T = float>
[[nodiscard]] TrainingRun<Optimizer, T> training_run_from_archive(
    const Archive& archive, const std::string& name, ThreadPool* pool = nullptr,
    const ActivationTable* activations = nullptr, const NormalisationTable* normalisations = nullptr) {
  Checkpoint<T> checkpoint =
      from_archive<T>(archive, name, {.activations = activations, .normalisations = normalisations});
  CheckpointExtras& extras = checkpoint.extras;
  detail::require_run(extras, name, "a network", "load_checkpoint loads the network");
  try {
    TrainState state = train_state_from_checkpoint(extras.training, extras.training_tensors);
    auto optimizer = [&] {
      if constexpr (requires { Optimizer<T>::groups_in(*extras.optimizer); }) {
        return Optimizer<T>(checkpoint.model.parameters(), Optimizer<T>::groups_in(*extras.optimizer), pool);
      } else {
        return Optimizer<T>(checkpoint.model.parameters(), {}, pool);
      }
    }();
    optimizer.load_state(*extras.optimizer);
    return {std::move(checkpoint.model), std::move(optimizer), std::move(state), std::move(extras.metadata)};
  } catch (const Error& e) {
    throw FormatError(name, std::string("the run cannot go on: ") + e.what());
  }
}

/// The run that save_training_checkpoint() or train() saved, ready to go on exactly there:
///
///     auto run = wick::load_training_checkpoint("run.wick");
///     run.optimizer.set_lr(1e-4);  // if it shall go on differently
///     wick::train(run.model, train_loader, test_loader, criterion, run.optimizer,
///                 {.epochs = 10, .resume = run.state});
///
/// `activations` and `normalisations` as in BuildOptions. Throws FileError and FormatError.
template <template <class> class Optimizer = Adam, Floating T = float>
[[nodiscard]] TrainingRun<Optimizer, T> load_training_checkpoint(
    const FilePath& path, ThreadPool* pool = nullptr, const ReadOptions& options = {},
    const ActivationTable* activations = nullptr, const NormalisationTable* normalisations = nullptr) {
  return training_run_from_archive<Optimizer, T>(read_any(path, options).archive, display_name(path), pool,
                                                 activations, normalisations);
}
/// The same from a binary stream, of which read_any() says how far it is read.
template <template <class> class Optimizer = Adam, Floating T = float>
[[nodiscard]] TrainingRun<Optimizer, T> load_training_checkpoint(
    std::istream& in, ThreadPool* pool = nullptr, const ReadOptions& options = {},
    const ActivationTable* activations = nullptr, const NormalisationTable* normalisations = nullptr) {
  return training_run_from_archive<Optimizer, T>(read_any(in, options).archive, "<stream>", pool, activations,
                                                 normalisations);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/training_checkpoint.ipp>
#endif

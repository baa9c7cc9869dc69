#pragma once

// A whole training run in one file.

#include <wick/base/file.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/optim/adam.hpp>
#include <wick/training/train_state.hpp>

#include <filesystem>
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

template <class Optimizer>
CheckpointExtras extras_of_run(const Optimizer& optimizer, const TrainState& state,
                               const Attributes& metadata) {
  auto [attributes, tensors] = to_checkpoint(state);
  return {.optimizer = optimizer.state(),
          .training = std::move(attributes),
          .training_tensors = std::move(tensors),
          .metadata = metadata};
}

}  // namespace detail

/// The contents of a checkpoint of a run, for any writer.
template <Floating T, class Optimizer>
[[nodiscard]] Archive to_training_archive(const Network<T>& model, const Optimizer& optimizer,
                                          const TrainState& state, const Attributes& metadata = {}) {
  return to_archive(model, detail::extras_of_run(optimizer, state, metadata));
}

/// Saves everything that the next step depends on: sizes, dropout and parameters, the optimizer's state and
/// options, generators, epoch, place in the epoch and order of the samples, running loss; and `metadata`.
/// The file is replaced as a whole, in the format of its extension, see save_checkpoint(). Equal runs give
/// equal bytes. Throws FileError; an existing file is intact then.
template <Floating T, class Optimizer>
void save_training_checkpoint(const Network<T>& model, const Optimizer& optimizer, const TrainState& state,
                              const std::filesystem::path& path, const Attributes& metadata = {},
                              const SaveOptions& options = {}) {
  save_checkpoint(model, path, detail::extras_of_run(optimizer, state, metadata), options);
}
/// The same to a binary stream. Throws FileError when the stream fails.
template <Floating T, class Optimizer>
void save_training_checkpoint(const Network<T>& model, const Optimizer& optimizer, const TrainState& state,
                              std::ostream& out, const Attributes& metadata = {}) {
  save_checkpoint(model, out, detail::extras_of_run(optimizer, state, metadata));
}

/// A run that can go on: pass `state` to train() as `resume`.
///
/// The optimizer works on the parameters of the model. So a run can be moved and not copied: an optimizer of
/// a copy would go on changing the original.
template <template <class> class Optimizer = Adam, Floating T = float>
struct TrainingRun {
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

  Network<T> model;
  Optimizer<T> optimizer;
  TrainState state;
  Attributes metadata;
};

/// The run that `archive` describes; `name` stands for the file in messages, `pool` is the optimizer's.
/// Throws FormatError when it holds no run, or one of another optimizer.
template <template <class> class Optimizer = Adam, Floating T = float>
[[nodiscard]] TrainingRun<Optimizer, T> training_run_from_archive(const Archive& archive,
                                                                  const std::string& name,
                                                                  ThreadPool* pool = nullptr) {
  Checkpoint<T> checkpoint = from_archive<T>(archive, name);
  CheckpointExtras& extras = checkpoint.extras;
  if (!extras.optimizer || extras.training.empty()) {
    throw FormatError(name, std::string("the checkpoint holds a network, but no ") +
                                (extras.optimizer ? "place in a run" : "state of an optimizer") +
                                "; load_checkpoint loads the network, to be trained anew");
  }
  try {
    TrainState state = train_state_from_checkpoint(extras.training, extras.training_tensors);
    Optimizer<T> optimizer(checkpoint.model.parameters(), {}, pool);
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
/// Throws FileError and FormatError.
template <template <class> class Optimizer = Adam, Floating T = float>
[[nodiscard]] TrainingRun<Optimizer, T> load_training_checkpoint(const std::filesystem::path& path,
                                                                 ThreadPool* pool = nullptr,
                                                                 const ReadOptions& options = {}) {
  return training_run_from_archive<Optimizer, T>(read_any(path, options).archive, display_name(path), pool);
}
/// The same from a binary stream, of which read_any() says how far it is read.
template <template <class> class Optimizer = Adam, Floating T = float>
[[nodiscard]] TrainingRun<Optimizer, T> load_training_checkpoint(std::istream& in, ThreadPool* pool = nullptr,
                                                                 const ReadOptions& options = {}) {
  return training_run_from_archive<Optimizer, T>(read_any(in, options).archive, "<stream>", pool);
}

WICK_END_NAMESPACE

#pragma once

// The training loop: the lesson's, for any model, loss and task.

#include <wick/autograd/losses.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/nn/model.hpp>
#include <wick/random/generator.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/detail/run_of.hpp>
#include <wick/training/detail/steps.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/replicas.hpp>
#include <wick/training/train_state.hpp>

#include <functional>
#include <optional>
#include <ostream>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One line of the log.
struct TrainReport {
  Index epoch = 0;            ///< from 1
  Index epochs = 0;           ///< asked for
  std::int64_t step = 0;      ///< steps since the start of the run
  double training_loss = 0;   ///< mean over the steps since the last report
  double test_loss = 0;       ///< mean of batch means
  MetricValues metrics = {};  ///< on the test data: `metrics["Accuracy"]`

  /// `Epoch: 1/2..  Training Loss: 1.703..  Test Loss: 0.997..  Test Accuracy: 0.659`
  friend std::ostream& operator<<(std::ostream& out, const TrainReport& r);
};

/// Options of train().
struct TrainOptions {
  Index epochs = 5;  ///< passes over the training data since the start of the run, >= 1
  /// Steps between reports, >= 1. A run that is over before the first of them has one at its end.
  Index print_every = 40;
  std::ostream* out = nullptr;        ///< receives a line for each report; nothing is printed without
  std::optional<bool> progress = {};  ///< show a ProgressBar on `out`; by default if it is a terminal
  std::function<void(const TrainReport&)> on_report = {};  ///< called with each report
  /// Called after every step, and after the report of that step if it has one. The
  /// state is built only when asked for.
  std::function<void(const std::function<TrainState()>&)> on_step = {};
  std::stop_token stop = {};              ///< asked after every step; the model keeps what it learned
  Generator* generator = nullptr;         ///< for dropout; null: that of the tape, or default_generator()
  ThreadPool* pool = nullptr;             ///< shares the work of each step; results do not depend on it
  std::optional<TrainState> resume = {};  ///< continue here; generators are set accordingly
  CheckpointPolicy checkpoint = {};       ///< when to save the run, and where
  /// Processes that share the batches of the run, each with a copy of the model: MpiRanks, or Shards in one.
  /// Must outlive the run. Only rank 0 prints and saves; callbacks are called, and tests are run,
  /// in every process, which ends when one of them asks for it.
  Replicas* replicas = nullptr;
};

/// What train() returns.
struct TrainResult {
  std::vector<TrainReport> reports;  ///< in order
  bool stopped = false;              ///< by the stop token, before all epochs were done
  TrainState state;                  ///< where the run ended
};

namespace detail {

/// The loop of every run.
TrainResult run_training(Run& run, const TrainOptions& options);

}  // namespace detail

/// Trains `model` with `optimizer` on the batches of `train_loader`.
///
/// `criterion` is one of
/// - a loss on a tape, such as NLLLoss, MSELoss or any function of what the model gives and of the targets
///   that returns a variable of one number: `criterion(model(inputs), targets)`, with `inputs` and `targets`
///   of the batch, or of a batch that is a tuple all but the last and the last. For a Network images become
///   rows, see flatten(), and reports with a loss of numbers, such as NLLLoss, are predictions of its
///   program;
/// - a step of the user's own, any function of a batch that returns its loss as a variable, for whatever else
///   there is: several inputs, outputs and losses. It calls the model itself, on the tape of the thread,
///   which draws from `options.generator`. In reports it is called with the model in evaluation mode.
///
/// Every `print_every` steps the whole of `test_loader` is evaluated and reported, as
/// in the lesson: training loss is the mean over the steps since the last report,
/// test loss is the mean of batch means, and the metrics are what they say; without any, classes (int64) are
/// measured by Accuracy, also a mean of batch means. The model is left in training
/// mode. Random numbers are drawn as the lesson's program draws them in PyTorch: with
/// equal seeds, equal initial parameters, batches and dropped elements. The report at the end of a run that
/// had no other leaves no trace in them.
///
/// With a checkpoint policy the run is saved as it says, and at the end. A save that fails ends the run with
/// FileError: the model keeps what it learned, and the file what was saved before.
///
/// What cannot work is refused before the first step: OptionError for options out of range, an optimizer that
/// works on other parameters or with learning rate 0, loaders without batches, parameters that are NaN, a
/// resumed run with nothing left to do; FileError for a log or checkpoint that cannot be written; files of
/// another run at the checkpoint's path as CheckpointPolicy says. A loss that is not finite ends the run with
/// TrainingError before it reaches the parameters, which says where that comes from: the sample, the
/// parameter, or the operation that made the first NaN. A log that cannot be written ends it with FileError,
/// after a save. Errors of the model and the loss say the step.
///
/// After the first step and report, a step that is not saved allocates nothing but the text of a line
/// (and, past 65536 reports, room for more of them).
template <TrainableModel Model, ResumableLoader TrainLoader, ResumableLoader TestLoader, class Criterion,
          TrainingOptimizer Optimizer, class... Metrics>
TrainResult train(Model& model, TrainLoader& train_loader, TestLoader& test_loader,
                  const Criterion& criterion, Optimizer& optimizer, const TrainOptions& options = {},
                  const Metrics&... metrics) {
  using Batch = LoaderBatch<TrainLoader>;
  static_assert(std::is_same_v<Batch, LoaderBatch<TestLoader>>,
                "the loaders' batches are of different types");
  using Steps = detail::StepsFor<Model, Criterion, Batch>;
  const auto make = [&]<class... Meant>(std::tuple<Meant...> meant) {
    return detail::RunOf<detail::Run, Model, Criterion, TrainLoader, TestLoader, Optimizer, Meant...>(
        "train", model, train_loader, test_loader, criterion, optimizer, options.pool, options.generator,
        std::move(meant));
  };
  auto run = make(detail::metrics_meant<Steps, Batch>(metrics...));
  return detail::run_training(run, options);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/train.ipp>
#endif

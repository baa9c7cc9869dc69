#pragma once

// What fit() is asked for, and what it gives back.

#include <wick/base/thread_pool.hpp>
#include <wick/optim/lr_scheduler.hpp>
#include <wick/optim/reduce_lr_on_plateau.hpp>
#include <wick/random/generator.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/fit_report.hpp>
#include <wick/training/replicas.hpp>
#include <wick/training/train_state.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <stop_token>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What callbacks of fit() are given: how far the run is, and how to end it.
struct FitStep {
  Index epoch = 0;        ///< under way, or just complete; from 1
  Index epochs = 0;       ///< asked for
  std::int64_t step = 0;  ///< steps of the optimizer since the start of the run
  double loss = 0;        ///< of the step that was done last
  double lr = 0;          ///< of that step; of the first parameter group
  /// The norm of the gradient before it was clipped, where fit() had to know it: see
  /// FitOptions::clip_grad_norm and FitOptions::gradient_norm.
  std::optional<double> gradient_norm = {};
  /// Ask for the end of the run, which comes after this step: `progress.stop = true`.
  bool stop = false;
  /// The run as it is, for save_training_checkpoint(); made when it is asked for.
  const std::function<TrainState()>* state = nullptr;
};

/// How the lines of fit() look.
enum class FitLines {
  lesson,  ///< `Epoch: 1/2..  Training Loss: 1.703..  Validation Loss: 0.997..  Validation Accuracy: 0.659`
  keras    ///< `Epoch 1/2 - loss: 1.7034 - val_loss: 0.9965 - val_accuracy: 0.6588 - lr: 0.003`
};

/// Why a run of fit() ended.
enum class FitEnd {
  all_epochs,   ///< all epochs are done
  no_progress,  ///< FitOptions::patience
  out_of_time,  ///< FitOptions::max_time
  stopped       ///< by the stop token, a callback, a key, or FitSession::finish()
};

struct FitResult;

/// Options of fit().
struct FitOptions {
  Index epochs = 100;  ///< passes over the training data since the start of the run, >= 1
  /// By what epochs are compared: the metric of this name, such as `Accuracy`; empty: the validation loss, or
  /// without validation data the training loss.
  std::string monitor = {};
  /// Early stopping: the run ends when so many epochs in a row, >= 1, made no progress. Nothing: all epochs.
  std::optional<Index> patience = {};
  /// Progress is to be better than the last progress by more than this, >= 0.
  double min_delta = 0;
  /// At the end the model gets the values that it had after its best epoch, whatever ended the run.
  bool restore_best = true;

  LRScheduler* scheduler = nullptr;      ///< stepped after each epoch, or as the next option says
  bool schedule_steps = false;           ///< `scheduler` is stepped after each step of the optimizer
  ReduceLROnPlateau* plateau = nullptr;  ///< gets what is monitored after each epoch

  std::optional<double> clip_grad_norm = {};   ///< see clip_grad_norm_(), with the 2-norm
  std::optional<double> clip_grad_value = {};  ///< see clip_grad_value_(); after the norm, if both are given
  bool gradient_norm = false;                  ///< measure the norm also where nothing is clipped
  /// Batches to a step, >= 1: the step's gradient is the mean of theirs. Fewer are left for the last step of
  /// an epoch when the number of batches is no multiple.
  Index accumulate = 1;

  /// The run ends after the step within which so much time is over, not counting what lies between calls of
  /// FitSession. Results depend on the machine then.
  std::optional<std::chrono::duration<double>> max_time = {};

  std::ostream* out = nullptr;        ///< receives a line for each epoch; nothing is printed without
  FitLines lines = FitLines::lesson;  ///< how these look
  /// Show on `out` how far the run is: bar, rate and time left, loss, best so far and a small curve, redrawn
  /// in place; by default if it is a terminal. In a file, a line for every tenth of the run.
  std::optional<bool> live = {};
  /// Where the program's input is a terminal, a line that begins with q ends the run, as `stop` does. What is
  /// typed is read then, and not left for the program.
  bool stop_key = false;

  std::function<void(FitStep&)> on_start = {};                    ///< before the first step
  std::function<void(FitStep&)> on_step = {};                     ///< after every step of the optimizer
  std::function<void(const FitReport&, FitStep&)> on_epoch = {};  ///< with each report
  std::function<void(const FitResult&)> on_end = {};              ///< when all is done

  std::stop_token stop = {};              ///< asked after every step
  Generator* generator = nullptr;         ///< for dropout; null: that of the tape, or default_generator()
  ThreadPool* pool = nullptr;             ///< shares the work of each step; results do not depend on it
  std::optional<TrainState> resume = {};  ///< continue here; generators and schedulers are set accordingly
  CheckpointPolicy checkpoint = {};       ///< when to save the run, and where; `every` counts steps
  /// Processes that share the batches of the run, each with a copy of the model: MpiRanks, or Shards in one.
  /// Must outlive the run. Only rank 0 prints, reads keys and saves; callbacks are called, and tests are run,
  /// in every process, which ends when one of them asks for it.
  Replicas* replicas = nullptr;
};

/// What fit() returns.
struct FitResult {
  std::vector<FitReport> reports;   ///< of each epoch, those before a resumed run began included
  FitEnd end = FitEnd::all_epochs;  ///< why the run is over
  Index best_epoch = 0;             ///< from 1; 0: no epoch had a value to compare by
  double best = 0;                  ///< what is monitored, in that epoch; NaN when there is none
  bool restored = false;            ///< whether the model was brought back to an epoch before the last
  double seconds = 0;               ///< spent, in this process
  TrainState state;                 ///< where the run ended, to go on from
};

WICK_END_NAMESPACE

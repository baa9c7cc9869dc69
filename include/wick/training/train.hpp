#pragma once

// The training loop: the lesson's, for any model, loss and task.

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/io/file_format.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/detail/steps.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/progress.hpp>
#include <wick/training/train_state.hpp>
#include <wick/training/training_checkpoint.hpp>
#include <wick/training/training_error.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <stop_token>
#include <streambuf>
#include <string>
#include <tuple>
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
  friend std::ostream& operator<<(std::ostream& out, const TrainReport& r) {
    std::string line = "Epoch: " + std::to_string(r.epoch) + "/" + std::to_string(r.epochs) +
                       "..  Training Loss: " + fixed(r.training_loss, 3) +
                       "..  Test Loss: " + fixed(r.test_loss, 3);
    for (std::size_t i = 0; i < r.metrics.size(); ++i)
      line += "..  Test " + r.metrics.name(i) + ": " + fixed(r.metrics.value(i), 3);
    return out << line;
  }
};

struct TrainOptions {
  Index epochs = 5;  ///< passes over the training data since the start of the run, >= 1
  /// Steps between reports, >= 1. A run that is over before the first of them has one at its end.
  Index print_every = 40;
  std::ostream* out = nullptr;        ///< receives a line for each report; nothing is printed without
  std::optional<bool> progress = {};  ///< show a ProgressBar on `out`; by default if it is a terminal
  std::function<void(const TrainReport&)> on_report = {};
  /// Called after every step, and after the report of that step if it has one. The
  /// state is built only when asked for.
  std::function<void(const std::function<TrainState()>&)> on_step = {};
  std::stop_token stop = {};              ///< asked after every step; the model keeps what it learned
  Generator* generator = nullptr;         ///< for dropout; null: that of the tape, or default_generator()
  ThreadPool* pool = nullptr;             ///< shares the work of each step; results do not depend on it
  std::optional<TrainState> resume = {};  ///< continue here; generators are set accordingly
  CheckpointPolicy checkpoint = {};       ///< when to save the run, and where
};

struct TrainResult {
  std::vector<TrainReport> reports;
  bool stopped = false;  ///< by the stop token, before all epochs were done
  TrainState state;      ///< where the run ended
};

namespace detail {

/// The loop of every run.
TrainResult run_training(Run& run, const TrainOptions& options);

/// A stream buffer that drops everything.
class Nowhere : public std::streambuf {
 protected:
  int_type overflow(int_type c) override { return traits_type::not_eof(c); }
  std::streamsize xsputn(const char* /*text*/, std::streamsize n) override { return n; }
};

template <class Model, class Optimizer>
RunWriter run_writer(const Model& model, const Optimizer& optimizer, const std::function<TrainState()>& state,
                     const CheckpointPolicy& policy) {
  if constexpr (ModelWithState<Model> && SavableOptimizer<Optimizer>) {
    const bool infinite_from_the_start = holds_infinity(*model.parameters());
    const auto save = [&, infinite_from_the_start](const std::filesystem::path& path) {
      const TrainState now = state();
      const CheckpointExtras extras = extras_of_run(optimizer, now, policy.metadata);
      std::string found = not_finite_in(*model.parameters(), !infinite_from_the_start);
      if (found.empty()) found = not_finite_in(*extras.optimizer);
      if (!found.empty()) {
        throw TrainingError(now.epoch + 1, now.step,
                            found + ", so the run is not saved to " + display_name(path) +
                                "; what was saved before is still there. A smaller learning rate may help");
      }
      save_checkpoint(model, path, extras, policy.save);
    };
    const auto rehearse = [&](const std::filesystem::path& path) {
      Nowhere nowhere;
      std::ostream out(&nowhere);
      save_checkpoint(model, out, extras_of_run(optimizer, state(), policy.metadata),
                      format_of(path).value_or(FileFormat::wick));
    };
    return {save, rehearse};
  } else {
    return {};
  }
}

template <class Model, class Criterion, class TrainLoader, class TestLoader, class Optimizer,
          class... Metrics>
class RunOf final : public Run {
  using T = typename Model::Scalar;
  using Steps = StepsFor<Model, Criterion, LoaderBatch<TrainLoader>>;

 public:
  RunOf(Model& model, TrainLoader& train_loader, TestLoader& test_loader, const Criterion& criterion,
        Optimizer& optimizer, const TrainOptions& options, std::tuple<Metrics...> metrics)
      : model_(model),
        train_loader_(train_loader),
        test_loader_(test_loader),
        optimizer_(optimizer),
        pool_(options.pool),
        steps_(model, criterion, options.pool, options.generator),
        metrics_(metrics),
        running_(metrics),
        names_(values_for(metrics)) {}

  void check_run(bool rate_may_change) override {
    if constexpr (requires { model_.parameters() == optimizer_.parameters(); }) {
      if (model_.parameters() != optimizer_.parameters()) {
        throw OptionError(
            "train: the optimizer works on the parameters of another model; was this one copied or assigned "
            "anew after the optimizer was made? Make the optimizer of model.parameters() as they are now");
      }
    }
    // With a callback, the learning rate may be one that only begins at 0.
    if constexpr (requires { optimizer_.lr(); }) {
      if (static_cast<T>(optimizer_.lr()) == T(0) && !rate_may_change) {
        throw OptionError("train: the optimizer's learning rate is " + python_repr(optimizer_.lr()) +
                          ", which moves no parameter");
      }
    }
    const auto check_batches = [](const auto& loader, const char* name) {
      if (loader.size() < 1) {
        throw OptionError(std::string("train: ") + name +
                          " has no batches; with drop_last it needs at least batch_size samples");
      }
    };
    check_batches(train_loader_, "train_loader");
    check_batches(test_loader_, "test_loader");
    const std::string found = not_finite_in(std::as_const(*model_.parameters()), false);
    if (!found.empty()) throw OptionError("train: " + found + " before the first step");
  }

  [[nodiscard]] Index batches() override { return train_loader_.size(); }
  void begin_epoch() override { pass_.emplace(train_loader_.begin()); }
  [[nodiscard]] bool has_batch() override { return *pass_ != train_loader_.end(); }
  void next_batch() override { ++*pass_; }

  void train_mode() override { model_.train(true); }
  [[nodiscard]] double step(const StepPlace& place) override {
    const ThreadPool::Burst burst(pool_);
    BatchPlace at{.place = place};
    if constexpr (requires { at.samples = pass_->indices(); }) at.samples = pass_->indices();
    return steps_.train(**pass_, optimizer_, at);
  }
  [[nodiscard]] Index samples() override {
    Index count = 0;
    for_each_tensor(**pass_, [&](const auto& part) {
      if (count == 0 && part.dim() > 0) count = part.size(0);
    });
    return count;
  }
  [[nodiscard]] Evaluation evaluate(const StepPlace& place) override {
    running_ = metrics_;
    return evaluate_pass(steps_, test_loader_, place, running_, names_);
  }
  [[nodiscard]] MetricValues metrics() override { return names_; }

  void capture(TrainState& state) override {
    if constexpr (requires { pass_->state(); }) {
      state.loader = pass_ ? pass_->state() : train_loader_.state();
    } else {
      state.loader = train_loader_.state();
    }
    state.model_generator = steps_.generator().state();
    state.train_generator = train_loader_.generator().state();
    state.test_generator = test_loader_.generator().state();
  }
  void restore(TrainState& state) override {
    try {
      train_loader_.resume(state.loader);
    } catch (const OptionError& e) {
      throw OptionError(std::string(e.what()) +
                        "; to go on with other data, resume from TrainState::for_new_data()");
    }
    steps_.generator().set_state(state.model_generator);
    train_loader_.generator().set_state(state.train_generator);
    test_loader_.generator().set_state(state.test_generator);
    state.loader = {};
  }
  [[nodiscard]] Generator& test_generator() override { return test_loader_.generator(); }

  [[nodiscard]] RunWriter writer(const std::function<TrainState()>& state,
                                 const CheckpointPolicy& policy) override {
    return run_writer(model_, optimizer_, state, policy);
  }

 private:
  Model& model_;
  TrainLoader& train_loader_;
  TestLoader& test_loader_;
  Optimizer& optimizer_;
  ThreadPool* pool_;
  Steps steps_;
  const std::tuple<Metrics...> metrics_;
  std::tuple<Metrics...> running_;
  MetricValues names_;
  std::optional<decltype(std::declval<TrainLoader&>().begin())> pass_;
};

}  // namespace detail

/// Trains `model` with `optimizer` on the batches of `train_loader`.
///
/// `criterion` is one of
/// - a loss with a gradient of its own, such as NLLLoss, for a Network: its passes run in a workspace, and
///   images become rows, see flatten();
/// - a loss on a tape, such as MSELoss or any function of what the model gives and of the targets that
/// returns
///   a variable of one number, for a Model of any module: `criterion(model(inputs), targets)`, with `inputs`
///   and `targets` of the batch, or of a batch that is a tuple all but the last and the last;
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
    return detail::RunOf<Model, Criterion, TrainLoader, TestLoader, Optimizer, Meant...>(
        model, train_loader, test_loader, criterion, optimizer, options, std::move(meant));
  };
  auto run = make(detail::metrics_meant<Steps, Batch>(metrics...));
  return detail::run_training(run, options);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/train.ipp>
#endif

#pragma once

// The lesson's training loop.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/data/dataset.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/progress.hpp>
#include <wick/training/train_state.hpp>
#include <wick/training/training_checkpoint.hpp>
#include <wick/training/training_error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <stop_token>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One line of the log.
struct TrainReport {
  Index epoch = 0;           ///< from 1
  Index epochs = 0;          ///< asked for
  std::int64_t step = 0;     ///< steps since the start of the run
  double training_loss = 0;  ///< mean over the steps since the last report
  double test_loss = 0;      ///< mean of batch means
  double test_accuracy = 0;  ///< mean of batch means, in [0, 1]

  /// `Epoch: 1/2..  Training Loss: 1.703..  Test Loss: 0.997..  Test Accuracy: 0.659`
  friend std::ostream& operator<<(std::ostream& out, const TrainReport& r) {
    return out << "Epoch: " + std::to_string(r.epoch) + "/" + std::to_string(r.epochs) +
                      "..  Training Loss: " + fixed(r.training_loss, 3) +
                      "..  Test Loss: " + fixed(r.test_loss, 3) +
                      "..  Test Accuracy: " + fixed(r.test_accuracy, 3);
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
  Generator* generator = nullptr;         ///< for dropout; null: default_generator()
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

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// A training step or an evaluation that is under way, for messages.
struct Place {
  Index epoch;
  std::int64_t step;
  const char* data;  ///< `training` or `test`

  [[nodiscard]] std::string str() const {
    return "train: step " + std::to_string(step) + " (epoch " + std::to_string(epoch) + "), " + data +
           " data: ";
  }
};

/// The loss of a batch, which is a number; otherwise the errors say where that was. `pass`: an iterator of
/// the loader.
template <class Model, class Criterion, class Pass, Floating T>
double finite_loss(const Model& model, const Criterion& criterion, const Batch<T>& batch, const Pass& pass,
                   TensorView<const T> log_probs, const Place& place) {
  std::span<const Index> samples;
  if constexpr (requires { samples = pass.indices(); }) samples = pass.indices();
  std::optional<double> loss;
  try {
    loss = static_cast<double>(criterion(log_probs, batch.targets));
  } catch (const IndexError& e) {
    std::int64_t ignored = -1;
    if constexpr (requires { criterion.options().ignore_index; }) ignored = criterion.options().ignore_index;
    const Index classes = log_probs.dim() == 2 ? log_probs.size(1) : 0;
    throw IndexError(e.what() + sample_out_of_range(batch.targets, classes, ignored, samples, place.data));
  }
  if (is_finite(*loss)) return *loss;
  std::shared_ptr<const ParameterBlock<T>> parameters;
  if constexpr (requires { parameters = model.parameters(); }) parameters = model.parameters();
  throw TrainingError(place.epoch, place.step,
                      "the loss on the " + std::string(place.data) + " data is " + python_repr(*loss) + ": " +
                          why_not_finite(*loss, batch, samples, place.data, parameters.get(), log_probs));
}

/// Counts the report in and tells whether its loss and its accuracy are the best so far.
inline std::pair<bool, bool> note_report(const TrainReport& report, TrainState& state) {
  const bool better_loss = report.test_loss < state.best_test_loss.value_or(infinity);
  const bool better_accuracy = report.test_accuracy > state.best_test_accuracy.value_or(-infinity);
  if (better_loss) state.best_test_loss = report.test_loss;
  if (better_accuracy) state.best_test_accuracy = report.test_accuracy;
  return {better_loss, better_accuracy};
}

/// A stream buffer that drops everything.
class Nowhere : public std::streambuf {
 protected:
  int_type overflow(int_type c) override { return traits_type::not_eof(c); }
  std::streamsize xsputn(const char* /*text*/, std::streamsize n) override { return n; }
};

/// What writes the run to a path, unless it holds NaN or, when it did not begin so, infinity; nothing for
/// models that no checkpoint can hold.
template <class Model, class Optimizer>
RunWriter run_writer(const Model& model, const Optimizer& optimizer, const std::function<TrainState()>& state,
                     const CheckpointPolicy& policy) {
  if constexpr (requires { to_training_archive(model, optimizer, state()); }) {
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

/// Throws OptionError for what cannot train this model, before anything is changed.
template <class Model, class TrainLoader, class TestLoader, class Optimizer>
void check_training(Model& model, TrainLoader& train_loader, TestLoader& test_loader,
                    const Optimizer& optimizer, const TrainOptions& options) {
  using T = typename Model::Scalar;
  if (options.epochs < 1)
    throw OptionError("train: epochs must be >= 1, got " + std::to_string(options.epochs));
  if (options.print_every < 1) {
    throw OptionError("train: print_every must be >= 1, got " + std::to_string(options.print_every));
  }
  if constexpr (requires { model.parameters() == optimizer.parameters(); }) {
    if (model.parameters() != optimizer.parameters()) {
      throw OptionError(
          "train: the optimizer works on the parameters of another model; was this one copied or assigned "
          "anew after the optimizer was made? Make the optimizer of model.parameters() as they are now");
    }
  }
  // With a callback, the learning rate may be one that only begins at 0.
  if constexpr (requires { optimizer.lr(); }) {
    if (static_cast<T>(optimizer.lr()) == T(0) && !options.on_step && !options.on_report) {
      throw OptionError("train: the optimizer's learning rate is " + python_repr(optimizer.lr()) +
                        ", which moves no parameter");
    }
  }
  const auto check_batches = [](const auto& loader, const char* name) {
    if (loader.size() < 1) {
      throw OptionError(std::string("train: ") + name +
                        " has no batches; with drop_last it needs at least batch_size samples");
    }
  };
  check_batches(train_loader, "train_loader");
  if constexpr (requires { test_loader.size(); }) check_batches(test_loader, "test_loader");
  if constexpr (requires { not_finite_in(*model.parameters(), false); }) {
    const std::string found = not_finite_in(*model.parameters(), false);
    if (!found.empty()) throw OptionError("train: " + found + " before the first step");
  }
  if (options.out != nullptr && !*options.out) {
    throw FileError("TrainOptions::out", "the stream of the log cannot be written to");
  }
  if (!options.resume) return;
  if (options.resume->epoch < 0 || options.resume->step < 0 || options.resume->step > most_steps) {
    throw OptionError("train: resume: epoch must be >= 0 and step in [0, " + std::to_string(most_steps) +
                      "], got " + std::to_string(options.resume->epoch) + " and " +
                      std::to_string(options.resume->step));
  }
  if (options.resume->epoch >= options.epochs) {
    throw OptionError("train: nothing is left to do: the run to go on with has done " +
                      std::to_string(options.resume->epoch) + " epochs, and epochs, which counts them, is " +
                      std::to_string(options.epochs));
  }
}

}  // namespace detail

/// Trains `model` with `optimizer` on the batches of `train_loader`.
///
/// Every `print_every` steps the whole of `test_loader` is evaluated and reported, as
/// in the lesson: training loss is the mean over the steps since the last report,
/// test loss and accuracy are means of batch means. The model is left in training
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
/// TrainingError before it reaches the parameters. A log that cannot be written ends it with FileError, after
/// a save. Errors of the model and the loss say the step.
///
/// After the first step and report, a step that is not saved allocates nothing but the text of a line
/// (and, past 65536 reports, room for more of them).
template <class Model, class TrainLoader, class TestLoader, class Criterion, class Optimizer>
TrainResult train(Model& model, TrainLoader& train_loader, TestLoader& test_loader,
                  const Criterion& criterion, Optimizer& optimizer, const TrainOptions& options = {}) {
  using T = typename Model::Scalar;
  detail::check_training(model, train_loader, test_loader, optimizer, options);
  Generator& generator = options.generator != nullptr ? *options.generator : default_generator();
  TrainState now;
  std::optional<decltype(train_loader.begin())> pass;
  const std::function<TrainState()> state = [&] {
    TrainState captured = now;
    if constexpr (requires { pass->state(); }) {
      captured.loader = pass ? pass->state() : train_loader.state();
    } else {
      captured.loader = train_loader.state();
    }
    captured.model_generator = generator.state();
    captured.train_generator = train_loader.generator().state();
    captured.test_generator = test_loader.generator().state();
    return captured;
  };
  detail::CheckpointKeeper keeper(options.checkpoint,
                                  detail::run_writer(model, optimizer, state, options.checkpoint));
  keeper.prepare(options.resume ? options.resume->step : 0, options.resume.has_value());
  if (options.resume) {
    now = *options.resume;
    try {
      train_loader.resume(now.loader);
    } catch (const OptionError& e) {
      throw OptionError(std::string(e.what()) +
                        "; to go on with other data, resume from TrainState::for_new_data()");
    }
    generator.set_state(now.model_generator);
    train_loader.generator().set_state(now.train_generator);
    test_loader.generator().set_state(now.test_generator);
    now.loader = {};
  }

  Workspace<T> workspace(options.pool);
  Tensor<T> grad;
  TrainResult result;
  // Any number of epochs may be asked for, to be ended by the stop token.
  const auto steps = checked_numel(std::array{options.epochs, train_loader.size()})
                         .value_or((std::numeric_limits<Index>::max)());
  constexpr std::uint64_t most_reserved = 65536;
  result.reports.reserve(
      (std::min)(steps / static_cast<std::uint64_t>(options.print_every) + 1, most_reserved));
  std::optional<ProgressBar> bar;
  if (options.out != nullptr && options.progress.value_or(is_terminal(*options.out))) {
    bar.emplace(*options.out, detail::as_integer<Index>(steps), detail::as_integer<Index>(now.step));
  }
  Index samples = 0;
  std::string label;

  const auto report = [&](std::int64_t steps_since_the_last, Index epoch) {
    const detail::Place place{epoch, now.step, "test"};
    const Evaluation test = detail::with_place(
        [&] { return place.str(); },
        [&] {
          return detail::evaluate_with(
              model, test_loader, workspace,
              [&](const auto& batch, const auto& test_pass, TensorView<const T> log_probs) {
                return detail::finite_loss(model, criterion, batch, test_pass, log_probs, place);
              });
        });
    const TrainReport line{.epoch = epoch,
                           .epochs = options.epochs,
                           .step = now.step,
                           .training_loss = now.running_loss / static_cast<double>(steps_since_the_last),
                           .test_loss = test.loss,
                           .test_accuracy = test.accuracy};
    const auto [better_loss, better_accuracy] = detail::note_report(line, now);
    result.reports.push_back(line);
    if (bar) bar->clear();
    if (options.out != nullptr) *options.out << line << std::endl;
    if (options.on_report) options.on_report(line);
    return std::pair(better_loss, better_accuracy);
  };
  // Asked for when the step is done, so that the run is saved with it.
  const auto require_log = [&] {
    if (options.out == nullptr || *options.out) return;
    keeper.at_end(now.step);
    throw FileError("TrainOptions::out", "the log could not be written at step " + std::to_string(now.step));
  };

  model.train();
  for (; now.epoch < options.epochs && !result.stopped; ++now.epoch) {
    if (bar) label = "Epoch " + std::to_string(now.epoch + 1) + "/" + std::to_string(options.epochs);
    for (pass.emplace(train_loader.begin()); *pass != train_loader.end(); ++*pass) {
      const Batch<T>& batch = **pass;
      const detail::Place place{now.epoch + 1, now.step + 1, "training"};
      detail::with_place(
          [&] { return place.str(); },
          [&] {
            const ThreadPool::Burst burst(options.pool);
            const auto output = model.forward(Borrowed(flatten(batch.inputs.view())), workspace, generator);
            now.running_loss += detail::finite_loss(model, criterion, batch, *pass, output, place);
            grad.resize(output.shape());
            criterion.backward(output, batch.targets, grad);
            optimizer.zero_grad();
            model.backward(grad, workspace);
            optimizer.step();
          });
      ++now.step;
      samples += batch.inputs.size(0);

      if (now.step % options.print_every == 0) {
        const auto [better_loss, better_accuracy] = report(options.print_every, now.epoch + 1);
        now.running_loss = 0;
        keeper.after_report(better_loss, better_accuracy);
      }
      if (bar) bar->update(detail::as_integer<Index>(now.step), samples, label);
      if (options.on_step) options.on_step(state);
      keeper.after_step(now.step);
      require_log();
      if (options.stop.stop_requested()) {
        result.stopped = true;
        break;
      }
    }
    if (result.stopped) break;
  }
  if (!result.stopped && result.reports.empty() && now.step > 0 && now.step < options.print_every) {
    const GeneratorState before = test_loader.generator().state();
    const auto [better_loss, better_accuracy] = report(now.step, now.epoch);
    test_loader.generator().set_state(before);
    keeper.after_report(better_loss, better_accuracy);
  }
  if (bar) bar->clear();
  require_log();
  keeper.at_end(now.step);
  result.state = state();
  return result;
}

WICK_END_NAMESPACE

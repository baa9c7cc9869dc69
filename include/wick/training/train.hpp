#pragma once

// The lesson's training loop.

#include <wick/core/as_integer.hpp>
#include <wick/core/generator.hpp>
#include <wick/core/number.hpp>
#include <wick/core/thread_pool.hpp>
#include <wick/data/dataset.hpp>
#include <wick/nn/workspace.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/progress.hpp>
#include <wick/training/train_state.hpp>
#include <wick/training/training_checkpoint.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

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
  Index epochs = 5;                   ///< passes over the training data, >= 0
  Index print_every = 40;             ///< steps between reports, >= 1
  std::ostream* out = nullptr;        ///< receives a line for each report; nothing is printed without
  std::optional<bool> progress = {};  ///< draw a progress bar on `out`; by default if it is a terminal
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

template <class Loader>
TrainState capture_state(const TrainState& counters, const Generator& generator, const Loader& train_loader,
                         const Generator& test_generator) {
  TrainState state = counters;
  state.loader = train_loader.state();
  state.model_generator = generator.state();
  state.train_generator = train_loader.generator().state();
  state.test_generator = test_generator.state();
  return state;
}

/// Counts the report in and tells whether its loss and its accuracy are the best so far.
inline std::pair<bool, bool> note_report(const TrainReport& report, TrainState& state) {
  const bool better_loss = report.test_loss < state.best_test_loss.value_or(infinity);
  const bool better_accuracy = report.test_accuracy > state.best_test_accuracy.value_or(-infinity);
  if (better_loss) state.best_test_loss = report.test_loss;
  if (better_accuracy) state.best_test_accuracy = report.test_accuracy;
  return {better_loss, better_accuracy};
}

/// What writes the run to a path; nothing for models that no checkpoint can hold.
template <class Model, class Optimizer>
std::function<void(const std::filesystem::path&)> run_saver(const Model& model, const Optimizer& optimizer,
                                                            const std::function<TrainState()>& state,
                                                            const CheckpointPolicy& policy) {
  if constexpr (requires { to_training_archive(model, optimizer, state()); }) {
    return [&](const std::filesystem::path& path) {
      save_training_checkpoint(path, model, optimizer, state(), policy.metadata, policy.save);
    };
  } else {
    return {};
  }
}

/// zero_grad() and backward(), without the pass that sets gradients to zero where the
/// model can write over them and the optimizer has no parameters but the model's.
template <class Model, class Optimizer, Floating T>
void backward_from_zero(Model& model, Optimizer& optimizer, TensorView<const T> grad,
                        Workspace<T>& workspace) {
  if constexpr (requires {
                  model.backward(grad, workspace, Accumulate::no);
                  model.parameters() == optimizer.parameters();
                }) {
    if (model.parameters() == optimizer.parameters()) {
      model.backward(grad, workspace, Accumulate::no);
      return;
    }
  }
  optimizer.zero_grad();
  model.backward(grad, workspace);
}

}  // namespace detail

/// Trains `model` with `optimizer` on the batches of `train_loader`.
///
/// Every `print_every` steps the whole of `test_loader` is evaluated and reported, as
/// in the lesson: training loss is the mean over the steps since the last report,
/// test loss and accuracy are means of batch means. The model is left in training
/// mode. Random numbers are drawn as the lesson's program draws them in PyTorch: with
/// equal seeds, equal initial parameters, batches and dropped elements.
///
/// With a checkpoint policy the run is saved as it says, and at the end. A save that fails ends the run with
/// FileError: the model keeps what it learned, and the file what was saved before.
///
/// After the first step and report, a step that is not saved allocates nothing but the text of a line
/// (and, past 65536 reports, room for more of them). Throws OptionError for
/// epochs < 0 or print_every < 1, and what the model, the loss and the loaders throw.
template <class Model, class TrainLoader, class TestLoader, class Criterion, class Optimizer>
TrainResult train(Model& model, TrainLoader& train_loader, TestLoader& test_loader,
                  const Criterion& criterion, Optimizer& optimizer, const TrainOptions& options = {}) {
  using T = typename Model::Scalar;
  if (options.epochs < 0)
    throw OptionError("train: epochs must be >= 0, got " + std::to_string(options.epochs));
  if (options.print_every < 1) {
    throw OptionError("train: print_every must be >= 1, got " + std::to_string(options.print_every));
  }
  Generator& generator = options.generator != nullptr ? *options.generator : default_generator();
  TrainState now;
  const std::function<TrainState()> state = [&] {
    return detail::capture_state(now, generator, train_loader, test_loader.generator());
  };
  detail::CheckpointKeeper keeper(options.checkpoint,
                                  detail::run_saver(model, optimizer, state, options.checkpoint));
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

  model.train();
  for (; now.epoch < options.epochs && !result.stopped; ++now.epoch) {
    if (bar) label = "Epoch " + std::to_string(now.epoch + 1) + "/" + std::to_string(options.epochs);
    for (const Batch<T>& batch : train_loader) {
      {
        const ThreadPool::Burst burst(options.pool);
        const auto output = model.forward(Borrowed(flatten(batch.inputs.view())), workspace, generator);
        now.running_loss += static_cast<double>(criterion(output, batch.targets));
        grad.resize(output.shape());
        criterion.backward(output, batch.targets, grad);
        detail::backward_from_zero<Model, Optimizer, T>(model, optimizer, grad, workspace);
        optimizer.step();
      }
      ++now.step;
      samples += batch.inputs.size(0);

      if (now.step % options.print_every == 0) {
        const Evaluation test = evaluate(model, test_loader, criterion, workspace);
        const TrainReport report{.epoch = now.epoch + 1,
                                 .epochs = options.epochs,
                                 .step = now.step,
                                 .training_loss = now.running_loss / static_cast<double>(options.print_every),
                                 .test_loss = test.loss,
                                 .test_accuracy = test.accuracy};
        now.running_loss = 0;
        const auto [better_loss, better_accuracy] = detail::note_report(report, now);
        result.reports.push_back(report);
        if (bar) bar->clear();
        if (options.out != nullptr) *options.out << report << std::endl;
        if (options.on_report) options.on_report(report);
        keeper.after_report(better_loss, better_accuracy);
      }
      if (bar) bar->update(detail::as_integer<Index>(now.step), samples, label);
      if (options.on_step) options.on_step(state);
      keeper.after_step(now.step);
      if (options.stop.stop_requested()) {
        result.stopped = true;
        break;
      }
    }
    if (result.stopped) break;
  }
  keeper.at_end(now.step);
  result.state = state();
  return result;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

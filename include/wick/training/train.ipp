#pragma once

// Definitions of training/train.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/training/train.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws OptionError for what cannot train, before anything is changed.
inline void check_options(const TrainOptions& options) {
  if (options.epochs < 1)
    throw OptionError("train: epochs must be >= 1, got " + std::to_string(options.epochs));
  if (options.print_every < 1) {
    throw OptionError("train: print_every must be >= 1, got " + std::to_string(options.print_every));
  }
}

inline void check_log_and_resume(const TrainOptions& options) {
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

/// The best results so far, and which of them a checkpoint policy asks for.
class BestSoFar {
 public:
  /// Goes on from `state`. Throws OptionError for a metric that there is not.
  BestSoFar(const MetricValues& metrics, const std::string& by, TrainState& state) : state_(state) {
    if (!by.empty()) {
      chosen_ = metrics.find(by);
      if (*chosen_ == metrics.size()) {
        throw OptionError("train: checkpoint.best_by: no metric is called \"" + by + "\"" + metrics.known());
      }
    }
    const MetricValues before = std::exchange(state_.best_metrics, metrics);
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      double& best = state_.best_metrics.value(i);
      best = std::numeric_limits<double>::quiet_NaN();
      for (std::size_t k = 0; k < before.size(); ++k) {
        const std::string& name = before.name(k);
        const std::string key = best_metric_key(metrics.name(i));
        if (name == metrics.name(i) || best_metric_key(name) == key) best = before.value(k);
      }
    }
  }

  /// Counts a report in and tells whether it is the best so far.
  [[nodiscard]] bool note(const TrainReport& report) {
    const bool better_loss =
        report.test_loss < state_.best_test_loss.value_or(std::numeric_limits<double>::infinity());
    if (better_loss) state_.best_test_loss = report.test_loss;
    bool better = better_loss;
    for (std::size_t i = 0; i < report.metrics.size(); ++i) {
      const double value = report.metrics.value(i);
      double& best = state_.best_metrics.value(i);
      const bool better_here =
          !std::isnan(value) &&
          (std::isnan(best) ||
           (report.metrics.description(i).larger_is_better ? value > best : value < best));
      if (better_here) best = value;
      if (chosen_ == i) better = better_here;
    }
    return better;
  }

 private:
  TrainState& state_;
  std::optional<std::size_t> chosen_;
};

WICK_INLINE TrainResult run_training(Run& run, const TrainOptions& options) {
  check_options(options);
  run.check_run(options.on_step || options.on_report);
  check_log_and_resume(options);
  TrainState now;
  if (options.resume) now.best_metrics = options.resume->best_metrics;
  const std::function<TrainState()> state = [&] {
    TrainState captured = now;
    run.capture(captured);
    return captured;
  };
  BestSoFar best(run.metrics(), options.checkpoint.best_by, now);
  CheckpointKeeper keeper(options.checkpoint, run.writer(state, options.checkpoint));
  keeper.prepare(options.resume ? options.resume->step : 0, options.resume.has_value());
  if (options.resume) {
    const MetricValues best_metrics = now.best_metrics;
    now = *options.resume;
    now.best_metrics = best_metrics;
    run.restore(now);
  }

  TrainResult result;
  // Any number of epochs may be asked for, to be ended by the stop token.
  const auto steps =
      checked_numel(std::array{options.epochs, run.batches()}).value_or((std::numeric_limits<Index>::max)());
  constexpr std::uint64_t most_reserved = 65536;
  const std::uint64_t reports = steps / static_cast<std::uint64_t>(options.print_every) + 1;
  result.reports.reserve(detail::as_integer<std::size_t>((std::min)(reports, most_reserved)));
  std::optional<ProgressBar> bar;
  if (options.out != nullptr && options.progress.value_or(is_terminal(*options.out))) {
    bar.emplace(*options.out, detail::as_integer<Index>(steps), detail::as_integer<Index>(now.step));
  }
  Index samples = 0;
  std::string label;

  const auto report = [&](std::int64_t steps_since_the_last, Index epoch) {
    const StepPlace place{epoch, now.step, "test"};
    const Evaluation test = with_place([&] { return place.str(); }, [&] { return run.evaluate(place); });
    const TrainReport line{.epoch = epoch,
                           .epochs = options.epochs,
                           .step = now.step,
                           .training_loss = now.running_loss / static_cast<double>(steps_since_the_last),
                           .test_loss = test.loss,
                           .metrics = test.metrics};
    const bool better = best.note(line);
    result.reports.push_back(line);
    if (bar) bar->clear();
    if (options.out != nullptr) *options.out << line << std::endl;
    if (options.on_report) options.on_report(line);
    return better;
  };
  // Asked for when the step is done, so that the run is saved with it.
  const auto require_log = [&] {
    if (options.out == nullptr || *options.out) return;
    keeper.at_end(now.step);
    throw FileError("TrainOptions::out", "the log could not be written at step " + std::to_string(now.step));
  };

  run.train_mode();
  for (; now.epoch < options.epochs && !result.stopped; ++now.epoch) {
    if (bar) label = "Epoch " + std::to_string(now.epoch + 1) + "/" + std::to_string(options.epochs);
    for (run.begin_epoch(); run.has_batch(); run.next_batch()) {
      const StepPlace place{now.epoch + 1, now.step + 1, "training"};
      now.running_loss += with_place([&] { return place.str(); }, [&] { return run.step(place); });
      ++now.step;
      samples += run.samples();

      if (now.step % options.print_every == 0) {
        const bool better = report(options.print_every, now.epoch + 1);
        now.running_loss = 0;
        keeper.after_report(better);
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
    const GeneratorState before = run.test_generator().state();
    const bool better = report(now.step, now.epoch);
    run.test_generator().set_state(before);
    keeper.after_report(better);
  }
  if (bar) bar->clear();
  require_log();
  keeper.at_end(now.step);
  result.state = state();
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE

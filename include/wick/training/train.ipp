#pragma once

// Definitions of training/train.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/training/detail/run_place.hpp>
#include <wick/training/progress.hpp>
#include <wick/training/train.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::ostream& operator<<(std::ostream& out, const TrainReport& r) {
  std::string line = "Epoch: " + std::to_string(r.epoch) + "/" + std::to_string(r.epochs) +
                     "..  Training Loss: " + fixed(r.training_loss, 3) +
                     "..  Test Loss: " + fixed(r.test_loss, 3);
  for (std::size_t i = 0; i < r.metrics.size(); ++i)
    line += "..  Test " + r.metrics.name(i) + ": " + fixed(r.metrics.value(i), 3);
  return out << line;
}

namespace detail {

/// Throws OptionError for what cannot train, before anything is changed.
inline void check_options(const TrainOptions& options) {
  if (options.epochs < 1)
    throw OptionError("train: epochs must be >= 1, got " + std::to_string(options.epochs));
  if (options.print_every < 1) {
    throw OptionError("train: print_every must be >= 1, got " + std::to_string(options.print_every));
  }
}

WICK_INLINE TrainResult run_training(Run& run, const TrainOptions& options) {
  if (is_silent(options.replicas) && (options.out != nullptr || options.checkpoint.saves())) {
    TrainOptions silent = options;
    silent.out = nullptr;
    silent.checkpoint = {.best_by = options.checkpoint.best_by};
    return run_training(run, silent);
  }
  check_options(options);
  run.join(options.replicas, options.resume ? options.resume->step : 0);
  run.check_run(options.on_step || options.on_report);
  RunPlace at(run, {.epochs = options.epochs,
                    .out = options.out,
                    .options = "TrainOptions",
                    .resume = options.resume,
                    .checkpoint = options.checkpoint,
                    .best_by = options.checkpoint.best_by});
  TrainState& now = at.now;
  if (now.fit) {
    now.fit.reset();
    now.running_loss = 0;
  }

  TrainResult result;
  const Index steps = at.steps_in_all(options.epochs, run.batches());
  constexpr std::uint64_t most_reserved = 65536;
  const auto reports = static_cast<std::uint64_t>(steps / options.print_every) + 1;
  result.reports.reserve(detail::as_integer<std::size_t>((std::min)(reports, most_reserved)));
  std::optional<ProgressBar> bar;
  if (options.out != nullptr && options.progress.value_or(is_terminal(*options.out))) {
    bar.emplace(*options.out, steps, detail::as_integer<Index>(now.step));
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
    const bool better = at.best().note(line.test_loss, line.metrics);
    result.reports.push_back(line);
    if (bar) bar->clear();
    if (options.out != nullptr) *options.out << line << std::endl;
    if (options.on_report) options.on_report(line);
    return better;
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
        at.keeper().after_report(better);
      }
      if (bar) bar->update(detail::as_integer<Index>(now.step), samples, label);
      if (options.on_step) options.on_step(at.state());
      at.keeper().after_step(now.step);
      at.require_log();
      if (run.agreed(options.stop.stop_requested() ? 1 : 0) != 0) {
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
    at.keeper().after_report(better);
  }
  if (bar) bar->clear();
  at.require_log();
  at.keeper().at_end(now.step);
  run.part();
  result.state = at.state()();
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE

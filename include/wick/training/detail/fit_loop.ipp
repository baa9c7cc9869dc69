#pragma once

// Definitions of training/detail/fit_loop.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/training/detail/fit_loop.hpp>
#include <wick/training/live_view.hpp>
#include <wick/training/training_error.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void check_fit_options(const FitOptions& options) {
  const auto demand = [](bool ok, const std::string& what, const std::string& got) {
    if (!ok) throw OptionError("fit: " + what + ", got " + got);
  };
  demand(options.epochs >= 1, "epochs must be >= 1", std::to_string(options.epochs));
  demand(options.accumulate >= 1, "accumulate must be >= 1", std::to_string(options.accumulate));
  demand(options.min_delta >= 0, "min_delta must be >= 0", python_repr(options.min_delta));
  if (options.patience)
    demand(*options.patience >= 1, "patience must be >= 1", std::to_string(*options.patience));
  for (const auto& [name, most] : {std::pair("clip_grad_norm", options.clip_grad_norm),
                                   std::pair("clip_grad_value", options.clip_grad_value)}) {
    if (most) demand(*most > 0, std::string(name) + " must be > 0", python_repr(*most));
  }
  if (options.max_time) {
    demand(options.max_time->count() > 0, "max_time must be > 0",
           python_repr(options.max_time->count()) + " seconds");
  }
  if (options.schedule_steps && options.scheduler == nullptr) {
    throw OptionError("fit: schedule_steps needs a scheduler");
  }
}

WICK_INLINE FitLoop::~FitLoop() = default;

WICK_INLINE const std::vector<FitReport>& FitLoop::reports() const noexcept {
  return place_.now.fit->reports;
}

WICK_INLINE TrainState FitLoop::state() const { return place_.state()(); }

WICK_INLINE const FitOptions& FitLoop::checked(FitRun& run, const FitOptions& options, bool validates) {
  check_fit_options(options);
  run.join(options.replicas, options.resume ? options.resume->step : 0);
  if (options.resume && options.resume->fit) {
    for (const StateDict* const model : {&options.resume->fit->best_model, &options.resume->fit->model}) {
      if (!model->empty()) run.check_model(*model);
    }
  }
  const bool rate_may_change = options.scheduler != nullptr || options.plateau != nullptr ||
                               options.on_start || options.on_step || options.on_epoch;
  run.check_run(rate_may_change);
  const MetricValues metrics = run.metrics();
  if (!options.monitor.empty() && metrics.find(options.monitor) == metrics.size()) {
    throw OptionError("fit: monitor: no metric is called \"" + options.monitor + "\"" + metrics.known() +
                      (validates ? "" : ", as there are no validation data"));
  }
  if (options.restore_best && !run.model_has_state()) {
    throw OptionError(
        "fit: restore_best: the model has no state_dict() and load_state_dict(), so it cannot be brought "
        "back; "
        "switch restore_best off");
  }
  return options;
}

WICK_INLINE FitOptions FitLoop::with_monitor(FitOptions options) {
  // What is best for one is best for the other, unless it is said otherwise.
  if (options.checkpoint.best_by.empty()) options.checkpoint.best_by = options.monitor;
  if (is_silent(options.replicas)) {
    options.out = nullptr;
    options.stop_key = false;
    options.checkpoint = {.best_by = options.checkpoint.best_by};
  }
  return options;
}

WICK_INLINE FitLoop::FitLoop(FitRun& run, FitOptions options, bool validates)
    : run_(run),
      options_(with_monitor(std::move(options))),
      validates_(validates),
      monitor_(run.metrics().find(checked(run, options_, validates).monitor)),
      larger_is_better_(monitor_ < run.metrics().size() &&
                        run.metrics().description(monitor_).larger_is_better),
      place_(run,
             {.epochs = options_.epochs,
              .out = options_.out,
              .options = "FitOptions",
              .resume = options_.resume,
              .checkpoint = options_.checkpoint,
              .best_by = options_.checkpoint.best_by},
             [this](TrainState& state) { complete(state); }) {
  TrainState& now = place_.now;
  if (!now.fit) {
    now.fit.emplace();
    now.running_loss = 0;
  }
  if (options_.patience && fit().epochs_without_progress >= *options_.patience) {
    throw OptionError("fit: nothing is left to do: the run to go on with made no progress for " +
                      std::to_string(fit().epochs_without_progress) + " epochs, and patience is " +
                      std::to_string(*options_.patience));
  }
  if (!fit().scheduler.empty() && options_.scheduler != nullptr)
    options_.scheduler->load_state(fit().scheduler);
  if (!fit().plateau.empty() && options_.plateau != nullptr) options_.plateau->load_state(fit().plateau);
  if (!fit().model.empty()) run_.load_model(std::exchange(fit().model, {}));
  progress_.epochs = options_.epochs;
  progress_.epoch = now.epoch + 1;
  progress_.step = now.step;
  progress_.lr = run_.lr();
  progress_.state = &place_.state();
}

/// Adds what the place does not know to a state of it.
WICK_INLINE void FitLoop::complete(TrainState& state) const {
  if (before_validation_) {
    state = *before_validation_;
    return;
  }
  // There is none yet when it is tried out before the first step whether the run can be saved.
  if (!state.fit) state.fit.emplace();
  if (options_.scheduler != nullptr) state.fit->scheduler = options_.scheduler->state();
  if (options_.plateau != nullptr) state.fit->plateau = options_.plateau->state();
}

WICK_INLINE void FitLoop::start() {
  begun_ = true;
  if (options_.out != nullptr && options_.live.value_or(is_terminal(*options_.out))) show();
  if (options_.on_start) options_.on_start(progress_);
}

WICK_INLINE bool FitLoop::advance() {
  if (over()) return false;
  since_ = Clock::now();
  try {
    if (!begun_) start();
    advance_by_one();
  } catch (const TrainingError&) {
    if (bar_) bar_->clear();
    restore_best();
    throw;
  }
  seconds_ += std::chrono::duration<double>(Clock::now() - since_).count();
  return !over();
}

WICK_INLINE bool FitLoop::run_for(std::chrono::duration<double> time) {
  const auto start = Clock::now();
  double spent = 0;
  while (!over()) {
    static_cast<void>(advance());
    const double all = std::chrono::duration<double>(Clock::now() - start).count();
    // The last one counts most, and a slow one is not forgotten at once: batches of validations are shorter.
    expected_ = (std::max)(all - spent, 0.75 * expected_);
    spent = all;
    if (spent + expected_ > time.count()) break;
  }
  return !over();
}

WICK_INLINE void FitLoop::advance_by_one() {
  if (std::exchange(batch_done_, false)) run_.next_batch();
  if (phase_ == Phase::epoch) {
    progress_.epoch = place_.now.epoch + 1;
    if (bar_) label_ = "Epoch " + std::to_string(progress_.epoch) + "/" + std::to_string(options_.epochs);
    run_.train_mode();
    if (!fit().pass_done) run_.begin_epoch();
    phase_ = Phase::training;
  }
  if (phase_ == Phase::training) {
    if (!fit().pass_done && run_.has_batch()) {
      train_step();
      return;
    }
    fit().pass_done = true;
    if (validates_) {
      before_validation_ = state();
      run_.begin_evaluation();
    }
    phase_ = Phase::validating;
  }
  const StepPlace place{progress_.epoch, place_.now.step, "validation", run_.caller()};
  const bool more =
      validates_ && with_place([&] { return place.str(); }, [&] { return run_.evaluate_batch(place); });
  if (!more) end_epoch();
}

WICK_INLINE void FitLoop::train_step() {
  TrainState& now = place_.now;
  const StepPlace place{now.epoch + 1, now.step + 1, "training", run_.caller()};
  const ThreadPool::Burst burst(options_.pool);
  run_.zero_grad();
  double loss = 0;
  Index batches = 0;
  for (;;) {
    loss += with_place([&] { return place.str(); }, [&] { return run_.add_gradient(place); });
    samples_ += run_.samples();
    if (++batches == options_.accumulate) break;
    run_.next_batch();
    if (!run_.has_batch()) {
      fit().pass_done = true;
      break;
    }
  }
  batch_done_ = !fit().pass_done;
  progress_.lr = fit().lr = run_.lr();
  progress_.gradient_norm = run_.update({.batches = batches,
                                         .norm = options_.clip_grad_norm,
                                         .value = options_.clip_grad_value,
                                         .measure = options_.gradient_norm});
  if (options_.scheduler != nullptr && options_.schedule_steps) run_.step_scheduler(*options_.scheduler);
  now.running_loss += loss;
  fit().batches += batches;
  ++now.step;
  progress_.step = now.step;
  progress_.loss = loss / static_cast<double>(batches);

  if (bar_) bar_->update(as_integer<Index>(now.step), samples_, label_, below_);
  if (options_.on_step) options_.on_step(progress_);
  place_.keeper().after_step(now.step);
  place_.require_log();
  end_if_asked();
}

WICK_INLINE double FitLoop::monitored(const FitReport& report) const {
  if (monitor_ < report.metrics.size()) return report.metrics.value(monitor_);
  return report.validation_loss.value_or(report.training_loss);
}

WICK_INLINE bool FitLoop::better(double value, std::optional<double> than, double by) const {
  if (std::isnan(value)) return false;
  if (!than) return true;
  return larger_is_better_ ? value > *than + by : value < *than - by;
}

/// What the epoch under way gave, once its evaluation is complete.
WICK_INLINE FitReport FitLoop::measured() {
  const auto batches = static_cast<double>(fit().batches);
  FitReport report{.epoch = progress_.epoch,
                   .epochs = options_.epochs,
                   .step = place_.now.step,
                   .training_loss = place_.now.running_loss / batches,
                   .lr = fit().lr};
  if (validates_) {
    const Evaluation evaluation = run_.evaluated();
    report.validation_loss = evaluation.loss;
    report.metrics = evaluation.metrics;
  }
  return report;
}

/// Begins to show how far the run is.
WICK_INLINE void FitLoop::show() {
  const Index batches = run_.batches();
  const Index steps = batches / options_.accumulate + (batches % options_.accumulate != 0 ? 1 : 0);
  bar_.emplace(*options_.out, RunPlace::steps_in_all(options_.epochs, steps),
               as_integer<Index>(place_.now.step));
  if (options_.max_time) bar_->end_in(options_.max_time->count());
  for (const FitReport& report : fit().reports) curve_.push_back(monitored(report));
  below_ = [this, blocks = terminal_shows_utf8()](Index columns) {
    LiveStatus status{.loss = progress_.loss,
                      .lr = progress_.lr,
                      .gradient_norm = progress_.gradient_norm,
                      .best = fit().best,
                      .best_epoch = fit().best_epoch,
                      .curve = curve_,
                      .stop_key = options_.stop_key};
    if (!curve_.empty()) status.last = curve_.back();
    return live_lines(status, columns, blocks);
  };
}

WICK_INLINE void FitLoop::print(const FitReport& report) {
  if (bar_) bar_->clear();
  if (options_.out == nullptr) return;
  if (options_.lines == FitLines::keras) {
    *options_.out << keras_line(report) << std::endl;
  } else {
    *options_.out << report << std::endl;
  }
}

WICK_INLINE void FitLoop::end_epoch() {
  TrainState& now = place_.now;
  before_validation_.reset();
  FitReport report = measured();
  const double value = monitored(report);
  report.best = better(value, fit().best, 0);
  if (report.best) {
    fit().best = value;
    fit().best_epoch = report.epoch;
    if (options_.restore_best) fit().best_model = run_.model_state();
  }
  if (better(value, fit().reference, options_.min_delta)) {
    fit().reference = value;
    fit().epochs_without_progress = 0;
  } else {
    ++fit().epochs_without_progress;
  }
  const bool better_file =
      place_.best().note(report.validation_loss.value_or(report.training_loss), report.metrics);
  fit().reports.push_back(report);
  if (bar_) curve_.push_back(value);
  if (options_.scheduler != nullptr && !options_.schedule_steps) run_.step_scheduler(*options_.scheduler);
  if (options_.plateau != nullptr) run_.step_scheduler(*options_.plateau, value);
  ++now.epoch;
  now.running_loss = 0;
  fit().batches = 0;
  fit().pass_done = false;
  phase_ = Phase::epoch;

  print(report);
  if (options_.on_epoch) options_.on_epoch(report, progress_);
  place_.keeper().after_report(better_file);
  place_.require_log();
  if (now.epoch >= options_.epochs) {
    end(FitEnd::all_epochs);
  } else if (options_.patience && fit().epochs_without_progress >= *options_.patience) {
    end(FitEnd::no_progress);
  } else {
    end_if_asked();
  }
}

WICK_INLINE void FitLoop::end_if_asked() {
  if (options_.stop_key && Clock::now() - asked_ > std::chrono::milliseconds(100)) {
    asked_ = Clock::now();
    if (stop_key_was_typed()) progress_.stop = true;
  }
  constexpr std::uint32_t stop = 1;
  constexpr std::uint32_t late = 2;
  std::uint32_t asked = progress_.stop || options_.stop.stop_requested() ? stop : 0;
  if (options_.max_time) {
    const double seconds = seconds_ + std::chrono::duration<double>(Clock::now() - since_).count();
    if (seconds >= options_.max_time->count()) asked |= late;
  }
  asked = run_.agreed(asked);
  if ((asked & stop) != 0) {
    end(FitEnd::stopped);
  } else if ((asked & late) != 0) {
    end(FitEnd::out_of_time);
  }
}

WICK_INLINE void FitLoop::end(FitEnd why) {
  result_.end = why;
  phase_ = Phase::over;
}

/// What an epoch that was left early is worth, so that its steps count when they are the best. Leaves no
/// trace in the run.
WICK_INLINE void FitLoop::measure_the_rest() {
  if (fit().batches == 0) return;
  FitReport report;
  const GeneratorState before = run_.test_generator().state();
  if (validates_) {
    const StepPlace place{progress_.epoch, place_.now.step, "validation", run_.caller()};
    run_.begin_evaluation();
    while (with_place([&] { return place.str(); }, [&] { return run_.evaluate_batch(place); })) {
    }
  }
  report = measured();
  run_.test_generator().set_state(before);
  report.best = better(monitored(report), fit().best, 0);
  if (report.best) {
    result_.best = monitored(report);
    result_.best_epoch = report.epoch;
  }
  result_.reports.push_back(report);
  print(report);
}

WICK_INLINE void FitLoop::restore_best() {
  if (!options_.restore_best || fit().best_model.empty()) return;
  run_.load_model(fit().best_model);
}

WICK_INLINE const FitResult& FitLoop::finish() {
  if (finished_) return result_;
  since_ = Clock::now();
  if (!begun_) start();
  while (phase_ == Phase::validating) advance_by_one();
  if (!over()) end(FitEnd::stopped);
  if (bar_) bar_->clear();
  place_.require_log();
  place_.keeper().at_end(place_.now.step);
  run_.part();
  result_.state = state();
  result_.best = fit().best.value_or(std::numeric_limits<double>::quiet_NaN());
  result_.best_epoch = fit().best_epoch;
  result_.reports = fit().reports;
  measure_the_rest();
  const bool last_is_best = !result_.reports.empty() && result_.reports.back().best;
  if (options_.restore_best && !last_is_best && !fit().best_model.empty()) {
    result_.state.fit->model = run_.model_state();
    restore_best();
    result_.restored = true;
  }
  finished_ = true;
  seconds_ += std::chrono::duration<double>(Clock::now() - since_).count();
  result_.seconds = seconds_;
  if (options_.on_end) options_.on_end(result_);
  return result_;
}

}  // namespace detail

WICK_END_NAMESPACE

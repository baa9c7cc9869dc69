#pragma once

// Definitions of training/detail/run_place.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/training/detail/run_place.hpp>

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

WICK_INLINE BestSoFar::BestSoFar(const MetricValues& metrics, const std::string& by, const char* caller,
                                 TrainState& state)
    : state_(state) {
  if (!by.empty()) {
    chosen_ = metrics.find(by);
    if (*chosen_ == metrics.size()) {
      throw OptionError(std::string(caller) + ": checkpoint.best_by: no metric is called \"" + by + "\"" +
                        metrics.known());
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

WICK_INLINE bool BestSoFar::note(double test_loss, const MetricValues& metrics) {
  const bool better_loss =
      test_loss < state_.best_test_loss.value_or(std::numeric_limits<double>::infinity());
  if (better_loss) state_.best_test_loss = test_loss;
  bool better = better_loss;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const double value = metrics.value(i);
    double& best = state_.best_metrics.value(i);
    const bool better_here =
        !std::isnan(value) &&
        (std::isnan(best) || (metrics.description(i).larger_is_better ? value > best : value < best));
    if (better_here) best = value;
    if (chosen_ == i) better = better_here;
  }
  return better;
}

inline void check_log_and_resume(const char* caller, const RunPlan& plan) {
  if (plan.out != nullptr && !*plan.out) {
    throw FileError(std::string(plan.options) + "::out", "the stream of the log cannot be written to");
  }
  if (!plan.resume) return;
  if (plan.resume->epoch < 0 || plan.resume->step < 0 || plan.resume->step > most_steps) {
    throw OptionError(std::string(caller) + ": resume: epoch must be >= 0 and step in [0, " +
                      std::to_string(most_steps) + "], got " + std::to_string(plan.resume->epoch) + " and " +
                      std::to_string(plan.resume->step));
  }
  if (plan.resume->epoch >= plan.epochs) {
    throw OptionError(std::string(caller) + ": nothing is left to do: the run to go on with has done " +
                      std::to_string(plan.resume->epoch) + " epochs, and epochs, which counts them, is " +
                      std::to_string(plan.epochs));
  }
}

WICK_INLINE RunPlace::RunPlace(Run& run, const RunPlan& plan, std::function<void(TrainState&)> complete)
    : run_(run), out_(plan.out), options_(plan.options), complete_(std::move(complete)) {
  check_log_and_resume(run.caller(), plan);
  if (plan.resume) now.best_metrics = plan.resume->best_metrics;
  state_ = [this] {
    TrainState captured = now;
    run_.capture(captured);
    if (complete_) complete_(captured);
    return captured;
  };
  best_.emplace(run.metrics(), plan.best_by, run.caller(), now);
  keeper_.emplace(plan.checkpoint, run.writer(state_, plan.checkpoint));
  keeper_->prepare(plan.resume ? plan.resume->step : 0, plan.resume.has_value());
  if (!plan.resume) return;
  const MetricValues best_metrics = now.best_metrics;
  now = *plan.resume;
  now.best_metrics = best_metrics;
  run.restore(now);
}

WICK_INLINE void RunPlace::require_log() {
  if (out_ == nullptr || *out_) return;
  keeper_->at_end(now.step);
  throw FileError(std::string(options_) + "::out",
                  "the log could not be written at step " + std::to_string(now.step));
}

WICK_INLINE Index RunPlace::steps_in_all(Index epochs, Index steps_of_epoch) {
  // Any number of epochs may be asked for, to be ended by the stop token.
  constexpr Index most = (std::numeric_limits<Index>::max)();
  const auto steps = checked_numel(std::array{epochs, steps_of_epoch});
  return steps ? as_integer<Index>(*steps) : most;
}

}  // namespace detail

WICK_END_NAMESPACE

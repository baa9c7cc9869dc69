#pragma once

// What every loop of training keeps: where the run is, what was best, and the files.

#include <wick/metrics/metric.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/train_state.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The best results so far, and which of them a checkpoint policy asks for.
class BestSoFar {
 public:
  /// Goes on from `state`. Throws OptionError for a metric that there is not.
  BestSoFar(const MetricValues& metrics, const std::string& by, const char* caller, TrainState& state);

  /// Counts a report in and tells whether it is the best so far.
  [[nodiscard]] bool note(double test_loss, const MetricValues& metrics);

 private:
  TrainState& state_;
  std::optional<std::size_t> chosen_;
};

/// What a loop is asked for, as far as all have it.
struct RunPlan {
  Index epochs;
  std::ostream* out;
  const char* options;  ///< the name of the class of options, for messages
  const std::optional<TrainState>& resume;
  const CheckpointPolicy& checkpoint;
  const std::string& best_by;
};

/// A run at its place. Plan and run must outlive it.
class RunPlace {
 public:
  /// Goes on where the plan says. `complete(state)` adds to a captured state what the loop alone knows.
  /// Throws OptionError and FileError for what cannot work, before anything is changed.
  RunPlace(Run& run, const RunPlan& plan, std::function<void(TrainState&)> complete = {});
  RunPlace(const RunPlace&) = delete;
  RunPlace& operator=(const RunPlace&) = delete;
  ~RunPlace() = default;

  /// The run as it is now.
  [[nodiscard]] const std::function<TrainState()>& state() const noexcept { return state_; }
  /// Throws FileError when the log cannot be written, once the run is saved: asked when a step is done.
  void require_log();

  TrainState now = {};  // NOLINT(*-non-private-member-variables-in-classes): the loops count on in it
  /// Steps of all epochs that were asked for, or the most that can be counted.
  [[nodiscard]] static Index steps_in_all(Index epochs, Index steps_of_epoch);

  [[nodiscard]] BestSoFar& best() noexcept { return *best_; }
  [[nodiscard]] CheckpointKeeper& keeper() noexcept { return *keeper_; }

 private:
  Run& run_;
  std::ostream* out_;
  const char* options_;
  std::function<void(TrainState&)> complete_;
  std::function<TrainState()> state_;
  std::optional<BestSoFar> best_;
  std::optional<CheckpointKeeper> keeper_;
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/detail/run_place.ipp>
#endif

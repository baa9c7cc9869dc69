#pragma once

// The loop of fit(), a step at a time.

#include <wick/metrics/metric.hpp>
#include <wick/training/detail/fit_run.hpp>
#include <wick/training/detail/run_place.hpp>
#include <wick/training/fit_options.hpp>
#include <wick/training/fit_state.hpp>
#include <wick/training/progress.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The run must outlive it.
class FitLoop {
 public:
  using Clock = std::chrono::steady_clock;

  /// Throws OptionError and FileError for what cannot work.
  FitLoop(FitRun& run, FitOptions options, bool validates);
  FitLoop(const FitLoop&) = delete;
  FitLoop& operator=(const FitLoop&) = delete;
  ~FitLoop();

  /// A step of the optimizer, or a batch of the validation data; false when the run is over.
  bool advance();
  [[nodiscard]] bool over() const noexcept { return phase_ == Phase::over; }
  /// Advances as long as the next time is expected to end within `time`, but once at least.
  bool run_for(std::chrono::duration<double> time);
  /// Ends the run, whatever is left of it.
  const FitResult& finish();
  [[nodiscard]] const FitStep& progress() const noexcept { return progress_; }
  [[nodiscard]] const std::vector<FitReport>& reports() const noexcept;
  [[nodiscard]] TrainState state() const;

 private:
  enum class Phase { epoch, training, validating, over };

  [[nodiscard]] static const FitOptions& checked(FitRun& run, const FitOptions& options, bool validates);
  [[nodiscard]] static FitOptions with_monitor(FitOptions options);
  [[nodiscard]] FitState& fit() noexcept { return *place_.now.fit; }
  void start();
  void complete(TrainState& state) const;
  void advance_by_one();
  void train_step();
  void end_epoch();
  [[nodiscard]] FitReport measured();
  [[nodiscard]] double monitored(const FitReport& report) const;
  [[nodiscard]] bool better(double value, std::optional<double> than, double by) const;
  void measure_the_rest();
  void show();
  void print(const FitReport& report);
  void end_if_asked();
  void end(FitEnd why);
  void restore_best();

  FitRun& run_;
  const FitOptions options_;
  const bool validates_;
  const std::size_t monitor_;  // number of metrics: the loss
  const bool larger_is_better_;
  std::optional<TrainState> before_validation_ = {};  // while it is under way; the place asks for it
  RunPlace place_;
  Phase phase_ = Phase::epoch;
  bool batch_done_ = false;  // the loader is still on a batch that was trained on
  bool begun_ = false;
  bool finished_ = false;
  FitStep progress_ = {};
  FitResult result_ = {};
  std::optional<ProgressBar> bar_ = {};
  Index samples_ = 0;
  std::string label_ = {};
  std::vector<double> curve_ = {};  // what was monitored, of each epoch
  std::function<std::vector<std::string>(Index)> below_ = {};
  Clock::time_point asked_ = {};  // for the key
  double seconds_ = 0;
  double expected_ = 0;  // seconds of the next advance()
  Clock::time_point since_ = {};
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/detail/fit_loop.ipp>
#endif

#pragma once

// A training run as its loop sees it, without the types of models, loaders and optimizers.

#include <wick/base/types.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/gradient_observer.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/evaluation.hpp>
#include <wick/training/replicas.hpp>
#include <wick/training/train_state.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A training step or an evaluation that is under way, for messages.
struct StepPlace {
  Index epoch;
  std::int64_t step;
  const char* data;  ///< `training`, `test` or `validation`
  const char* caller = "train";

  [[nodiscard]] std::string str() const {
    return std::string(caller) + ": step " + std::to_string(step) + " (epoch " + std::to_string(epoch) +
           "), " + data + " data: ";
  }
};

/// Where a batch is, for messages. Without a place nothing is checked.
struct BatchPlace {
  std::optional<StepPlace> place = {};
  std::span<const Index> samples = {};   ///< the numbers of its rows in the data, if known
  GradientObserver* observer = nullptr;  ///< of its gradient
};

/// What a run does; the functions are called by one thread, and those of an epoch in order.
class Run {
 public:
  /// `caller`: who trains, for messages.
  explicit Run(const char* caller) : caller_(caller) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  virtual ~Run() = default;

  /// Throws OptionError for what cannot be trained, before anything is changed. `rate_may_change`: a callback
  /// may change the learning rate.
  virtual void check_run(bool rate_may_change) = 0;

  [[nodiscard]] virtual Index batches() = 0;  ///< of an epoch
  virtual void begin_epoch() = 0;             ///< gathers its first batch
  [[nodiscard]] virtual bool has_batch() = 0;
  virtual void next_batch() = 0;

  virtual void train_mode() = 0;
  /// Trains on the batch; its loss.
  [[nodiscard]] virtual double step(const StepPlace& place) = 0;
  [[nodiscard]] virtual Index samples() = 0;  ///< of the batch
  /// A pass over the test data, batch by batch.
  virtual void begin_evaluation() = 0;
  /// Measures the next batch; false when there was none left.
  [[nodiscard]] virtual bool evaluate_batch(const StepPlace& place) = 0;
  [[nodiscard]] virtual Evaluation evaluated() = 0;
  /// All of it at once.
  [[nodiscard]] Evaluation evaluate(const StepPlace& place) {
    begin_evaluation();
    while (evaluate_batch(place)) {
    }
    return evaluated();
  }
  [[nodiscard]] virtual MetricValues metrics() = 0;  ///< their names

  /// Fills in the loader's place and the generators.
  virtual void capture(TrainState& state) = 0;
  /// Goes on from there, with the loader's place moved out of it.
  virtual void restore(TrainState& state) = 0;
  [[nodiscard]] virtual Generator& test_generator() = 0;

  /// What writes the run to a path, unless it holds NaN or, when it did not begin so, infinity; nothing for
  /// models and optimizers that no checkpoint can hold.
  [[nodiscard]] virtual RunWriter writer(const std::function<TrainState()>& state,
                                         const CheckpointPolicy& policy) = 0;

  /// Shares the batches with the runs of other processes, from step `done` on, if there are some.
  virtual void join(Replicas* replicas, std::int64_t done) = 0;
  /// The end of a run that is complete.
  virtual void part() = 0;
  /// Bits that are set in any of these runs, after a step; without others those that are given.
  [[nodiscard]] std::uint32_t agreed(std::uint32_t bits) noexcept {
    if (replicas_ == nullptr) return bits;
    replicas_->ask(bits);
    return replicas_->asked();
  }
  [[nodiscard]] Replicas* replicas() const noexcept { return replicas_; }

  [[nodiscard]] const char* caller() const noexcept { return caller_; }
  /// What the caller calls its test data.
  [[nodiscard]] virtual const char* test_loader_name() const noexcept { return "test_loader"; }

 protected:
  void set_replicas(Replicas* replicas) noexcept { replicas_ = replicas; }

 private:
  const char* caller_;
  Replicas* replicas_ = nullptr;
};

/// Whether this run is not the one that prints and saves.
[[nodiscard]] inline bool is_silent(const Replicas* replicas) noexcept {
  return replicas != nullptr && replicas->rank() != 0;
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// A training run as its loop sees it, without the types of models, loaders and optimizers.

#include <wick/base/types.hpp>
#include <wick/random/generator.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/evaluation.hpp>
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
  const char* data;  ///< `training` or `test`

  [[nodiscard]] std::string str() const {
    return "train: step " + std::to_string(step) + " (epoch " + std::to_string(epoch) + "), " + data +
           " data: ";
  }
};

/// Where a batch is, for messages. Without a place nothing is checked.
struct BatchPlace {
  std::optional<StepPlace> place = {};
  std::span<const Index> samples = {};  ///< the numbers of its rows in the data, if known
};

/// What a run does; the functions are called by one thread, and those of an epoch in order.
class Run {
 public:
  Run() = default;
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
  /// Of the test data.
  [[nodiscard]] virtual Evaluation evaluate(const StepPlace& place) = 0;
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
};

}  // namespace detail

WICK_END_NAMESPACE

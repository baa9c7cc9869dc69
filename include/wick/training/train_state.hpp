#pragma once

// Where a training run is, so that another process can go on exactly there.

#include <wick/data/data_loader.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/training/fit_state.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Position of a run between two steps. With the parameters and the optimizer's
/// state it is everything that the next step depends on.
struct TrainState {
  Index epoch = 0;                            ///< epochs completed, or the one under way, from 0
  std::int64_t step = 0;                      ///< steps since the start of the run
  double running_loss = 0;                    ///< sum of losses since the last report
  LoaderState loader;                         ///< the pass over the training data
  GeneratorState model_generator;             ///< dropout's
  GeneratorState train_generator;             ///< that of the training data's order
  GeneratorState test_generator;              ///< that of the test data's order
  std::optional<double> best_test_loss = {};  ///< the smallest reported so far
  MetricValues best_metrics = {};             ///< the best of each reported so far; NaN: none
  std::optional<FitState> fit = {};           ///< what only fit() has

  /// The same run on other data, of which there may be more or fewer: the epoch under way starts over, in an
  /// order of its own, and everything else is kept.
  [[nodiscard]] TrainState for_new_data() const;
};

namespace detail {

/// Under what name a checkpoint stores the best result of a metric: `best_test_accuracy` for "Accuracy".
std::string best_metric_key(std::string_view metric);

}  // namespace detail

/// The state as a checkpoint stores it: numbers by name, arrays as tensors.
[[nodiscard]] std::pair<Attributes, StateDict> to_checkpoint(const TrainState& state);

/// The reverse. Throws IndexError for what is missing and OptionError for values that
/// no run produces.
[[nodiscard]] TrainState train_state_from_checkpoint(const Attributes& attributes, const StateDict& tensors);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/train_state.ipp>
#endif

#pragma once

// Which learning rates a model can be trained with: the range test.

#include <wick/autograd/losses.hpp>
#include <wick/nn/model.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/fit_run.hpp>

#include <cstdint>
#include <tuple>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Options of find_learning_rate().
struct LearningRateRange {
  double smallest = 1e-7;  ///< of the first step, > 0
  double largest = 1;      ///< of the last step, > smallest
  Index steps = 100;       ///< >= 10; a loader with fewer batches is passed over several times
  double smoothing = 0.9;  ///< of the losses: how much the mean of those before counts, in [0, 1)
  double give_up = 4;      ///< the test ends when the smoothed loss is so many times its smallest value, > 1
  Generator* generator = nullptr;  ///< for dropout; null: that of the tape, or default_generator()
  ThreadPool* pool = nullptr;      ///< shares the work of each step
};

/// What find_learning_rate() found.
struct LearningRates {
  std::vector<double> rates;     ///< tried, ascending by one factor
  std::vector<double> losses;    ///< of the batch at each rate, before the step
  std::vector<double> smoothed;  ///< their running mean, without the bias of its start
  /// Where the loss falls fastest by the logarithm of the rate, as the line through the losses of a fifth of
  /// the steps says, up to `at_minimum`; NaN when it never falls.
  double steepest = 0;
  double at_minimum = 0;  ///< where the smoothed loss is smallest
  /// What to begin with: `steepest`, but at most a tenth of `at_minimum`.
  double suggestion = 0;
};

namespace detail {

/// The test of a run.
LearningRates range_test(FitRun& run, const LearningRateRange& range);

}  // namespace detail

/// Trains for some steps with a learning rate that grows from one to the next by the same factor, and looks
/// at the loss: it stays as it is where the rate is too small, falls where it is right, and explodes where it
/// is too large.
///
///     const auto found = wick::find_learning_rate(model, loader, criterion, optimizer);
///     optimizer.set_lr(found.suggestion);
///
/// Model and optimizer are then as they were, and so are the generators that were drawn from. The first steps
/// of an epoch of `loader` are taken, and no pass of it may be under way. A loss that is not finite ends the
/// test. Throws OptionError for options out of range, and what fit() throws for what cannot be trained.
///
/// Source: L. N. Smith, "Cyclical learning rates for training neural networks" (2017); the suggestion is that
/// of common practice.
template <TrainableModel Model, ResumableLoader TrainLoader, class Criterion, SavableOptimizer Optimizer>
requires ModelWithState<Model> && ScheduledOptimizer<Optimizer>
[[nodiscard]] LearningRates find_learning_rate(Model& model, TrainLoader& loader, const Criterion& criterion,
                                               Optimizer& optimizer, const LearningRateRange& range = {}) {
  detail::NoTestData none;
  detail::FitRunOf<Model, Criterion, TrainLoader, detail::NoTestData, Optimizer> run(
      "find_learning_rate", model, loader, none, criterion, optimizer, range.pool, range.generator,
      std::tuple<>());
  const StateDict parameters = model.state_dict();
  const auto state = optimizer.state();
  const bool training = model.training();
  TrainState place;
  run.capture(place);
  const auto restore = [&] {
    static_cast<void>(model.load_state_dict(parameters, {}));
    optimizer.load_state(state);
    model.train(training);
    run.restore(place);
  };
  try {
    LearningRates found = detail::range_test(run, range);
    restore();
    return found;
  } catch (...) {
    restore();
    throw;
  }
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/find_learning_rate.ipp>
#endif

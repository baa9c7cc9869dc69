#pragma once

// Training as most people want it: with validation data, until it gets no better, and the best is kept.

#include <wick/autograd/losses.hpp>
#include <wick/nn/model.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/fit_run.hpp>
#include <wick/training/detail/run_fit.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/fit_options.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Trains `model` with `optimizer` on the batches of `train_loader`, and measures it after each epoch on
/// those of `validation_loader`:
///
///     wick::Adam optimizer(model.parameters());
///     const auto result = wick::fit(model, train_loader, validation_loader, wick::NLLLoss(), optimizer,
///                                   {.epochs = 100, .patience = 5, .out = &std::cout});
///
/// `criterion` and `metrics` are what train() takes, and random numbers are drawn in the order in which a
/// program in Python draws them: an epoch's batches, then those of the validation. A step of the optimizer
/// takes `accumulate` batches, each with a backward() of its own; the gradient is divided by their number,
/// clipped, and used. Schedulers are stepped after the optimizer, or after the validation.
///
/// The model has the values of its best epoch at the end, unless `restore_best` is off; a run that ends amid
/// an epoch is measured once more, so that these steps count too. Frozen parameters stay as they are.
///
/// A run that is saved, by its checkpoint policy or a callback, and goes on with `resume`, ends with the same
/// bytes as one that was not interrupted, for any number of threads: what was best, how long ago, and the
/// place of the schedulers are in the file, see FitState. What `max_time` and `stop` end depends on when they
/// do. The file at the policy's `path` holds the model as it was after the last step, with that of the best
/// epoch beside it; the file at `best` is the one to predict with.
///
/// Throws what train() throws, before the first step OptionError for options out of range, and TrainingError
/// for a loss that is not finite, with the place of its cause; the model is brought back to its best epoch
/// then. After the first step and epoch a step allocates nothing unless it is saved or its epoch is the best.
template <TrainableModel Model, ResumableLoader TrainLoader, ResumableLoader ValidationLoader,
          class Criterion, TrainingOptimizer Optimizer, class... Metrics>
FitResult fit(Model& model, TrainLoader& train_loader, ValidationLoader& validation_loader,
              const Criterion& criterion, Optimizer& optimizer, const FitOptions& options = {},
              const Metrics&... metrics) {
  using Batch = LoaderBatch<TrainLoader>;
  static_assert(std::is_same_v<Batch, LoaderBatch<ValidationLoader>>,
                "the loaders' batches are of different types");
  const auto run = [&]<class... Meant>(std::tuple<Meant...> meant) {
    detail::FitRunOf<Model, Criterion, TrainLoader, ValidationLoader, Optimizer, Meant...> its(
        "fit", model, train_loader, validation_loader, criterion, optimizer, options.pool, options.generator,
        std::move(meant));
    return detail::run_fit(its, options, true);
  };
  return run(detail::metrics_meant<detail::StepsFor<Model, Criterion, Batch>, Batch>(metrics...));
}

/// The same without validation data: epochs are compared by their training loss.
template <TrainableModel Model, ResumableLoader TrainLoader, class Criterion, TrainingOptimizer Optimizer>
requires(!BatchLoader<Criterion>) FitResult
    fit(Model& model, TrainLoader& train_loader, const Criterion& criterion, Optimizer& optimizer,
        const FitOptions& options = {}) {
  detail::NoTestData none;
  detail::FitRunOf<Model, Criterion, TrainLoader, detail::NoTestData, Optimizer> its(
      "fit", model, train_loader, none, criterion, optimizer, options.pool, options.generator,
      std::tuple<>());
  return detail::run_fit(its, options, false);
}

WICK_END_NAMESPACE

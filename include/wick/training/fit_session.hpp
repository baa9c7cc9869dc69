#pragma once

// fit() a little at a time, for programs with something else to do.

#include <wick/autograd/losses.hpp>
#include <wick/nn/model.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/fit_run.hpp>
#include <wick/training/detail/run_fit.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/fit_options.hpp>

#include <chrono>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A run of fit() in steps, which gives the bits that fit() gives:
///
///     wick::FitSession session(model, train_loader, validation_loader, wick::NLLLoss(), optimizer,
///                              {.epochs = 100, .patience = 5});
///     while (draw_a_frame()) {
///       if (!session.run_for(2ms)) break;
///     }
///     const wick::FitResult result = session.finish();
///
/// Model, loaders and optimizer are referenced and must outlive it; criterion and options are copied. Between
/// two calls the model may predict, and be saved; nothing may change it. All calls come from one thread; with
/// a step of one's own as criterion, the tape of that thread is the session's while it lives. It can be
/// moved.
class FitSession {
 public:
  /// As fit(). Throws what it throws before the first step.
  template <TrainableModel Model, ResumableLoader TrainLoader, ResumableLoader ValidationLoader,
            class Criterion, TrainingOptimizer Optimizer, class... Metrics>
  FitSession(Model& model, TrainLoader& train_loader, ValidationLoader& validation_loader,
             const Criterion& criterion, Optimizer& optimizer, const FitOptions& options = {},
             const Metrics&... metrics) {
    using Batch = LoaderBatch<TrainLoader>;
    static_assert(std::is_same_v<Batch, LoaderBatch<ValidationLoader>>,
                  "the loaders' batches are of different types");
    const auto make = [&]<class... Meant>(std::tuple<Meant...> meant) {
      using Run = detail::FitRunOf<Model, Criterion, TrainLoader, ValidationLoader, Optimizer, Meant...>;
      hold<Run>(criterion, options, true, [&](const Criterion& held) {
        return Run("fit", model, train_loader, validation_loader, held, optimizer, options.pool,
                   options.generator, std::move(meant));
      });
    };
    make(detail::metrics_meant<detail::StepsFor<Model, Criterion, Batch>, Batch>(metrics...));
  }

  /// The same without validation data.
  template <TrainableModel Model, ResumableLoader TrainLoader, class Criterion, TrainingOptimizer Optimizer>
  requires(!BatchLoader<Criterion>)
      FitSession(Model& model, TrainLoader& train_loader, const Criterion& criterion, Optimizer& optimizer,
                 const FitOptions& options = {}) {
    using Run = detail::FitRunOf<Model, Criterion, TrainLoader, detail::NoTestData, Optimizer>;
    hold<Run>(criterion, options, false, [&](const Criterion& held) {
      return Run("fit", model, train_loader, none(), held, optimizer, options.pool, options.generator,
                 std::tuple<>());
    });
  }

  /// One step of the optimizer, or one batch of a validation; nothing when the run is over. False when it is
  /// over then.
  bool step();
  /// Steps as long as the next one, if it takes as long as those before, ends within `time`; at least one.
  /// False when the run is over.
  bool run_for(std::chrono::duration<double> time);
  /// Whether the run is over, and finish() is all that is left.
  [[nodiscard]] bool over() const noexcept;
  /// How far the run is.
  [[nodiscard]] const FitStep& progress() const noexcept;
  /// Of the epochs that are complete.
  [[nodiscard]] const std::vector<FitReport>& reports() const noexcept;
  /// The run as it is, for save_training_checkpoint() and FitOptions::resume.
  [[nodiscard]] TrainState state() const;
  /// Ends the run, whatever is left of it, as fit() does: it is saved, and the best model brought back. The
  /// same result when called again. A session that goes without it leaves the model as it is.
  FitResult finish();

 private:
  struct Held {
    Held() = default;
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    virtual ~Held() = default;
  };

  static detail::NoTestData& none() noexcept {
    static detail::NoTestData nothing;
    return nothing;
  }

  template <class Run, class Criterion, class Make>
  void hold(const Criterion& criterion, const FitOptions& options, bool validates, const Make& make) {
    struct With final : Held {
      With(Criterion its_criterion, const Make& make_run)
          : held(std::move(its_criterion)), run(make_run(held)) {}
      Criterion held;
      Run run;
    };
    auto with = std::make_unique<With>(criterion, make);
    loop_ = detail::make_fit_loop(with->run, options, validates);
    held_ = std::move(with);
  }

  std::unique_ptr<Held> held_;
  std::unique_ptr<detail::FitLoop, detail::DeleteFitLoop> loop_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/fit_session.ipp>
#endif

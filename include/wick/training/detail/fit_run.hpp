#pragma once

// What fit() does with a run beside what train() does.

#include <wick/base/error.hpp>
#include <wick/optim/clip_grad.hpp>
#include <wick/optim/lr_scheduler.hpp>
#include <wick/optim/reduce_lr_on_plateau.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/model_with_state.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/detail/run_of.hpp>

#include <limits>
#include <optional>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What becomes of gradients before the step of the optimizer.
struct GradientChange {
  Index batches = 1;  ///< whose gradients were added up
  std::optional<double> norm = {};
  std::optional<double> value = {};
  bool measure = false;
};

/// A run whose steps are taken in parts.
class FitRun : public Run {
 public:
  using Run::Run;

  virtual void zero_grad() = 0;
  /// Adds the gradient of the batch; its loss.
  [[nodiscard]] virtual double add_gradient(const StepPlace& place) = 0;
  /// A step of the optimizer; the norm of the gradient before it was clipped, if it is to be known.
  virtual std::optional<double> update(const GradientChange& change) = 0;

  /// Of the first group; 0 for optimizers that have none.
  [[nodiscard]] virtual double lr() = 0;
  virtual void set_lr(double lr) = 0;
  virtual void step_scheduler(LRScheduler& scheduler) = 0;
  virtual void step_scheduler(ReduceLROnPlateau& scheduler, double value) = 0;

  [[nodiscard]] virtual bool model_has_state() = 0;
  [[nodiscard]] virtual StateDict model_state() = 0;
  /// Throws what load_model() would throw.
  virtual void check_model(const StateDict& state) = 0;
  virtual void load_model(const StateDict& state) = 0;
};

template <class Model, class Criterion, class TrainLoader, class TestLoader, class Optimizer,
          class... Metrics>
class FitRunOf : public RunOf<FitRun, Model, Criterion, TrainLoader, TestLoader, Optimizer, Metrics...> {
  using Base = RunOf<FitRun, Model, Criterion, TrainLoader, TestLoader, Optimizer, Metrics...>;
  using Scalar = typename Model::Scalar;
  static constexpr bool clips = requires(Model & model) { clip_grad_norm_(model.parameters(), 1.0); };

 public:
  using Base::Base;

  [[nodiscard]] const char* test_loader_name() const noexcept override { return "validation_loader"; }

  void zero_grad() override { this->optimizer().zero_grad(); }
  [[nodiscard]] double add_gradient(const StepPlace& place) override { return this->gradient(place); }
  std::optional<double> update(const GradientChange& change) override {
    const auto& parameters = this->model().parameters();
    std::optional<double> norm;
    if (change.batches > 1 || change.norm || change.value || change.measure) {
      if constexpr (clips) {
        if (change.batches > 1) divide_gradients(*parameters, change.batches);
        if (change.norm || change.measure) {
          constexpr double all = std::numeric_limits<double>::infinity();
          norm = clip_grad_norm_(parameters, change.norm.value_or(all));
        }
        if (change.value) clip_grad_value_(parameters, *change.value);
      } else {
        throw OptionError(
            "fit: the gradients of this model can be neither added up nor clipped: parameters() "
            "has to be a std::shared_ptr of a ParameterBlock");
      }
    }
    this->optimizer().step();
    return norm;
  }

  [[nodiscard]] double lr() override {
    if constexpr (ScheduledOptimizer<Optimizer>) {
      return this->optimizer().lr();
    } else {
      return 0;
    }
  }
  void set_lr(double lr) override {
    if constexpr (ScheduledOptimizer<Optimizer>) {
      this->optimizer().set_lr(lr);
    } else {
      refuse_scheduler(lr);
    }
  }
  void step_scheduler(LRScheduler& scheduler) override {
    if constexpr (ScheduledOptimizer<Optimizer>) {
      scheduler.step(this->optimizer());
    } else {
      refuse_scheduler(scheduler);
    }
  }
  void step_scheduler(ReduceLROnPlateau& scheduler, double value) override {
    if constexpr (ScheduledOptimizer<Optimizer>) {
      scheduler.step(this->optimizer(), value);
    } else {
      refuse_scheduler(value);
    }
  }

  [[nodiscard]] bool model_has_state() override { return ModelWithState<Model>; }
  [[nodiscard]] StateDict model_state() override {
    if constexpr (ModelWithState<Model>) {
      return std::as_const(this->model()).state_dict();
    } else {
      return {};
    }
  }
  void check_model(const StateDict& state) override {
    if constexpr (ModelWithState<Model>) {
      static_cast<void>(check_state_dict(std::as_const(this->model()).spec(), state, {}));
    } else {
      static_cast<void>(state);
    }
  }
  void load_model(const StateDict& state) override {
    if constexpr (ModelWithState<Model>) {
      static_cast<void>(this->model().load_state_dict(state, {}));
    } else {
      static_cast<void>(state);
    }
  }

 private:
  template <class Block>
  static void divide_gradients(Block& block, Index batches) {
    const auto share = static_cast<Scalar>(1.0 / static_cast<double>(batches));
    for (const auto& e : block.entries()) {
      if (!block.has_new_grad(e.slot.number)) continue;
      for (Scalar& g : block.grad(e.slot).span()) g *= share;
    }
  }
  template <class Unused>
  [[noreturn]] static void refuse_scheduler(const Unused& /*of what it is*/) {
    throw OptionError(
        "fit: the optimizer has no lr() and set_lr(), so no scheduler can change its learning rate");
  }
};

}  // namespace detail

WICK_END_NAMESPACE

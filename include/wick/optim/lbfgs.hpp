#pragma once

// L-BFGS.

#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

struct LBFGSOptions {
  double lr = 1;                    ///< step size, >= 0
  std::int64_t max_iter = 20;       ///< iterations of a step, >= 1
  std::int64_t max_eval = 0;        ///< calls of the closure in a step; 0: max_iter * 5 / 4
  double tolerance_grad = 1e-7;     ///< no gradient larger than this: the end
  double tolerance_change = 1e-9;   ///< no change of a value, or of the loss, larger than this: the end
  std::int64_t history_size = 100;  ///< differences that are kept, >= 1
  std::string line_search_fn = {};  ///< "strong_wolfe", or nothing: a step of lr

  friend bool operator==(const LBFGSOptions&, const LBFGSOptions&) = default;
};

/// Moves all parameters at once by what the last gradients say of the second derivatives, and calls the loss
/// as often as it needs:
///
///     wick::LBFGS optimizer(model.parameters(), {.line_search_fn = "strong_wolfe"});
///     optimizer.step([&] {
///       optimizer.zero_grad();
///       const auto loss = criterion(model(inputs), targets);
///       loss.backward();
///       return loss;
///     });
///
/// For losses of all samples at once; train(), which goes through batches, does not take it. Parameters
/// without a new gradient have a gradient of zero, frozen ones stay. Sums are in double, in the order of the
/// block. It keeps 2 history_size vectors as long as all parameters together; once these are there, a step
/// allocates nothing.
///
/// There is one group of all parameters, as in PyTorch.
/// J. Nocedal, S. Wright, Numerical Optimization, chapters 3 and 7;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
template <Floating T>
class LBFGS {
 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit LBFGS(std::shared_ptr<ParameterBlock<T>> parameters, const LBFGSOptions& options = {});

  /// What it was made with, and the step size of now.
  [[nodiscard]] const LBFGSOptions& options() const noexcept { return options_; }
  /// The step size.
  [[nodiscard]] double lr() const noexcept { return options_.lr; }
  /// Changes the step size from the next step on. Throws OptionError.
  void set_lr(double lr);
  /// The parameters by name, values and gradients.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() const {
    static_cast<void>(block());
    return parameters_;
  }
  /// Sets all gradients to zero.
  void zero_grad() { block().zero_grad(); }

  /// At most `max_iter` iterations. The closure sets the gradients to zero, computes the loss and its
  /// gradients, and returns it, as a number or a variable. Returns the loss before the step. Throws Error
  /// when the closure leaves no gradient, and what it throws; the parameters are somewhere on the way then.
  template <std::invocable Closure>
  double step(const Closure& closure) {
    const auto call = [](const void* of) -> double {
      const auto& loss = (*static_cast<const Closure*>(of))();
      if constexpr (requires { loss.item(); }) {
        return static_cast<double>(loss.item());
      } else {
        return static_cast<double>(loss);
      }
    };
    return run({call, &closure});
  }

  /// Iterations so far.
  [[nodiscard]] std::int64_t iterations() const noexcept { return iterations_; }
  /// Calls of closures so far.
  [[nodiscard]] std::int64_t evaluations() const noexcept { return evaluations_; }

  /// Everything needed to go on, in the form of PyTorch's: it belongs to the first parameter, and its vectors
  /// are all parameters one after the other.
  [[nodiscard]] OptimizerState state() const;
  /// Takes over a state, options included. Throws OptionError for a state of another optimizer or of other
  /// parameters, and for vectors that are not finite; the optimizer is unchanged then.
  void load_state(const OptimizerState& state);

 private:
  using Vector = std::vector<T>;
  struct Loss {
    double (*call)(const void*);
    const void* closure;
    double operator()() const { return call(closure); }
  };
  /// A place on the line that is searched.
  struct Point {
    double t = 0;
    double loss = 0;
    double slope = 0;
    Vector grad;
  };
  struct Found {
    double loss;
    double t;
    std::int64_t evaluations;
  };

  [[nodiscard]] ParameterBlock<T>& block() const;
  static const LBFGSOptions& checked(const LBFGSOptions& options);
  [[nodiscard]] std::int64_t most_evaluations() const noexcept {
    return options_.max_eval > 0 ? options_.max_eval : options_.max_iter * 5 / 4;
  }
  double run(const Loss& closure);
  double evaluate(const Loss& loss);
  void gather();
  void move(double t);
  void remember();
  void turn();
  [[nodiscard]] Found search(const Loss& closure, double t, double loss, double slope, std::int64_t most);
  double try_at(const Loss& closure, double t);
  void keep_values();
  void restore_values();

  std::shared_ptr<ParameterBlock<T>> parameters_;
  LBFGSOptions options_;
  std::int64_t iterations_ = 0;
  std::int64_t evaluations_ = 0;
  Vector grad_;    ///< where the closure was called last
  Vector before_;  ///< the gradient of the iteration before
  Vector direction_;
  Vector values_;  ///< where a search begins
  double t_ = 0;   ///< times direction_: the last step
  double loss_before_ = 0;
  double scale_ = 1;                         ///< of the first guess of the second derivatives
  std::vector<Vector> differences_, steps_;  ///< of gradients and of values, the oldest first
  std::vector<double> inverse_, part_;       ///< one over the products of these; those with the direction
  std::array<Point, 2> ends_;
  Point last_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/lbfgs.ipp>
#endif

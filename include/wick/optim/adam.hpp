#pragma once

// Adam.

#include <wick/base/thread_pool.hpp>
#include <wick/kernels/adam.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

struct AdamOptions {
  double lr = 1e-3;                                ///< step size, >= 0
  std::pair<double, double> betas = {0.9, 0.999};  ///< decay of the two averages, each in [0, 1)
  double eps = 1e-8;                               ///< added to the root of the second average, >= 0
  double weight_decay = 0;                         ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  bool amsgrad = false;                            ///< use the largest second average so far
  bool maximize = false;                           ///< go up the gradient instead of down

  friend bool operator==(const AdamOptions&, const AdamOptions&) = default;
};

/// For step k = 1, 2, ... and gradient g (+ weight_decay * p):
///
///     m = beta1 m + (1 - beta1) g              exp_avg
///     v = beta2 v + (1 - beta2) g^2            exp_avg_sq
///     p = p - lr / (1 - beta1^k) * m / (sqrt(v) / sqrt(1 - beta2^k) + eps)
///
/// with v replaced by its largest value so far (max_exp_avg_sq) when amsgrad. Scalars are computed in double
/// and then rounded; every processor gives the same bits. Averages below the smallest normal number become 0:
/// they would move no parameter, and processors take long for such numbers. Parameters that join the block
/// later begin at their own k = 1, with averages of zero, while those of the others stay. Frozen ones (see
/// ParameterBlock::set_requires_grad()) stay as they are, with their averages and their k.
///
/// The optimizer shares the model's parameters: it keeps them alive, and works on
/// after the model was moved. A copy of the model has parameters of its own. An optimizer that was moved from
/// throws Error.
/// D. Kingma, J. Ba, https://arxiv.org/abs/1412.6980;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
template <Floating T>
class Adam {
 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit Adam(std::shared_ptr<ParameterBlock<T>> parameters, const AdamOptions& options = {},
                ThreadPool* pool = nullptr);

  [[nodiscard]] const AdamOptions& options() const noexcept { return options_; }
  [[nodiscard]] double lr() const noexcept { return options_.lr; }
  /// Changes the step size from the next step on. Throws OptionError.
  void set_lr(double lr);
  /// The parameters by name, values and gradients.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() const& {
    static_cast<void>(block());
    return parameters_;
  }
  [[nodiscard]] std::shared_ptr<ParameterBlock<T>> parameters() const&& {
    static_cast<void>(block());
    return parameters_;
  }
  /// Number of steps taken.
  [[nodiscard]] std::int64_t steps() const noexcept { return step_; }

  void zero_grad() { block().zero_grad(); }

  /// Updates every parameter from its gradient. Allocates at the first call only.
  ///
  /// Throws Error, and changes nothing, when no gradient was written since the gradients were allocated or
  /// set to zero: backward() was not called, or by a model with other parameters.
  void step();

  /// Everything needed to go on: options, step count, `<parameter>.exp_avg` and
  /// `<parameter>.exp_avg_sq` (and `.max_exp_avg_sq`). No tensors before step 1. When parameters joined
  /// later, the option `joined` has the step count of each one's beginning, in the order of the block.
  [[nodiscard]] OptimizerState state() const;

  /// Takes over a state, options included. Throws OptionError for another optimizer, bad options, parameter
  /// groups with different options, parameters that took different numbers of steps or that are others than
  /// these, and averages that no step leaves (NaN, infinite, squares below zero), and StateDictError for
  /// tensors that do not fit these parameters; the optimizer is unchanged then.
  void load_state(const OptimizerState& state);

 private:
  template <class Value>
  static const Value& option(const OptimizerState& state, const char* name) {
    const Attribute* value = state.options.find(name);
    const Value* typed = value == nullptr ? nullptr : std::get_if<Value>(value);
    if (typed == nullptr) {
      throw OptionError(std::string("Adam::load_state: option \"") + name +
                        "\" is missing or of another type");
    }
    return *typed;
  }
  void check_groups(const OptimizerState& state) const;
  static const AdamOptions& checked(const AdamOptions& o);
  /// The parameters; throws Error when this optimizer was moved from.
  [[nodiscard]] ParameterBlock<T>& block() const {
    if (parameters_ == nullptr) {
      throw Error("Adam: this optimizer was moved from and has no parameters any more");
    }
    return *parameters_;
  }
  [[nodiscard]] detail::AdamScalars<T> scalars(std::int64_t k) const;
  /// Sets the size; what is there is kept, what is new is zero.
  static void grow(Buffer<T>& block, Index n);
  void ensure_state(Index n);
  void make_tasks();

  void update(Index from, Index n, T* values, const T* grads, const detail::AdamScalars<T>& s);

  std::shared_ptr<ParameterBlock<T>> parameters_;
  AdamOptions options_;
  ThreadPool::Ref pool_;
  std::int64_t step_ = 0;
  /// A part of the block, in which all parameters joined at one step.
  struct Task {
    Index from, count;
    std::size_t joined;  ///< place in joined_at_
  };
  std::vector<Task> tasks_;
  std::vector<std::int64_t> joined_;     ///< steps before each parameter's first one, and while frozen
  std::vector<std::int64_t> joined_at_;  ///< the different ones of these
  std::vector<detail::AdamScalars<T>> scalars_;  ///< for each of joined_at_
  std::uint64_t freezing_ = 0;                   ///< of the block when tasks_ were made
  bool some_frozen_ = false;
  Buffer<T> exp_avg_;         ///< laid out like the parameters
  Buffer<T> exp_avg_sq_;      ///< laid out like the parameters
  Buffer<T> max_exp_avg_sq_;  ///< with amsgrad only
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adam.ipp>
#endif

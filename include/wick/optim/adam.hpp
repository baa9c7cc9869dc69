#pragma once

// Adam.

#include <wick/base/thread_pool.hpp>
#include <wick/kernels/adam.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
/// they would move no parameter, and processors take long for such numbers.
///
/// Each parameter has its own k. One without a new gradient (see ParameterBlock::has_new_grad()) takes no
/// step: it stays as it is, weight decay included, with its averages and its k; so does a frozen one. One
/// that joins the block later begins at k = 1.
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
  /// Number of steps taken by the parameter that took the most.
  [[nodiscard]] std::int64_t steps() const noexcept;

  void zero_grad() { block().zero_grad(); }

  /// Updates every parameter that has a new gradient. Allocates at the first call only.
  ///
  /// Throws Error, and changes nothing, when no gradient was written since the gradients were allocated or
  /// set to zero: backward() was not called, or by a model with other parameters.
  void step();

  /// Everything needed to go on: options, step count, `<parameter>.exp_avg` and `<parameter>.exp_avg_sq` (and
  /// `.max_exp_avg_sq`) of each parameter that took a step, and `<parameter>.step` where not all of these
  /// took as many.
  [[nodiscard]] OptimizerState state() const;

  /// Takes over a state, options included. Throws OptionError for another optimizer, bad options, parameter
  /// groups with different options or for other parameters than these, numbers of steps out of range, and
  /// averages that no step leaves (NaN, infinite, squares below zero), and StateDictError for
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
  [[nodiscard]] std::vector<std::int64_t> steps_in(const OptimizerState& state) const;
  [[nodiscard]] static bool has_averages(const OptimizerState& state, const std::string& parameter);
  void check_tensors(const OptimizerState& state, bool amsgrad, std::span<const std::int64_t> steps) const;
  [[nodiscard]] Buffer<T> averages_in(const OptimizerState& state, const char* name, T least) const;
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
  void count_steps();
  void update(Index from, Index n, T* values, const T* grads, const detail::AdamScalars<T>& s);

  std::shared_ptr<ParameterBlock<T>> parameters_;
  AdamOptions options_;
  ThreadPool::Ref pool_;
  static constexpr std::size_t stays = ~std::size_t{0};
  /// A part of one parameter.
  struct Task {
    Index from, count;      ///< in the block
    std::size_t parameter;  ///< its number
  };
  std::vector<Task> tasks_;
  std::vector<std::int64_t> steps_;              ///< that each parameter took
  std::vector<detail::AdamScalars<T>> scalars_;  ///< for the different ones of these
  std::vector<std::size_t> scalars_of_;          ///< which of these for each parameter, or `stays`
  Buffer<T> exp_avg_;                            ///< laid out like the parameters
  Buffer<T> exp_avg_sq_;                         ///< laid out like the parameters
  Buffer<T> max_exp_avg_sq_;                     ///< with amsgrad only
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adam.ipp>
#endif

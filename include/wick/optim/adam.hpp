#pragma once

// Adam.

#include <wick/core/optimizer_state.hpp>
#include <wick/core/parameter_block.hpp>
#include <wick/core/thread_pool.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

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
/// with v replaced by its largest value so far (max_exp_avg_sq) when amsgrad. Scalars
/// are computed in double and rounded once; one counter serves all parameters.
///
/// The optimizer shares the model's parameters: it keeps them alive, and works on
/// after the model was moved. A copy of the model has parameters of its own.
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
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() const noexcept { return parameters_; }
  /// Number of steps taken.
  [[nodiscard]] std::int64_t steps() const noexcept { return step_; }

  void zero_grad() noexcept { parameters_->zero_grad(); }

  /// Updates every parameter from its gradient. Allocates at the first call only.
  void step();

  /// Everything needed to go on: options, step count, `<parameter>.exp_avg` and
  /// `<parameter>.exp_avg_sq` (and `.max_exp_avg_sq`). No tensors before step 1.
  [[nodiscard]] OptimizerState state() const;

  /// Takes over a state, options included. Throws OptionError for another optimizer,
  /// bad options, parameter groups with different options, parameters that took different
  /// numbers of steps or that are others than these, and StateDictError for tensors that do
  /// not fit these parameters; the optimizer is unchanged then.
  void load_state(const OptimizerState& state);

 private:
  struct Scalars {
    T beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, root, eps;
  };

  template <class A>
  static const A& option(const OptimizerState& state, const char* name) {
    const Attribute* value = state.options.find(name);
    const A* typed = value == nullptr ? nullptr : std::get_if<A>(value);
    if (typed == nullptr) {
      throw OptionError(std::string("Adam::load_state: option \"") + name +
                        "\" is missing or of another type");
    }
    return *typed;
  }
  void check_groups(const OptimizerState& state) const;
  static const AdamOptions& checked(const AdamOptions& o);
  static void zero(Buffer<T>& block, Index n);
  void ensure_state(Index n);
  void make_tasks(Index elements);

  void update(Index from, Index n, const Scalars& s);
  template <bool changed_gradient, bool amsgrad>
  void update(Index from, Index n, const Scalars& s);

  std::shared_ptr<ParameterBlock<T>> parameters_;
  AdamOptions options_;
  ThreadPool* pool_;
  std::int64_t step_ = 0;
  std::vector<std::pair<Index, Index>> tasks_;  ///< parts of the block: first element and count
  Index shared_out_ = 0;                        ///< elements of the block when these were made
  Buffer<T> exp_avg_;                           ///< laid out like the parameters
  Buffer<T> exp_avg_sq_;                        ///< laid out like the parameters
  Buffer<T> max_exp_avg_sq_;                    ///< with amsgrad only
};

}  // namespace wick::inline WICK_ABI_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adam.ipp>
#endif

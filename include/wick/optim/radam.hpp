#pragma once

// RAdam: Adam that waits for its second average.

#include <wick/base/thread_pool.hpp>
#include <wick/kernels/optimizer_scalars.hpp>
#include <wick/kernels/power_squares.hpp>
#include <wick/optim/detail/rule_optimizer.hpp>
#include <wick/optim/parameter_group.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct RAdamOptions {
  double lr = 1e-3;                                ///< step size, >= 0
  std::pair<double, double> betas = {0.9, 0.999};  ///< decay of the two averages, each in [0, 1)
  double eps = 1e-8;                               ///< added to the root of the second average, >= 0
  double weight_decay = 0;                         ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  bool decoupled_weight_decay = false;  ///< p is multiplied by 1 - lr * weight_decay instead, as in AdamW
  bool maximize = false;                ///< go up the gradient instead of down

  friend bool operator==(const RAdamOptions&, const RAdamOptions&) = default;
};

namespace detail {

struct RAdamRule {
  using Options = RAdamOptions;
  template <class T>
  using Scalars = RAdamScalars<T>;
  using Memory = PowerSquares<2>;

  static constexpr std::array<StateTensor, 2> tensors{{{"exp_avg", false}, {"exp_avg_sq", true}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{.name = "RAdam", .tensors = tensors, .numbers = numbers};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& /*o*/) noexcept { return 3U; }
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own,
                                          Memory& memory) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, Index n, const T* g, T* p, const std::array<T*, 2>& state) noexcept;
};

}  // namespace detail

/// Adam that waits for its second average. For step k = 1, 2, ... and gradient g (+ weight_decay * p):
///
///     m = beta1 m + (1 - beta1) g            exp_avg
///     v = beta2 v + (1 - beta2) g^2          exp_avg_sq
///     r = 2 / (1 - beta2) - 1
///     r_k = r - 2 k beta2^k / (1 - beta2^k)
///     p = p - lr m / (1 - beta1^k)           while r_k <= 5, later times
///         sqrt((r_k - 4)(r_k - 2) r / ((r - 4)(r - 2) r_k)) sqrt(1 - beta2^k) / (sqrt(v) + eps)
///
/// L. Liu et al., https://arxiv.org/abs/1908.03265;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html
template <Floating T>
class RAdam : public detail::RuleOptimizer<T, detail::RAdamRule> {
  using Base = detail::RuleOptimizer<T, detail::RAdamRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit RAdam(std::shared_ptr<ParameterBlock<T>> parameters, const RAdamOptions& options = {},
                 ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  RAdam(std::shared_ptr<ParameterBlock<T>> parameters,
        std::initializer_list<ParameterGroup<RAdamOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<RAdamOptions>> Group>
  RAdam(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
        ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/radam.ipp>
#endif

#pragma once

// NAdam: Adam with Nesterov's momentum.

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

struct NAdamOptions {
  double lr = 2e-3;                                ///< step size, >= 0
  std::pair<double, double> betas = {0.9, 0.999};  ///< decay of the two averages, each in [0, 1)
  double eps = 1e-8;                               ///< added to the root of the second average, >= 0
  double weight_decay = 0;                         ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  double momentum_decay = 4e-3;                    ///< of beta1, >= 0
  bool decoupled_weight_decay = false;  ///< p is multiplied by 1 - lr * weight_decay instead, as in AdamW
  bool maximize = false;                ///< go up the gradient instead of down

  friend bool operator==(const NAdamOptions&, const NAdamOptions&) = default;
};

namespace detail {

struct NAdamRule {
  using Options = NAdamOptions;
  template <class T>
  using Scalars = NAdamScalars<T>;
  using Memory = PowerSquares<1>;

  static constexpr std::array<StateTensor, 2> tensors{{{"exp_avg", false}, {"exp_avg_sq", true}}};
  static constexpr std::array<const char*, 1> numbers{"mu_product"};
  static constexpr OptimizerKind kind{.name = "NAdam", .tensors = tensors, .numbers = numbers};

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

/// Adam with Nesterov's momentum. For step k = 1, 2, ... and gradient g (+ weight_decay * p):
///
///     u_k = beta1 (1 - 0.96^(k momentum_decay) / 2)
///     m = beta1 m + (1 - beta1) g            exp_avg
///     v = beta2 v + (1 - beta2) g^2          exp_avg_sq
///     d = sqrt(v / (1 - beta2^k)) + eps
///     p = p - lr (1 - u_k) / (1 - u_1 ... u_k) * g / d - lr u_(k+1) / (1 - u_1 ... u_(k+1)) * m / d
///
/// The product of all u is `mu_product`, in a float as in PyTorch.
/// T. Dozat, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html
template <Floating T>
class NAdam : public detail::RuleOptimizer<T, detail::NAdamRule> {
  using Base = detail::RuleOptimizer<T, detail::NAdamRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit NAdam(std::shared_ptr<ParameterBlock<T>> parameters, const NAdamOptions& options = {},
                 ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  NAdam(std::shared_ptr<ParameterBlock<T>> parameters,
        std::initializer_list<ParameterGroup<NAdamOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<NAdamOptions>> Group>
  NAdam(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
        ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/nadam.ipp>
#endif

#pragma once

// Adagrad.

#include <wick/base/thread_pool.hpp>
#include <wick/kernels/optimizer_scalars.hpp>
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

struct AdagradOptions {
  double lr = 1e-2;                      ///< step size, >= 0
  double lr_decay = 0;                   ///< the step size is divided by 1 + (k - 1) lr_decay, >= 0
  double weight_decay = 0;               ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  double initial_accumulator_value = 0;  ///< what the sum begins with, >= 0
  double eps = 1e-10;                    ///< added to the root of the sum, >= 0
  bool maximize = false;                 ///< go up the gradient instead of down

  friend bool operator==(const AdagradOptions&, const AdagradOptions&) = default;
};

namespace detail {

struct AdagradRule {
  using Options = AdagradOptions;
  template <class T>
  using Scalars = AdagradScalars<T>;

  static constexpr std::array<StateTensor, 1> tensors{{{"sum", true}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{
      .name = "Adagrad", .tensors = tensors, .numbers = numbers, .has_state_from_start = true};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& /*o*/) noexcept { return 1U; }
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  /// What the sum is before the first step.
  [[nodiscard]] static double start(const Options& o) noexcept { return o.initial_accumulator_value; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, Index n, const T* g, T* p, const std::array<T*, 1>& state) noexcept;
};

}  // namespace detail

/// Gradients over the root of the sum of their squares so far. For step k = 1, 2, ... and gradient g (+
/// weight_decay * p):
///
///     s = s + g^2                                          sum
///     p = p - lr / (1 + (k - 1) lr_decay) * g / (sqrt(s) + eps)
///
/// J. Duchi et al., https://jmlr.org/papers/v12/duchi11a.html;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
template <Floating T>
class Adagrad : public detail::RuleOptimizer<T, detail::AdagradRule> {
  using Base = detail::RuleOptimizer<T, detail::AdagradRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit Adagrad(std::shared_ptr<ParameterBlock<T>> parameters, const AdagradOptions& options = {},
                   ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  Adagrad(std::shared_ptr<ParameterBlock<T>> parameters,
          std::initializer_list<ParameterGroup<AdagradOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<AdagradOptions>> Group>
  Adagrad(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
          ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adagrad.ipp>
#endif

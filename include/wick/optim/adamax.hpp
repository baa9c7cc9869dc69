#pragma once

// Adamax.

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

struct AdamaxOptions {
  double lr = 2e-3;                                ///< step size, >= 0
  std::pair<double, double> betas = {0.9, 0.999};  ///< decay of the average and of the norm, each in [0, 1)
  double eps = 1e-8;                               ///< added to the size of the gradient, >= 0
  double weight_decay = 0;                         ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  bool maximize = false;                           ///< go up the gradient instead of down

  friend bool operator==(const AdamaxOptions&, const AdamaxOptions&) = default;
};

namespace detail {

struct AdamaxRule {
  using Options = AdamaxOptions;
  template <class T>
  using Scalars = AdamaxScalars<T>;
  using Memory = PowerSquares<1>;

  static constexpr std::array<StateTensor, 2> tensors{{{"exp_avg", false}, {"exp_inf", true}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{.name = "Adamax", .tensors = tensors, .numbers = numbers};

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

/// Adam with the largest gradient so far, which fades, in place of the average square. For step k = 1, 2, ...
/// and gradient g (+ weight_decay * p):
///
///     m = beta1 m + (1 - beta1) g            exp_avg
///     u = max(beta2 u, |g| + eps)            exp_inf
///     p = p - lr / (1 - beta1^k) * m / u
///
/// D. Kingma, J. Ba, https://arxiv.org/abs/1412.6980, section 7;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html
template <Floating T>
class Adamax : public detail::RuleOptimizer<T, detail::AdamaxRule> {
  using Base = detail::RuleOptimizer<T, detail::AdamaxRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit Adamax(std::shared_ptr<ParameterBlock<T>> parameters, const AdamaxOptions& options = {},
                  ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  Adamax(std::shared_ptr<ParameterBlock<T>> parameters,
         std::initializer_list<ParameterGroup<AdamaxOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<AdamaxOptions>> Group>
  Adamax(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
         ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adamax.ipp>
#endif

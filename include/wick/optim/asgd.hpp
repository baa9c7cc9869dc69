#pragma once

// Averaged stochastic gradient descent.

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

struct ASGDOptions {
  double lr = 1e-2;         ///< step size, >= 0
  double lambd = 1e-4;      ///< decay of the parameters
  double alpha = 0.75;      ///< power of the step size
  double t0 = 1e6;          ///< the step at which the averages begin
  double weight_decay = 0;  ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  bool maximize = false;    ///< go up the gradient instead of down

  friend bool operator==(const ASGDOptions&, const ASGDOptions&) = default;
};

namespace detail {

struct ASGDRule {
  using Options = ASGDOptions;
  template <class T>
  using Scalars = ASGDScalars<T>;

  static constexpr std::array<StateTensor, 1> tensors{{{"ax", false}}};
  static constexpr std::array<const char*, 2> numbers{"eta", "mu"};
  static constexpr OptimizerKind kind{.name = "ASGD", .tensors = tensors, .numbers = numbers};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& /*o*/) noexcept { return 1U; }
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, Index n, const T* g, T* p, const std::array<T*, 1>& state) noexcept;
};

}  // namespace detail

/// Stochastic gradient descent with an average of the parameters. For step k = 1, 2, ... and gradient g (+
/// weight_decay * p), with eta = lr and mu = 1 at first:
///
///     p = p (1 - lambd eta) - eta g
///     a = a + (p - a) mu                     ax, the average
///     eta = lr / (1 + lambd lr k)^alpha      floats, as in PyTorch
///     mu = 1 / max(1, k - t0)
///
/// B. Polyak, A. Juditsky, https://doi.org/10.1137/0330046;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html
template <Floating T>
class ASGD : public detail::RuleOptimizer<T, detail::ASGDRule> {
  using Base = detail::RuleOptimizer<T, detail::ASGDRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit ASGD(std::shared_ptr<ParameterBlock<T>> parameters, const ASGDOptions& options = {},
                ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  ASGD(std::shared_ptr<ParameterBlock<T>> parameters,
       std::initializer_list<ParameterGroup<ASGDOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<ASGDOptions>> Group>
  ASGD(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
       ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/asgd.ipp>
#endif

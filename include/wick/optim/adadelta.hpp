#pragma once

// Adadelta.

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

struct AdadeltaOptions {
  double lr = 1.0;          ///< step size, >= 0
  double rho = 0.9;         ///< decay of the two averages, in [0, 1]
  double eps = 1e-6;        ///< added to the averages under their roots, >= 0
  double weight_decay = 0;  ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  bool maximize = false;    ///< go up the gradient instead of down

  friend bool operator==(const AdadeltaOptions&, const AdadeltaOptions&) = default;
};

namespace detail {

struct AdadeltaRule {
  using Options = AdadeltaOptions;
  template <class T>
  using Scalars = AdadeltaScalars<T>;

  static constexpr std::array<StateTensor, 2> tensors{{{"square_avg", true}, {"acc_delta", true}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{.name = "Adadelta", .tensors = tensors, .numbers = numbers};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& /*o*/) noexcept { return 3U; }
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, Index n, const T* g, T* p, const std::array<T*, 2>& state) noexcept;
};

}  // namespace detail

/// Gradients over their average size, times the average size of the steps before. For gradient g (+
/// weight_decay * p):
///
///     v = rho v + (1 - rho) g^2              square_avg
///     d = sqrt(u + eps) / sqrt(v + eps) * g
///     u = rho u + (1 - rho) d^2              acc_delta
///     p = p - lr d
///
/// M. Zeiler, https://arxiv.org/abs/1212.5701;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
template <Floating T>
class Adadelta : public detail::RuleOptimizer<T, detail::AdadeltaRule> {
  using Base = detail::RuleOptimizer<T, detail::AdadeltaRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit Adadelta(std::shared_ptr<ParameterBlock<T>> parameters, const AdadeltaOptions& options = {},
                    ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  Adadelta(std::shared_ptr<ParameterBlock<T>> parameters,
           std::initializer_list<ParameterGroup<AdadeltaOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<AdadeltaOptions>> Group>
  Adadelta(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
           ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adadelta.ipp>
#endif

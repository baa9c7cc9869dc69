#pragma once

// Rprop, for gradients of all samples at once.

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

struct RpropOptions {
  double lr = 1e-2;                             ///< step size, >= 0
  std::pair<double, double> etas = {0.5, 1.2};  ///< what step sizes are multiplied by: 0 < first < 1 < second
  std::pair<double, double> step_sizes = {1e-6, 50};  ///< the smallest and the largest one
  bool maximize = false;                              ///< go up the gradient instead of down

  friend bool operator==(const RpropOptions&, const RpropOptions&) = default;
};

namespace detail {

struct RpropRule {
  using Options = RpropOptions;
  template <class T>
  using Scalars = RpropScalars<T>;

  static constexpr std::array<StateTensor, 2> tensors{{{"prev", false}, {"step_size", true}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{.name = "Rprop", .tensors = tensors, .numbers = numbers};

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

/// Each number has a step size of its own, lr at first. With g the gradient and h the one before:
///
///     g h > 0: its step size grows by etas.second
///     g h < 0: it shrinks by etas.first, and g = 0
///     p = p - sign(g) * step_size
///     h = g                                  prev
///
/// M. Riedmiller, H. Braun, https://doi.org/10.1109/ICNN.1993.298623;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html
template <Floating T>
class Rprop : public detail::RuleOptimizer<T, detail::RpropRule> {
  using Base = detail::RuleOptimizer<T, detail::RpropRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit Rprop(std::shared_ptr<ParameterBlock<T>> parameters, const RpropOptions& options = {},
                 ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  Rprop(std::shared_ptr<ParameterBlock<T>> parameters,
        std::initializer_list<ParameterGroup<RpropOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<RpropOptions>> Group>
  Rprop(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
        ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/rprop.ipp>
#endif

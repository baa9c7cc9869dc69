#pragma once

// RMSprop.

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

struct RMSpropOptions {
  double lr = 1e-2;         ///< step size, >= 0
  double alpha = 0.99;      ///< decay of the averages, >= 0
  double eps = 1e-8;        ///< added to the root of the average of squares, >= 0
  double weight_decay = 0;  ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  double momentum = 0;      ///< >= 0; 0: none
  bool centered = false;    ///< divide by the standard deviation of the gradient
  bool maximize = false;    ///< go up the gradient instead of down

  friend bool operator==(const RMSpropOptions&, const RMSpropOptions&) = default;
};

namespace detail {

struct RMSpropRule {
  using Options = RMSpropOptions;
  template <class T>
  using Scalars = RMSpropScalars<T>;

  static constexpr std::array<StateTensor, 3> tensors{
      {{"square_avg", true}, {"grad_avg", false}, {"momentum_buffer", false}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{.name = "RMSprop", .tensors = tensors, .numbers = numbers};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& o) noexcept {
    return 1U | (o.centered ? 2U : 0U) | (o.momentum > 0 ? 4U : 0U);
  }
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, Index n, const T* g, T* p, const std::array<T*, 3>& state) noexcept;
};

}  // namespace detail

/// Gradients over their average size. For gradient g (+ weight_decay * p):
///
///     v = alpha v + (1 - alpha) g^2          square_avg
///     a = alpha a + (1 - alpha) g            grad_avg, if centered: then v - a^2 takes the place of v below
///     d = g / (sqrt(v) + eps)
///     b = momentum b + d                     momentum_buffer, with momentum: b takes the place of d
///     p = p - lr d
///
/// T. Tieleman, G. Hinton, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
template <Floating T>
class RMSprop : public detail::RuleOptimizer<T, detail::RMSpropRule> {
  using Base = detail::RuleOptimizer<T, detail::RMSpropRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit RMSprop(std::shared_ptr<ParameterBlock<T>> parameters, const RMSpropOptions& options = {},
                   ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  RMSprop(std::shared_ptr<ParameterBlock<T>> parameters,
          std::initializer_list<ParameterGroup<RMSpropOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<RMSpropOptions>> Group>
  RMSprop(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
          ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/rmsprop.ipp>
#endif

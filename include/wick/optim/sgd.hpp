#pragma once

// Stochastic gradient descent.

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

struct SGDOptions {
  double lr = 1e-3;         ///< step size, >= 0
  double momentum = 0;      ///< of the velocity, >= 0; 0: none
  double dampening = 0;     ///< the gradient joins the velocity times 1 - dampening
  double weight_decay = 0;  ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  bool nesterov = false;    ///< look ahead; needs momentum, and no dampening
  bool maximize = false;    ///< go up the gradient instead of down

  friend bool operator==(const SGDOptions&, const SGDOptions&) = default;
};

namespace detail {

struct SGDRule {
  using Options = SGDOptions;
  template <class T>
  using Scalars = SGDScalars<T>;

  static constexpr std::array<StateTensor, 1> tensors{{{"momentum_buffer", false}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{
      .name = "SGD", .tensors = tensors, .numbers = numbers, .counts_steps = false};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& o) noexcept { return o.momentum != 0 ? 1U : 0U; }
  [[nodiscard]] static bool counts(const Options& o) noexcept { return o.momentum != 0; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, Index n, const T* g, T* p, const std::array<T*, 1>& state) noexcept;
};

}  // namespace detail

/// Stochastic gradient descent. With momentum and gradient g (+ weight_decay * p), where b is g at first:
///
///     b = momentum b + (1 - dampening) g     momentum_buffer
///     p = p - lr b                           with nesterov: p - lr (g + momentum b)
///
/// and without momentum p = p - lr g. As in PyTorch, there is no count of steps in the state.
/// I. Sutskever et al., https://proceedings.mlr.press/v28/sutskever13.html;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
template <Floating T>
class SGD : public detail::RuleOptimizer<T, detail::SGDRule> {
  using Base = detail::RuleOptimizer<T, detail::SGDRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit SGD(std::shared_ptr<ParameterBlock<T>> parameters, const SGDOptions& options = {},
               ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  SGD(std::shared_ptr<ParameterBlock<T>> parameters, std::initializer_list<ParameterGroup<SGDOptions>> groups,
      ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<SGDOptions>> Group>
  SGD(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
      ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/sgd.ipp>
#endif

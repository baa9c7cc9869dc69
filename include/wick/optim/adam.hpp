#pragma once

// Adam.

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

struct AdamOptions {
  double lr = 1e-3;                                ///< step size, >= 0
  std::pair<double, double> betas = {0.9, 0.999};  ///< decay of the two averages, each in [0, 1)
  double eps = 1e-8;                               ///< added to the root of the second average, >= 0
  double weight_decay = 0;                         ///< L2 penalty: weight_decay * p joins the gradient, >= 0
  bool amsgrad = false;                            ///< use the largest second average so far
  bool maximize = false;                           ///< go up the gradient instead of down

  friend bool operator==(const AdamOptions&, const AdamOptions&) = default;
};

namespace detail {

struct AdamRule {
  using Options = AdamOptions;
  template <class T>
  using Scalars = AdamScalars<T>;
  using Memory = PowerSquares<2>;

  static constexpr std::array<StateTensor, 3> tensors{
      {{"exp_avg", false}, {"exp_avg_sq", true}, {"max_exp_avg_sq", true}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{.name = "Adam", .tensors = tensors, .numbers = numbers};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& o) noexcept { return 3U | (o.amsgrad ? 4U : 0U); }
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own,
                                          Memory& memory) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, Index n, const T* g, T* p, const std::array<T*, 3>& state) noexcept;
};

}  // namespace detail

/// The average gradient over the average size of gradients. For step k = 1, 2, ... and gradient g (+
/// weight_decay * p):
///
///     m = beta1 m + (1 - beta1) g              exp_avg
///     v = beta2 v + (1 - beta2) g^2            exp_avg_sq
///     p = p - lr / (1 - beta1^k) * m / (sqrt(v) / sqrt(1 - beta2^k) + eps)
///
/// with v replaced by its largest value so far (max_exp_avg_sq) when amsgrad. Scalars are computed in double
/// and then rounded; every processor gives the same bits. Averages below the smallest normal number become 0:
/// they would move no parameter, and processors take long for such numbers.
///
/// Each parameter has its own k. One without a new gradient (see ParameterBlock::has_new_grad()) takes no
/// step: it stays as it is, weight decay included, with its averages and its k; so does a frozen one. One
/// that joins the block later begins at k = 1.
///
/// The optimizer shares the model's parameters: it keeps them alive, and works on
/// after the model was moved. A copy of the model has parameters of its own. An optimizer that was moved from
/// throws Error.
/// D. Kingma, J. Ba, https://arxiv.org/abs/1412.6980;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
template <Floating T>
class Adam : public detail::RuleOptimizer<T, detail::AdamRule> {
  using Base = detail::RuleOptimizer<T, detail::AdamRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit Adam(std::shared_ptr<ParameterBlock<T>> parameters, const AdamOptions& options = {},
                ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  Adam(std::shared_ptr<ParameterBlock<T>> parameters,
       std::initializer_list<ParameterGroup<AdamOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<AdamOptions>> Group>
  Adam(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
       ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adam.ipp>
#endif

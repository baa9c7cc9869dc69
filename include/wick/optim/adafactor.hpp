#pragma once

// Adafactor.

#include <wick/base/thread_pool.hpp>
#include <wick/optim/detail/rule_optimizer.hpp>
#include <wick/optim/parameter_group.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct AdafactorOptions {
  double lr = 1e-2;           ///< the largest relative step size, >= 0
  double beta2_decay = -0.8;  ///< an average takes in k^beta2_decay of what is new, <= 0
  /// Least of the averages, as a root, >= 0, or nothing: the machine epsilon of T; and the least size of a
  /// parameter that steps are relative to, >= 0.
  std::pair<std::optional<double>, double> eps = {std::nullopt, 1e-3};
  double d = 1;             ///< updates are scaled down to this root mean square, >= 1
  double weight_decay = 0;  ///< p is multiplied by 1 - lr * weight_decay, >= 0
  bool maximize = false;    ///< go up the gradient instead of down

  friend bool operator==(const AdafactorOptions&, const AdafactorOptions&) = default;
};

namespace detail {

struct AdafactorRule {
  using Options = AdafactorOptions;
  template <class T>
  struct Scalars {
    double sign;
    double keep;   ///< 1 - lr weight_decay
    double share;  ///< k^beta2_decay
    double rate;   ///< min(lr, 1 / sqrt(k))
    double eps1, eps2;
    double d;
  };

  /// The last one is room for sums and not kept.
  static constexpr std::array<StateTensor, 4> tensors{
      {{"row_var", true}, {"col_var", true}, {"variance", true}, {"", false}}};
  static constexpr std::array<const char*, 0> numbers{};
  static std::optional<Shape> shape_of(const Shape& parameter, std::size_t tensor);
  static constexpr OptimizerKind kind{
      .name = "Adafactor", .tensors = tensors, .numbers = numbers, .shape_of = &shape_of};
  static constexpr bool takes_whole_parameters = true;

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& /*o*/) noexcept { return 15U; }
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, const Shape& shape, const T* g, T* p,
                     const std::array<T*, 4>& state) noexcept;
};

}  // namespace detail

/// Gradients over their average size, of which it keeps that of the rows and of the columns of a matrix
/// alone. For step k = 1, 2, ... and gradient g, with averages that take in k^beta2_decay of what is new:
///
///     p = p (1 - lr weight_decay)
///     r = mean of g^2 along rows, c = mean of g^2 along columns        row_var, col_var
///     u = g / sqrt(max(r c / mean(r), eps1^2))                         of a vector g / sqrt(variance)
///     p = p - max(eps2, rms(p)) min(lr, 1 / sqrt(k)) u / max(1, rms(u) / d)
///
/// with rms(x) = sqrt(mean(x^2)), and rms(p) before weight decay. So it keeps a row and a column for each
/// matrix. Of tensors of more dimensions the last two are rows and columns. Sums are in double. Threads take
/// whole parameters.
/// N. Shazeer, M. Stern, https://arxiv.org/abs/1804.04235;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
template <Floating T>
class Adafactor : public detail::RuleOptimizer<T, detail::AdafactorRule> {
  using Base = detail::RuleOptimizer<T, detail::AdafactorRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included) or no parameters.
  explicit Adafactor(std::shared_ptr<ParameterBlock<T>> parameters, const AdafactorOptions& options = {},
                     ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup. Throws OptionError also for a
  /// path that names nothing, and for parameters in more than one group.
  Adafactor(std::shared_ptr<ParameterBlock<T>> parameters,
            std::initializer_list<ParameterGroup<AdafactorOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<AdafactorOptions>> Group>
  Adafactor(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
            ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/adafactor.ipp>
#endif

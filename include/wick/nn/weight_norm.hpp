#pragma once

// A weight as a length and a direction.

#include <wick/graph/statistics.hpp>
#include <wick/nn/detail/parametrized.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/axes.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct WeightNormOptions {
  /// There is a length for each index of this dimension; of nothing, which is Python's None, one for the
  /// whole weight. As in PyTorch -1 is that, too.
  std::optional<Index> dim = 0;
};

/// A module with a weight, Linear, Bilinear, Embedding or EmbeddingBag, which computes with g v / |v| in its
/// place, where |v| is the Euclidean norm of what has one index of a dimension. It is built from the
/// arguments of the module, behind options if there are any, and called as the module is:
///
///     wick::WeightNorm<wick::Linear<float>> up;
///     ... up(s / "up", 64, 256)
///     ... up(s / "up", wick::WeightNormOptions{.dim = 1}, 64, 256)
///
/// g is the parameter `parametrizations.weight.original0`, v `original1`. They begin with the norm of what
/// the module draws for its weight and with that, so that it computes what the module would. Where v is 0,
/// the weight is NaN, as in PyTorch.
///
/// Classes of one's own work, too: one that has `Scalar`, adds `weight` to its scope, and has `weight()`, its
/// slot, `extra_repr()`, and `with_weight(weight, x...)`, which is its call operator with a weight that is
/// given.
/// T. Salimans, D. Kingma, https://arxiv.org/abs/1602.07868;
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
template <class Module>
class WeightNorm {
 public:
  /// Throws what the module throws, IndexError for a dimension that the weight does not have and for a weight
  /// that is tied, and OptionError for an Embedding with max_norm.
  template <Floating T, class... Arguments>
  WeightNorm(const Scope<T>& scope, const WeightNormOptions& options, const Arguments&... arguments)
      : module_(detail::make_parametrized<Module>(scope, "original1", arguments...)),
        direction_(module_.weight()) {
    static_assert(detail::TakesWeight<Module>, "a module with a weight, see WeightNorm");
    const Shape& shape = direction_.shape;
    std::array<Index, Shape::max_rank> dims{};
    std::size_t rank = 0;
    std::vector<Index> others;
    if (options.dim && *options.dim != -1) {
      const std::size_t kept = detail::axis_of("weight_norm", *options.dim, shape.dim());
      rank = shape.dim();
      for (std::size_t d = 0; d < rank; ++d) {
        dims[d] = d == kept ? shape.dims()[d] : 1;
        if (d != kept) others.push_back(static_cast<Index>(d));
      }
      summed_ = Axes(std::span<const Index>(others));
    }
    const Scope<T> list = detail::tell_parametrized(scope, module_, "_WeightNorm");
    length_ = list.add("original0", Shape(std::span<const Index>(dims.data(), rank)));
    list.tie("original1", direction_).add("original1", shape);
    measure(scope.block());
  }
  template <Floating T, class... Arguments>
  explicit WeightNorm(const Scope<T>& scope, const Arguments&... arguments)
      : WeightNorm(scope, WeightNormOptions(), arguments...) {}

  /// g and v.
  [[nodiscard]] const Slot& original0() const noexcept { return length_; }
  /// v: the direction.
  [[nodiscard]] const Slot& original1() const noexcept { return direction_; }

  /// The weight that the module computes with: `weight(x.tape())`.
  template <class On>
  [[nodiscard]] auto weight(On& tape) const {
    const auto direction = tape.parameter(direction_);
    const auto length = tape.parameter(length_);
    if (length_.shape == direction_.shape) return direction * (length / abs(direction));
    return direction * (length / norm(direction, 2, summed_, length_.shape.dim() > 0));
  }

  /// What the module returns with that weight.
  template <class Input, class... More>
  requires detail::TakesWeightFor<Module, Input, More...>
  [[nodiscard]] auto operator()(const Input& x, const More&... more) const {
    return module_.with_weight(weight(detail::tape_of<Module>(x)), x, more...);
  }

 private:
  /// Sets g to the norms of v.
  template <Floating T>
  void measure(ParameterBlock<T>& block) const {
    const TensorView<const T> from = std::as_const(block).value(direction_);
    const TensorView<T> to = block.value(length_);
    // The place of a norm among all: outer dimensions times the kept one times inner ones.
    Index inner = 1;
    for (std::size_t d = length_.shape.dim(); d-- > 0 && length_.shape.dims()[d] == 1;)
      inner *= direction_.shape.dims()[d];
    if (to.numel() == 1) inner = from.numel();
    std::vector<double> squares(static_cast<std::size_t>(to.numel()), 0.0);
    for (Index i = 0; i < from.numel(); ++i) {
      const auto x = static_cast<double>(from.data()[i]);
      squares[static_cast<std::size_t>(i / inner % to.numel())] += x * x;
    }
    for (Index i = 0; i < to.numel(); ++i)
      to.data()[i] = static_cast<T>(std::sqrt(squares[static_cast<std::size_t>(i)]));
  }

  Module module_;
  Slot length_;
  Slot direction_;
  Axes summed_ = Axes::all();
};

WICK_END_NAMESPACE

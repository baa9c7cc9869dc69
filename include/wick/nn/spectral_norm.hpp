#pragma once

// A weight divided by its largest singular value.

#include <wick/autograd/reductions.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/matmul.hpp>
#include <wick/nn/detail/parametrized.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/random/distributions.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

struct SpectralNormOptions {
  Index n_power_iterations = 1;  ///< of each call in training, >= 1
  double eps = 1e-12;            ///< vectors are divided by no less than that
  Index dim = 0;                 ///< of the weight, that of its outputs; negative ones count from the end
};

/// A module with a weight, Linear, Bilinear, Embedding or EmbeddingBag, which computes with W / sigma in its
/// place, where sigma is the largest singular value of W as a matrix of the outputs and everything else. It
/// is built from the arguments of the module, behind options if there are any, and called as the module is:
///
///     wick::SpectralNorm<wick::Linear<float>> up;
///     ... up(s / "up", 64, 256)
///     ... up(s / "up", wick::SpectralNormOptions{.n_power_iterations = 2}, 64, 256)
///
/// sigma is u^T W v, with two buffers u and v, `parametrizations.weight.0._u` and `_v`, of norm 1. Each call
/// in training first improves them, which has no part in the gradient:
///
///     u = W v / |W v|,  v = W^T u / |W^T u|           n_power_iterations times
///
/// Otherwise they stay; programs have them as constants, with the values of when they were traced. They begin
/// with normal numbers, drawn behind the module's own in PyTorch's order, and 15 + n_power_iterations steps.
/// W is the parameter `parametrizations.weight.original`. For classes of one's own see WeightNorm. T. Miyato
/// et al., https://arxiv.org/abs/1802.05957;
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
template <class Module>
class SpectralNorm {
 public:
  /// Throws what the module throws, IndexError for a dimension that the weight does not have and for a weight
  /// that is tied, and OptionError for n_power_iterations < 1, a negative eps, and an Embedding with
  /// max_norm.
  template <Floating T, class... Arguments>
  SpectralNorm(const Scope<T>& scope, const SpectralNormOptions& options, const Arguments&... arguments)
      : options_(checked(scope, options)),
        module_(detail::make_parametrized<Module>(scope, "original", arguments...)),
        original_(module_.weight()) {
    static_assert(detail::TakesWeight<Module>, "a module with a weight, see WeightNorm");
    const detail::Along matrix("spectral_norm", options_.dim, original_.shape);
    const Scope<T> list = detail::tell_parametrized(scope, module_, "_SpectralNorm");
    list.tie("original", original_).add("original", original_.shape);
    left_ = (list / "0").add_buffer("_u", Shape{matrix.size});
    right_ = (list / "0").add_buffer("_v", Shape{matrix.outer * matrix.inner});
    if (!scope.draws()) return;
    ParameterBlock<T>& block = scope.block();
    for (const Slot* const each : {&left_, &right_}) {
      normal_(block.buffer(*each), 0, 1, scope.generator());
      normalise(block.buffer(*each));
    }
    GemmScratch<T> scratch;
    iterate(block, scratch, 15 + options_.n_power_iterations);  // as PyTorch, which calls it once
  }
  template <Floating T, class... Arguments>
  explicit SpectralNorm(const Scope<T>& scope, const Arguments&... arguments)
      : SpectralNorm(scope, SpectralNormOptions(), arguments...) {}

  /// What it was made with.
  [[nodiscard]] const SpectralNormOptions& options() const noexcept { return options_; }
  /// W
  [[nodiscard]] const Slot& original() const noexcept { return original_; }

  /// The weight that the module computes with: `weight(x.tape())`. In training that is a call as any other.
  template <class On>
  [[nodiscard]] auto weight(On& tape) const {
    auto& block = tape.block();
    if constexpr (requires { tape.scratch(); }) {
      if (tape.training()) iterate(block, tape.scratch(), options_.n_power_iterations);
    }
    using T = typename Module::Scalar;
    const auto original = tape.parameter(original_);
    const detail::Along matrix("spectral_norm", options_.dim, original_.shape);
    const auto constant = [&](const Slot& slot, const Shape& shape) {
      return tape.constant(TensorView<const T>(block.buffer(slot).data(), shape));
    };
    if (matrix.outer == 1) {
      const auto product = matmul(reshape(original, Shape{matrix.size, matrix.inner}),
                                  constant(right_, Shape{matrix.inner, 1}));
      return original / sum(constant(left_, Shape{matrix.size, 1}) * product);
    }
    const auto product = sum(reshape(original, Shape{matrix.outer, matrix.size, matrix.inner}) *
                                 constant(right_, Shape{matrix.outer, 1, matrix.inner}),
                             Axes{0, 2});
    return original / sum(constant(left_, Shape{matrix.size}) * product);
  }

  /// What the module returns with that weight.
  template <class Input, class... More>
  requires detail::TakesWeightFor<Module, Input, More...>
  [[nodiscard]] auto operator()(const Input& x, const More&... more) const {
    return module_.with_weight(weight(detail::tape_of<Module>(x)), x, more...);
  }

 private:
  template <Floating T>
  [[nodiscard]] static const SpectralNormOptions& checked(const Scope<T>& scope,
                                                          const SpectralNormOptions& options) {
    const auto refuse = [&](const std::string& what) {
      throw OptionError(scope.described("spectral_norm") + ": " + what);
    };
    if (options.n_power_iterations < 1) {
      refuse("Expected n_power_iterations to be positive, but got n_power_iterations=" +
             std::to_string(options.n_power_iterations));
    }
    if (!(options.eps >= 0)) refuse("eps must be >= 0");
    return options;
  }

  /// x / max(|x|, eps)
  template <Floating T>
  void normalise(TensorView<T> x) const {
    double squares = 0;
    for (const T each : x.span()) squares += static_cast<double>(each) * static_cast<double>(each);
    const double norm = std::sqrt(squares);
    const T divisor = static_cast<T>(norm < options_.eps ? options_.eps : norm);  // NaN stays
    for (T& each : x.span()) each /= divisor;
  }

  /// Improves u and v.
  template <Floating T>
  void iterate(ParameterBlock<T>& block, GemmScratch<T>& scratch, Index times) const {
    const detail::Along matrix("spectral_norm", options_.dim, original_.shape);
    const T* const weight = std::as_const(block).value(original_).data();
    const TensorView<T> u = block.buffer(left_);
    const TensorView<T> v = block.buffer(right_);
    for (Index k = 0; k < times; ++k) {
      u.fill(T(0));
      for (Index i = 0; i < matrix.outer; ++i) {
        gemv(matrix.size, matrix.inner, weight + i * matrix.size * matrix.inner, v.data() + i * matrix.inner,
             u.data());
      }
      normalise(u);
      for (Index i = 0; i < matrix.outer; ++i) {
        gemm<Trans::no, Trans::no>(1, matrix.inner, matrix.size, u.data(),
                                   weight + i * matrix.size * matrix.inner, v.data() + i * matrix.inner,
                                   Accumulate::no, scratch);
      }
      normalise(v);
    }
  }

  SpectralNormOptions options_;
  Module module_;
  Slot original_;
  Slot left_;
  Slot right_;
};

WICK_END_NAMESPACE

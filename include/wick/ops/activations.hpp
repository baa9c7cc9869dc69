#pragma once

// Activation functions. Each is written once, for tensors, for variables (include autograd/activations.hpp)
// and for the symbols of a program: what it is called with has to be known.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/activation_functions.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The type of the numbers of a tensor, variable or symbol.
template <class Value>
struct NumberOf {
  using type = typename std::remove_cvref_t<Value>::Scalar;
};
template <TensorOperand Value>
struct NumberOf<Value> {
  using type = ElementOf<Value>;
};
/// A number beside x.
template <class Value>
[[nodiscard]] constexpr auto number_beside(const Value& /*x*/, double number) noexcept {
  return static_cast<typename NumberOf<Value>::type>(number);
}

/// An activation as a function for map().
template <class Function, Floating T>
struct ActivationOfElements {
  static constexpr const char* name = Function::name;
  T number;

  T operator()(T x) const {
    loop(&x, 1, &x);
    return x;
  }
  void loop(const T* x, Index n, T* y) const { detail::kernels::activate(Function(), x, number, y, n); }
};

/// The activations of numbers. Those of variables are in autograd/activations.hpp, of symbols in
/// graph/activations.hpp, found by their first argument.
template <class Function, FloatOperand Tx>
[[nodiscard]] auto activated(Function /*which*/, Tx&& x, double number) {
  using T = ElementOf<Tx>;
  return map(ActivationOfElements<Function, T>{static_cast<T>(number)}, std::forward<Tx>(x));
}

/// x above the number, else y. NaN stays.
struct Threshold {
  static constexpr const char* name = "threshold";
  template <Floating T>
  static T apply(T x, T y, T number) noexcept {
    return x <= number ? y : x;
  }
};
template <FloatOperand Tx>
[[nodiscard]] auto activated(Threshold /*which*/, Tx&& x, double threshold, double value) {
  using T = ElementOf<Tx>;
  return map(
      [t = static_cast<T>(threshold), v = static_cast<T>(value)](T e) { return Threshold::apply(e, v, t); },
      std::forward<Tx>(x));
}

// Of integers: as in PyTorch, the numbers beside them are cut to integers.
template <IntegerOperand Tx>
[[nodiscard]] auto activated(Threshold /*which*/, Tx&& x, double threshold, double value) {
  using T = ElementOf<Tx>;
  return map([t = element_from<T>(threshold), v = element_from<T>(value)](T e) { return e <= t ? v : e; },
             std::forward<Tx>(x));
}
template <IntegerOperand Tx>
[[nodiscard]] auto activated(HardtanhMin /*which*/, Tx&& x, double bound) {
  using T = ElementOf<Tx>;
  if (std::is_unsigned_v<T> && bound < 0)
    throw OptionError("hardtanh: cannot do hardtanh on an unsigned type with negative limits, got " +
                      python_repr(bound));
  return map([low = element_from<T>(bound)](T e) { return e < low ? low : e; }, std::forward<Tx>(x));
}
template <IntegerOperand Tx>
[[nodiscard]] auto activated(HardtanhMax /*which*/, Tx&& x, double bound) {
  using T = ElementOf<Tx>;
  return map([high = element_from<T>(bound)](T e) { return e > high ? high : e; }, std::forward<Tx>(x));
}

/// x above 0, else x times its weight.
struct Prelu {
  static constexpr const char* name = "prelu";
  template <Floating T>
  static T apply(T x, T weight) noexcept {
    return x > T(0) ? x : weight * x;
  }
};
template <FloatOperand Tx, TensorOperand Tw>
requires std::same_as<ElementOf<Tx>, ElementOf<Tw>>
[[nodiscard]] auto activated(Prelu /*which*/, Tx&& x, const Tw& weight) {
  return map(ComputedIn<Prelu, ElementOf<Tx>>{}, std::forward<Tx>(x), weight);
}

/// The shape in which the weights of prelu() broadcast to x. Throws ShapeError unless there is one, or one
/// for each channel.
[[nodiscard]] Shape prelu_weight_shape(const Shape& x, const Shape& weight);

/// Throws OptionError unless lower <= upper.
void check_rrelu(double lower, double upper);

}  // namespace detail

// Functions of each element; tensors are of floating-point numbers (of hardtanh(), relu6(), softsign(),
// tanhshrink() and threshold() of integers too), and the memory of a temporary is reused.
// At NaN and infinities they give what PyTorch gives.

/// x for x > 0, else negative_slope * x.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
template <class Value>
[[nodiscard]] auto leaky_relu(Value&& x, double negative_slope = 0.01) {
  return activated(detail::LeakyRelu(), std::forward<Value>(x), negative_slope);
}
/// x for x > 0, else alpha (exp(x) - 1).
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
template <class Value>
[[nodiscard]] auto elu(Value&& x, double alpha = 1.0) {
  return activated(detail::Elu(), std::forward<Value>(x), alpha);
}
/// 1.0507009873554805 elu(x, 1.6732632423543772): keeps mean 0 and variance 1.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
template <class Value>
[[nodiscard]] auto selu(Value&& x) {
  return activated(detail::Selu(), std::forward<Value>(x), 0.0);
}
/// x for x > 0, else alpha (exp(x / alpha) - 1). Throws OptionError for alpha = 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
template <class Value>
[[nodiscard]] auto celu(Value&& x, double alpha = 1.0) {
  if (alpha == 0) throw OptionError("celu: alpha cannot be 0 for CELU");
  return activated(detail::Celu(), std::forward<Value>(x), alpha);
}
/// x sigmoid(x), also called swish.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
template <class Value>
[[nodiscard]] auto silu(Value&& x) {
  return activated(detail::Silu(), std::forward<Value>(x), 0.0);
}
/// x tanh(softplus(x)). https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
template <class Value>
[[nodiscard]] auto mish(Value&& x) {
  return activated(detail::Mish(), std::forward<Value>(x), 0.0);
}
/// log(1 + exp(beta x)) / beta, and x where beta x > threshold.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
template <class Value>
[[nodiscard]] auto softplus(Value&& x, double beta = 1.0, double threshold = 20.0) {
  const auto scale = detail::number_beside(x, beta);
  if (beta == 1) return activated(detail::Softplus(), std::forward<Value>(x), threshold);
  auto y = activated(detail::Softplus(), std::forward<Value>(x) * scale, threshold);
  return std::move(y) / scale;
}
/// log(sigmoid(x)). https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
template <class Value>
[[nodiscard]] auto logsigmoid(Value&& x) {
  return activated(detail::LogSigmoid(), std::forward<Value>(x), 0.0);
}
/// min(max(x, min_val), max_val); the derivative is 0 at both bounds. Throws OptionError for min_val above
/// max_val. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
template <class Value>
[[nodiscard]] auto hardtanh(Value&& x, double min_val = -1.0, double max_val = 1.0) {
  if (min_val > max_val) throw OptionError("hardtanh: min_val cannot be greater than max_val");
  return activated(detail::HardtanhMax(), activated(detail::HardtanhMin(), std::forward<Value>(x), min_val),
                   max_val);
}
/// min(max(x, 0), 6). https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
template <class Value>
[[nodiscard]] auto relu6(Value&& x) {
  return hardtanh(std::forward<Value>(x), 0.0, 6.0);
}
/// relu6(x + 3) / 6. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
template <class Value>
[[nodiscard]] auto hardsigmoid(Value&& x) {
  return activated(detail::Hardsigmoid(), std::forward<Value>(x), 0.0);
}
/// x relu6(x + 3) / 6. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
template <class Value>
[[nodiscard]] auto hardswish(Value&& x) {
  return activated(detail::Hardswish(), std::forward<Value>(x), 0.0);
}
/// 0 for -lambd <= x <= lambd, else x.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
template <class Value>
[[nodiscard]] auto hardshrink(Value&& x, double lambd = 0.5) {
  return activated(detail::Hardshrink(), std::forward<Value>(x), lambd);
}
/// 0 for -lambd <= x <= lambd, else x less lambd, or more, towards 0. Throws OptionError for a negative
/// lambd. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
template <class Value>
[[nodiscard]] auto softshrink(Value&& x, double lambd = 0.5) {
  using T = typename detail::NumberOf<std::remove_cvref_t<Value>>::type;
  if (!(lambd >= 0 && lambd <= static_cast<double>((std::numeric_limits<T>::max)()))) {
    throw OptionError("softshrink: lambda must be in range [0, " +
                      python_repr(static_cast<double>((std::numeric_limits<T>::max)())) + "], but found " +
                      python_repr(lambd));
  }
  return activated(detail::Softshrink(), std::forward<Value>(x), lambd);
}
/// x / (1 + |x|). https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
template <class Value>
[[nodiscard]] auto softsign(const Value& x) {
  return x / (abs(x) + detail::number_beside(x, 1));
}
/// x - tanh(x). https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html
template <class Value>
[[nodiscard]] auto tanhshrink(const Value& x) {
  return x - tanh(x);
}
/// x for x > threshold, else value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
template <class Value>
[[nodiscard]] auto threshold(Value&& x, double threshold, double value) {
  return activated(detail::Threshold(), std::forward<Value>(x), threshold, value);
}
/// x for x > 0, else weight * x: one weight, or one for each index of dimension 1. Throws ShapeError for
/// others. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
template <class Value, class Weight>
[[nodiscard]] auto prelu(const Value& x, const Weight& weight) {
  const Shape shape = detail::prelu_weight_shape(x.shape(), weight.shape());
  return activated(detail::Prelu(), x, reshape(weight, shape));
}

/// gelu(x, "tanh").
template <detail::FloatOperand Tx>
[[nodiscard]] auto gelu_tanh(Tx&& x) {
  struct Formula {
    void loop(const ElementOf<Tx>* in, Index n, ElementOf<Tx>* out) const {
      detail::kernels::gelu_tanh(in, out, n);
    }
    ElementOf<Tx> operator()(ElementOf<Tx> e) const {
      loop(&e, 1, &e);
      return e;
    }
  };
  return map(Formula(), std::forward<Tx>(x));
}
/// x times the normal distribution's function at x; with approximate = "tanh"
/// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. Throws OptionError unless it is "none" or "tanh".
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
template <class Value>
[[nodiscard]] auto gelu(Value&& x, std::string_view approximate = "none") {
  if (approximate != "none" && approximate != "tanh") {
    throw OptionError("gelu: approximate argument must be either none or tanh, got " +
                      detail::python_quoted(approximate));
  }
  if (approximate == "tanh") return gelu_tanh(std::forward<Value>(x));
  return activated(detail::Gelu(), std::forward<Value>(x), 0.0);
}

// Along a dimension. Throw IndexError for one that x does not have.

/// The first half times the sigmoid of the second. Throws ShapeError for a dimension of odd size.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
template <class Value>
[[nodiscard]] auto glu(const Value& x, Index dim = -1) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw ShapeError("glu: glu does not support 0-dimensional tensors");
  const std::size_t axis = detail::axis_of("glu", dim, shape.dim());
  const Index size = shape.dims()[axis];
  if (size % 2 != 0) {
    throw ShapeError("glu: Halving dimension must be even, but dimension " + std::to_string(axis) +
                     " is size " + std::to_string(size));
  }
  // In order, unlike the operands of a product.
  const auto first = narrow(x, dim, 0, size / 2);
  return first * sigmoid(narrow(x, dim, size / 2, size / 2));
}

/// log(softmax(x)) over the last dimension.
template <detail::FloatOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> log_softmax(const Tx& x) {
  const auto in = detail::view_of_operand(x);
  Tensor<ElementOf<Tx>> y(in.shape());
  const Index cols = detail::matrix_cols(in.shape());
  if (cols > 0) detail::log_softmax_rows(in.numel() / cols, cols, in.data(), y.data());
  return y;
}
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/activations.ipp>
#endif

#pragma once

// Definitions of autograd/activations.hpp.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/detail/greater.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/activations.hpp>
#include <wick/kernels/activation_functions.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/random/distributions.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The second derivative of an activation, from operations; false: it is 0 wherever there is one.
template <class Function, Floating T>
inline constexpr bool second_derivative = false;

// Of x below 0: where x is above, exp(-relu(-x)) is 1 and does not overflow.
template <Floating T>
[[nodiscard]] Var<T> exp_below(const Var<T>& x) {
  return (T(1) - greater(x, T(0))) * exp(-relu(-x));
}
template <Floating T>
inline constexpr auto second_derivative<Elu, T> = [](const Var<T>& x, T a) { return exp_below(x) * a; };
template <Floating T>
inline constexpr auto second_derivative<Selu, T> = [](const Var<T>& x, T /*unused*/) {
  return exp_below(x) * T(1.6732632423543772848 * 1.0507009873554804934);
};
template <Floating T>
inline constexpr auto second_derivative<Celu, T> =
    [](const Var<T>& x, T a) { return (T(1) - greater(x, T(0))) * exp(-relu(-x) / a) / a; };
/// With s = sigmoid(x): s (1 - s) (2 + x (1 - 2 s)).
template <Floating T>
inline constexpr auto second_derivative<Silu, T> = [](const Var<T>& x, T /*unused*/) {
  const Var<T> s = sigmoid(x);
  return s * sigmoid(-x) * (x * (T(1) - T(2) * s) + T(2));
};
/// The density times 2 - x^2.
template <Floating T>
inline constexpr auto second_derivative<Gelu, T> = [](const Var<T>& x, T /*unused*/) {
  const Var<T> x2 = square(x);
  return exp(x2 * T(-0.5)) * T(0.39894228040143267794) * (T(2) - x2);
};
/// With t = tanh(softplus(x)), t' = (1 - t^2) s and s' = s (1 - s): 2 t' + x t'', t'' = t' (1 - s - 2 t s).
template <Floating T>
inline constexpr auto second_derivative<Mish, T> = [](const Var<T>& x, T /*unused*/) {
  const Var<T> s = sigmoid(x);
  const Var<T> t = tanh(softplus(x));
  const Var<T> slope = (T(1) - square(t)) * s;
  return slope * (x * (T(1) - s - T(2) * t * s) + T(2));
};
template <Floating T>
inline constexpr auto second_derivative<Softplus, T> =
    [](const Var<T>& x, T a) { return sigmoid(x) * sigmoid(-x) * (T(1) - greater(x, a)); };
template <Floating T>
inline constexpr auto second_derivative<LogSigmoid, T> =
    [](const Var<T>& x, T /*unused*/) { return -(sigmoid(x) * sigmoid(-x)); };
template <Floating T>
inline constexpr auto second_derivative<Hardswish, T> =
    [](const Var<T>& x, T /*unused*/) { return greater(x, T(-3)) * greater(-x, T(-3)) / T(3); };
template <Floating T>
inline constexpr auto second_derivative<Huber, T> =
    [](const Var<T>& x, T a) { return greater(x, -a) * greater(-x, -a); };

/// `<name>_gradient`
template <class Function>
inline constexpr auto gradient_name = [] {
  constexpr std::string_view name = Function::name;
  constexpr std::string_view end = "_gradient";
  std::array<char, name.size() + end.size() + 1> text{};
  for (std::size_t i = 0; i < name.size(); ++i) text[i] = name[i];
  for (std::size_t i = 0; i < end.size(); ++i) text[name.size() + i] = end[i];
  return text;
}();

/// dy f'(x), of dy and x.
template <class Function, Floating T>
inline constexpr Rule<T> activation_gradient_rule{
    .name = gradient_name<Function>.data(),
    .keeps = Keeps::input,
    .apply =
        [](const Stretch<T>& s) {
          detail::kernels::activation_gradient(Function(), s.other, s.number, s.in, s.out, s.n);
        },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
          const std::array<int, 3> in = tape.node(id).in;
          const T number = tape.node(id).number;
          to.add(in[0], [&] {
            return tape.elementwise(activation_gradient_rule<Function, T>, g, tape.kept(id, 1), number);
          });
          if constexpr (!std::is_same_v<decltype(second_derivative<Function, T>), const bool>) {
            to.add(in[1], [&] {
              return g * tape.kept(id, 0) * second_derivative<Function, T>(tape.kept(id, 1), number);
            });
          }
        }};
template <class Function, Floating T>
inline constexpr Rule<T> rule_of_activation{
    .name = Function::name,
    .keeps = Keeps::input,
    .apply = activation_operation<Function, T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] {
        return tape.elementwise(activation_gradient_rule<Function, T>, dy, tape.kept(id, 0),
                                tape.node(id).number);
      });
    }};
template <class Function, Floating T>
const Rule<T>& activation_rule(Function /*which*/) {
  return rule_of_activation<Function, T>;
}

// Its derivative is that of hardtanh's lower bound.
template <Floating T>
inline constexpr Rule<T> threshold_rule{
    .name = Threshold::name,
    .keeps = Keeps::input,
    .apply = threshold_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      to.add(in[0], [&] {
        return tape.elementwise(activation_gradient_rule<HardtanhMin, T>, dy, tape.kept(id, 0),
                                tape.node(id).number);
      });
      to.add(in[1], [&] { return dy * (T(1) - greater(tape.kept(id, 0), tape.node(id).number)); });
    }};
template <Floating T>
Var<T> activated(Threshold /*which*/, const Var<T>& x, double threshold, const Var<T>& values) {
  return x.tape().elementwise(threshold_rule<T>, x, values, static_cast<T>(threshold));
}
template <Floating T>
Var<T> activated(Threshold which, const Var<T>& x, double threshold, double value) {
  const T number = static_cast<T>(value);
  const Var<T> one = x.tape().constant(TensorView<const T>(&number, Shape{}));
  return activated(which, x, threshold, expand(one, x.shape()));
}

// 1 where x is above 0, else the weight, of x and weights.
template <Floating T>
inline constexpr Rule<T> prelu_slope_rule{
    .name = "prelu_slope",
    .keeps = Keeps::input,
    .apply = [](const Stretch<T>& s) { detail::kernels::prelu_slope(s.in, s.other, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
          to.add(tape.node(id).in[1], [&] { return dy * (T(1) - greater(tape.kept(id, 0), T(0))); });
        }};
template <Floating T>
inline constexpr Rule<T> prelu_rule{
    .name = Prelu::name,
    .keeps = Keeps::input,
    .apply = prelu_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      const Var<T> x = tape.kept(id, 0);
      to.add(in[0], [&] { return dy * tape.elementwise(prelu_slope_rule<T>, x, tape.kept(id, 1)); });
      to.add(in[1], [&] { return dy * activated(HardtanhMax(), x, 0); });
    }};
template <Floating T>
Var<T> activated(Prelu /*which*/, const Var<T>& x, const Var<T>& weight) {
  return x.tape().elementwise(prelu_rule<T>, x, expand(weight, x.shape()));
}

}  // namespace detail

template <Floating T>
Var<T> rrelu(const Var<T>& x, double lower, double upper) {
  detail::check_rrelu(lower, upper);
  Tape<T>& tape = x.tape();
  if (!tape.training()) return leaky_relu(x, (lower + upper) / 2);
  const int in = tape.operand(x);
  const T* const from = tape.value(in);
  const Index n = x.numel();
  T* const slopes = tape.arena().template take<T>(n);
  // No branch that depends on a sign, which nothing can foresee: first where numbers are drawn, then those.
  constexpr Index stretch = 256;
  std::array<Index, 256> places{};
  std::array<std::uint32_t, 512> words{};
  for (Index begin = 0; begin < n; begin += stretch) {
    const Index end = (std::min)(begin + stretch, n);
    std::size_t count = 0;
    for (Index i = begin; i < end; ++i) {
      slopes[i] = T(1);
      places[count] = i;
      count += from[i] <= T(0) ? 1 : 0;
    }
    tape.generator().random32(std::span(words).first(2 * count));
    for (std::size_t k = 0; k < count; ++k) {
      const double drawn = detail::uniform53(words[2 * k], words[2 * k + 1]);
      slopes[places[k]] = static_cast<T>(drawn * (upper - lower) + lower);
    }
  }
  return x * tape.constant(TensorView<const T>(slopes, x.shape()));
}

namespace detail {

/// alpha_dropout() in training, with draws of this shape.
template <Floating T>
[[nodiscard]] Var<T> alpha_dropped(const Var<T>& x, double p, const Shape& draws) {
  Tape<T>& tape = x.tape();
  if (p == 1) return mul(x, T(0));
  constexpr double alpha = 1.7580993408473766;
  const double scale = 1 / std::sqrt((alpha * alpha * p + 1) * (1 - p));
  const Index n = draws.numel();
  T* const kept = tape.arena().template take<T>(n);
  T* const added = tape.arena().template take<T>(n);
  bernoulli_(TensorView<T>(kept, draws), 1 - p, tape.generator());
  for (Index i = 0; i < n; ++i) {
    added[i] = (kept[i] - T(1)) * static_cast<T>(alpha * scale) + static_cast<T>(alpha * scale * p);
    kept[i] *= static_cast<T>(scale);
  }
  const Var<T> y = x * tape.constant(TensorView<const T>(kept, draws));
  return y + tape.constant(TensorView<const T>(added, draws));
}

}  // namespace detail

template <Floating T>
Var<T> alpha_dropout(const Var<T>& x, double p) {
  detail::check_dropout(p);
  if (!x.tape().training() || p == 0) return x;
  return detail::alpha_dropped(x, p, x.shape());
}

template <Floating T>
Var<T> feature_alpha_dropout(const Var<T>& x, double p) {
  detail::check_dropout(p);
  if (!x.tape().training() || p == 0) return x;
  const Shape shape = x.shape();
  detail::check_feature_dropout(shape);
  std::array<Index, Shape::max_rank> dims{};
  dims.fill(1);
  std::ranges::copy(shape.dims().first(2), dims.begin());
  return detail::alpha_dropped(x, p, Shape(std::span<const Index>(dims.data(), shape.dim())));
}

#ifdef WICK_COMPILED
namespace detail {
template const Rule<float>& activation_rule(LeakyRelu);
template const Rule<float>& activation_rule(Elu);
template const Rule<float>& activation_rule(Selu);
template const Rule<float>& activation_rule(Celu);
template const Rule<float>& activation_rule(Silu);
template const Rule<float>& activation_rule(Gelu);
template const Rule<float>& activation_rule(Mish);
template const Rule<float>& activation_rule(Softplus);
template const Rule<float>& activation_rule(LogSigmoid);
template const Rule<float>& activation_rule(HardtanhMin);
template const Rule<float>& activation_rule(HardtanhMax);
template const Rule<float>& activation_rule(Hardsigmoid);
template const Rule<float>& activation_rule(Hardswish);
template const Rule<float>& activation_rule(Hardshrink);
template const Rule<float>& activation_rule(Softshrink);
template const Rule<float>& activation_rule(AtLeast);
template const Rule<float>& activation_rule(Huber);
template Var<float> activated(Threshold, const Var<float>&, double, double);
template Var<float> activated(Threshold, const Var<float>&, double, const Var<float>&);
template Var<float> activated(Prelu, const Var<float>&, const Var<float>&);
template const Rule<double>& activation_rule(LeakyRelu);
template const Rule<double>& activation_rule(Elu);
template const Rule<double>& activation_rule(Selu);
template const Rule<double>& activation_rule(Celu);
template const Rule<double>& activation_rule(Silu);
template const Rule<double>& activation_rule(Gelu);
template const Rule<double>& activation_rule(Mish);
template const Rule<double>& activation_rule(Softplus);
template const Rule<double>& activation_rule(LogSigmoid);
template const Rule<double>& activation_rule(HardtanhMin);
template const Rule<double>& activation_rule(HardtanhMax);
template const Rule<double>& activation_rule(Hardsigmoid);
template const Rule<double>& activation_rule(Hardswish);
template const Rule<double>& activation_rule(Hardshrink);
template const Rule<double>& activation_rule(Softshrink);
template const Rule<double>& activation_rule(AtLeast);
template const Rule<double>& activation_rule(Huber);
template Var<double> activated(Threshold, const Var<double>&, double, double);
template Var<double> activated(Threshold, const Var<double>&, double, const Var<double>&);
template Var<double> activated(Prelu, const Var<double>&, const Var<double>&);
}  // namespace detail
template Var<float> rrelu(const Var<float>&, double, double);
template Var<float> alpha_dropout(const Var<float>&, double);
template Var<float> feature_alpha_dropout(const Var<float>&, double);
template Var<double> rrelu(const Var<double>&, double, double);
template Var<double> alpha_dropout(const Var<double>&, double);
template Var<double> feature_alpha_dropout(const Var<double>&, double);
#endif

WICK_END_NAMESPACE

#pragma once

// Definitions of autograd/elementwise.hpp: for each operation its rule, and the function that users call.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/detail/add_rule.hpp>
#include <wick/autograd/detail/recorded.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/ops/activation.hpp>
#include <wick/ops/broadcast.hpp>

#include <array>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> sub_rule{.name = "sub",
                                  .apply = sub_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    const std::array<int, 3> in = tape.node(id).in;
                                    to.add(in[0], [&] { return dy; });
                                    to.add(in[1], [&] { return -dy; });
                                  }};
template <Floating T>
inline constexpr Rule<T> sub_reversed_rule{
    .name = "sub",
    .apply = sub_reversed_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      to.add(in[0], [&] { return -dy; });
      to.add(in[1], [&] { return dy; });
    }};

template <Floating T>
inline constexpr Rule<T> mul_rule{.name = "mul",
                                  .keeps = Keeps::input,
                                  .apply = mul_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    const std::array<int, 3> in = tape.node(id).in;
                                    to.add(in[0], [&] { return dy * tape.kept(id, 1); });
                                    to.add(in[1], [&] { return dy * tape.kept(id, 0); });
                                  }};

template <Floating T>
void derive_quotient(Tape<T>& tape, int id, int above, int below, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  to.add(in[static_cast<std::size_t>(above)], [&] { return dy / tape.kept(id, below); });
  to.add(in[static_cast<std::size_t>(below)],
         [&] { return -(dy * Var<T>(tape, id)) / tape.kept(id, below); });
}
template <Floating T>
inline constexpr Rule<T> div_rule{.name = "div",
                                  .keeps = Keeps::output,
                                  .apply = div_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    derive_quotient(tape, id, 0, 1, dy, to);
                                  }};
template <Floating T>
inline constexpr Rule<T> div_reversed_rule{
    .name = "div",
    .keeps = Keeps::input,
    .apply = div_reversed_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      derive_quotient(tape, id, 1, 0, dy, to);
    }};

template <Floating T>
inline constexpr Rule<T> mul_number_rule{
    .name = "mul",
    .apply = mul_number_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] { return mul(dy, tape.node(id).number); });
    }};
template <Floating T>
inline constexpr Rule<T> div_number_rule{
    .name = "div",
    .apply = div_number_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] { return div(dy, tape.node(id).number); });
    }};
template <Floating T>
inline constexpr Rule<T> add_number_rule{
    .name = "add",
    .apply = add_number_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] { return dy; });
    }};

template <Floating T>
inline constexpr Rule<T> exp_rule{.name = "exp",
                                  .keeps = Keeps::output,
                                  .apply = exp_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    to.add(tape.node(id).in[0], [&] { return dy * Var<T>(tape, id); });
                                  }};
template <Floating T>
inline constexpr Rule<T> log_rule{.name = "log",
                                  .keeps = Keeps::input,
                                  .apply = log_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    to.add(tape.node(id).in[0], [&] { return dy / tape.kept(id, 0); });
                                  }};

// dy (1 - y^2), of dy and y.
template <Floating T>
inline constexpr Rule<T> tanh_gradient_rule{
    .name = "tanh_gradient",
    .keeps = Keeps::input,
    .apply = [](const Stretch<T>& s) { detail::kernels::tanh_gradient(s.other, s.in, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
          const std::array<int, 3> in = tape.node(id).in;
          to.add(in[0], [&] { return tape.elementwise(tanh_gradient_rule<T>, g, tape.kept(id, 1)); });
          to.add(in[1], [&] { return T(-2) * (g * tape.kept(id, 0) * tape.kept(id, 1)); });
        }};

template <Floating T>
inline constexpr Rule<T> tanh_rule{
    .name = "tanh",
    .keeps = Keeps::output,
    .apply = tanh_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] { return tape.elementwise_node(tanh_gradient_rule<T>, dy, id, T(0)); });
    }};

// dy y (1 - y), of dy and y.
template <Floating T>
inline constexpr Rule<T> sigmoid_gradient_rule{
    .name = "sigmoid_gradient",
    .keeps = Keeps::input,
    .apply = [](const Stretch<T>& s) { detail::kernels::sigmoid_gradient(s.other, s.in, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
          const std::array<int, 3> in = tape.node(id).in;
          to.add(in[0], [&] { return tape.elementwise(sigmoid_gradient_rule<T>, g, tape.kept(id, 1)); });
          to.add(in[1], [&] { return g * tape.kept(id, 0) * (T(1) - T(2) * tape.kept(id, 1)); });
        }};
template <Floating T>
inline constexpr Rule<T> sigmoid_rule{
    .name = "sigmoid",
    .keeps = Keeps::output,
    .apply = sigmoid_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0],
             [&] { return tape.elementwise_node(sigmoid_gradient_rule<T>, dy, id, T(0)); });
    }};

// dy times `number` but where y <= 0, of dy and y, which is constant in between.
template <Floating T>
inline constexpr Rule<T> relu_gradient_rule{
    .name = "relu_gradient",
    .apply = [](const Stretch<T>& s) { relu_mask_backward(s.other, s.number, s.in, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
          const T number = tape.node(id).number;
          to.add(tape.node(id).in[0],
                 [&] { return tape.elementwise(relu_gradient_rule<T>, g, tape.kept(id, 1), number); });
        }};
// Its derivative needs no mask: an output is positive exactly where the input was and the element was kept.
template <Floating T>
inline constexpr Rule<T> relu_dropout_rule{
    .name = "relu, dropout",
    .keeps = Keeps::output,
    .apply = [](const Stretch<T>& s) { relu_mask_forward(s.in, s.other, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
          const T number = tape.node(id).number;
          to.add(tape.node(id).in[0],
                 [&] { return tape.elementwise_node(relu_gradient_rule<T>, dy, id, number); });
        }};
template <Floating T>
inline constexpr Rule<T> relu_rule{.name = "relu",
                                   .keeps = Keeps::output,
                                   .apply = relu_operation<T>.apply,
                                   .derive =
                                       [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                         to.add(tape.node(id).in[0], [&] {
                                           return tape.elementwise_node(relu_gradient_rule<T>, dy, id, T(1));
                                         });
                                       },
                                   .with_mask = &relu_dropout_rule<T>};

// With v = c x + d x^3 and s = sigmoid(v): y = x s, y' = s + x s (1 - s) v'.
inline constexpr double gelu_first = 1.5957691216057308;  // 2 sqrt(2 / pi)
inline constexpr double gelu_third = 0.044715 * gelu_first;

/// y'' of gelu_tanh = s (1 - s) (2 v' + x ((1 - 2 s) v'^2 + v'')), from operations.
template <Floating T>
[[nodiscard]] Var<T> gelu_tanh_second(const Var<T>& x) {
  const Var<T> x2 = square(x);
  const Var<T> slope = mul(x2, T(3 * gelu_third)) + T(gelu_first);
  const Var<T> s = sigmoid(x * (mul(x2, T(gelu_third)) + T(gelu_first)));
  return s * (T(1) - s) *
         (T(2) * slope + x * ((T(1) - T(2) * s) * square(slope) + mul(x, T(6 * gelu_third))));
}
// dy y'(x), of dy and x.
template <Floating T>
inline constexpr Rule<T> gelu_tanh_gradient_rule{
    .name = "gelu_tanh_gradient",
    .keeps = Keeps::input,
    .apply = [](const Stretch<T>& s) { detail::kernels::gelu_tanh_gradient(s.other, s.in, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
          const std::array<int, 3> in = tape.node(id).in;
          to.add(in[0], [&] { return tape.elementwise(gelu_tanh_gradient_rule<T>, g, tape.kept(id, 1)); });
          to.add(in[1], [&] { return g * tape.kept(id, 0) * gelu_tanh_second(tape.kept(id, 1)); });
        }};
template <Floating T>
inline constexpr Rule<T> gelu_tanh_rule{
    .name = "gelu_tanh",
    .keeps = Keeps::input,
    .apply = gelu_tanh_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0],
             [&] { return tape.elementwise(gelu_tanh_gradient_rule<T>, dy, tape.kept(id, 0)); });
    }};

template <Floating T>
inline constexpr Rule<T> square_rule{.name = "square",
                                     .keeps = Keeps::input,
                                     .apply = square_operation<T>.apply,
                                     .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                       to.add(tape.node(id).in[0],
                                              [&] { return T(2) * (dy * tape.kept(id, 0)); });
                                     }};

}  // namespace detail

template <Floating T>
Var<T> add(const Var<T>& x, const Var<T>& y) {
  return detail::recorded(detail::add_rule<T>, detail::add_rule<T>, x, y);
}
template <Floating T>
Var<T> sub(const Var<T>& x, const Var<T>& y) {
  return detail::recorded(detail::sub_rule<T>, detail::sub_reversed_rule<T>, x, y);
}
template <Floating T>
Var<T> mul(const Var<T>& x, const Var<T>& y) {
  return detail::recorded(detail::mul_rule<T>, detail::mul_rule<T>, x, y);
}
template <Floating T>
Var<T> div(const Var<T>& x, const Var<T>& y) {
  return detail::recorded(detail::div_rule<T>, detail::div_reversed_rule<T>, x, y);
}
template <Floating T>
Var<T> add(const Var<T>& x, std::type_identity_t<T> number) {
  return x.tape().elementwise(detail::add_number_rule<T>, x, number);
}
template <Floating T>
Var<T> mul(const Var<T>& x, std::type_identity_t<T> number) {
  return x.tape().elementwise(detail::mul_number_rule<T>, x, number);
}
template <Floating T>
Var<T> div(const Var<T>& x, std::type_identity_t<T> number) {
  return x.tape().elementwise(detail::div_number_rule<T>, x, number);
}
template <Floating T>
Var<T> exp(const Var<T>& x) {
  return x.tape().elementwise(detail::exp_rule<T>, x);
}
template <Floating T>
Var<T> log(const Var<T>& x) {
  return x.tape().elementwise(detail::log_rule<T>, x);
}
template <Floating T>
Var<T> tanh(const Var<T>& x) {
  return x.tape().elementwise(detail::tanh_rule<T>, x);
}
template <Floating T>
Var<T> sigmoid(const Var<T>& x) {
  return x.tape().elementwise(detail::sigmoid_rule<T>, x);
}
template <Floating T>
Var<T> relu(const Var<T>& x) {
  return x.tape().elementwise(detail::relu_rule<T>, x);
}
template <Floating T>
Var<T> gelu_tanh(const Var<T>& x) {
  return x.tape().elementwise(detail::gelu_tanh_rule<T>, x);
}
template <Floating T>
Var<T> square(const Var<T>& x) {
  return x.tape().elementwise(detail::square_rule<T>, x);
}

#ifdef WICK_COMPILED
template Var<float> add(const Var<float>&, const Var<float>&);
template Var<float> sub(const Var<float>&, const Var<float>&);
template Var<float> mul(const Var<float>&, const Var<float>&);
template Var<float> div(const Var<float>&, const Var<float>&);
template Var<float> add(const Var<float>&, float);
template Var<float> mul(const Var<float>&, float);
template Var<float> div(const Var<float>&, float);
template Var<float> exp(const Var<float>&);
template Var<float> log(const Var<float>&);
template Var<float> tanh(const Var<float>&);
template Var<float> sigmoid(const Var<float>&);
template Var<float> relu(const Var<float>&);
template Var<float> gelu_tanh(const Var<float>&);
template Var<float> square(const Var<float>&);
template Var<double> add(const Var<double>&, const Var<double>&);
template Var<double> sub(const Var<double>&, const Var<double>&);
template Var<double> mul(const Var<double>&, const Var<double>&);
template Var<double> div(const Var<double>&, const Var<double>&);
template Var<double> add(const Var<double>&, double);
template Var<double> mul(const Var<double>&, double);
template Var<double> div(const Var<double>&, double);
template Var<double> exp(const Var<double>&);
template Var<double> log(const Var<double>&);
template Var<double> tanh(const Var<double>&);
template Var<double> sigmoid(const Var<double>&);
template Var<double> relu(const Var<double>&);
template Var<double> gelu_tanh(const Var<double>&);
template Var<double> square(const Var<double>&);
#endif

WICK_END_NAMESPACE

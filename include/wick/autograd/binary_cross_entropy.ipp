#pragma once

// Definitions of autograd/binary_cross_entropy.hpp.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/binary_cross_entropy.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/select.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/functions.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Of x and y. The derivative by x is PyTorch's, in which x (1 - x) is at least 1e-12.
template <Floating T>
inline constexpr Rule<T> binary_cross_entropy_rule{
    .name = "binary_cross_entropy",
    .keeps = Keeps::input,
    .apply =
        [](const Stretch<T>& s) {
          for (Index i = 0; i < s.n; ++i) {
            const auto x = static_cast<double>(s.in[i]);
            const auto y = static_cast<double>(s.other[i]);
            const double no = (std::max)(Log1p::apply(-x), -100.0);
            s.out[i] = static_cast<T>(rounded((y - 1) * no) - rounded(y * (std::max)(Log::apply(x), -100.0)));
          }
        },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
          const std::array<int, 3> in = tape.node(id).in;
          const Var<T> x = tape.kept(id, 0);
          to.add(in[0], [&] {
            return dy * (x - tape.kept(id, 1)) / maximum((T(1) - x) * x, static_cast<T>(1e-12));
          });
          to.add(in[1], [&] { return dy * (maximum(log(T(1) - x), T(-100)) - maximum(log(x), T(-100))); });
        }};

/// Throws ShapeError unless weights broadcast to the elements.
template <Floating T>
void check_element_weight(const char* where, const std::optional<Tensor<T>>& weight, const Shape& x) {
  if (weight) check_broadcasts(where, weight->shape(), x);
}
inline void check_bce_target(const char* where, const Shape& x, const Shape& target) {
  if (x == target) return;
  throw ShapeError(std::string(where) + ": Target size (" + target.str() +
                   ") must be the same as input size (" + x.str() + ")");
}

}  // namespace detail

template <Floating T>
Var<T> binary_cross_entropy(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                            const std::type_identity_t<BCELossOptions<T>>& options) {
  const Shape shape = x.shape();
  detail::check_bce_target("binary_cross_entropy", shape, target.shape());
  detail::check_element_weight("binary_cross_entropy: weight", options.weight, shape);
  const TensorView<const T> values = x.value();
  for (Index i = 0; i < values.numel(); ++i) {
    const T p = values.data()[i];
    if (p >= T(0) && p <= T(1)) continue;
    throw Error("binary_cross_entropy: all elements of input should be between 0 and 1, got " +
                python_repr(static_cast<double>(p)) +
                "; of scores of any size take binary_cross_entropy_with_logits");
  }
  Tape<T>& tape = x.tape();
  const Var<T> y = target.on(tape);
  Var<T> losses = tape.elementwise(detail::binary_cross_entropy_rule<T>, x, y);
  if (options.weight) losses = losses * *options.weight;
  return reduced(losses, options.reduction);
}

template <Floating T>
Var<T> binary_cross_entropy_with_logits(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                        Reduction reduction) {
  detail::check_bce_target("binary_cross_entropy_with_logits", x.shape(), target.shape());
  // Of the classes yes and no with the scores x and 0, log-softmax gives both logarithms, without overflow.
  Tape<T>& tape = x.tape();
  const Index n = x.numel();
  const auto row = [&](T yes, T no) {
    const std::array<T, 2> values{yes, no};
    return tape.constant(TensorView<const T>(values.data(), Shape{1, 2}));
  };
  const auto log_probs = log_softmax(matmul(reshape(x, Shape{n, 1}), row(1, 0)));
  const auto column = reshape(target.on(tape), Shape{n, 1});
  const auto expected = matmul(column, row(1, -1)) + row(0, 1);
  const auto losses = -sum(expected * log_probs, 1);
  return reduction == Reduction::none ? reshape(losses, x.shape()) : reduced(losses, reduction);
}

template <Floating T>
Var<T> binary_cross_entropy_with_logits(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                        const std::type_identity_t<BCEWithLogitsLossOptions<T>>& options) {
  if (!options.weight && !options.pos_weight) {
    return binary_cross_entropy_with_logits(x, target, options.reduction);
  }
  const Shape shape = x.shape();
  detail::check_bce_target("binary_cross_entropy_with_logits", shape, target.shape());
  detail::check_element_weight("binary_cross_entropy_with_logits: weight", options.weight, shape);
  detail::check_element_weight("binary_cross_entropy_with_logits: pos_weight", options.pos_weight, shape);
  const Var<T> y = target.on(x.tape());
  Var<T> yes = y * logsigmoid(x);
  if (options.pos_weight) yes = yes * *options.pos_weight;
  Var<T> losses = -(yes + (T(1) - y) * logsigmoid(-x));
  if (options.weight) losses = losses * *options.weight;
  return reduced(losses, options.reduction);
}

#ifdef WICK_COMPILED
template Var<float> binary_cross_entropy(const Var<float>&, const LossInput<float>&,
                                         const BCELossOptions<float>&);
template Var<float> binary_cross_entropy_with_logits(const Var<float>&, const LossInput<float>&, Reduction);
template Var<float> binary_cross_entropy_with_logits(const Var<float>&, const LossInput<float>&,
                                                     const BCEWithLogitsLossOptions<float>&);
template Var<double> binary_cross_entropy(const Var<double>&, const LossInput<double>&,
                                          const BCELossOptions<double>&);
template Var<double> binary_cross_entropy_with_logits(const Var<double>&, const LossInput<double>&,
                                                      Reduction);
template Var<double> binary_cross_entropy_with_logits(const Var<double>&, const LossInput<double>&,
                                                      const BCEWithLogitsLossOptions<double>&);
#endif

WICK_END_NAMESPACE

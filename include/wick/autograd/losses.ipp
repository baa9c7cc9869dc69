#pragma once

// Definitions of autograd/losses.hpp.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/losses.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The elements that a loss of classes picks: the sum over b of -weight[b] x[b, target[b]], divided; or one
/// value for each row.
template <Floating T>
struct Picks {
  const std::int64_t* target;  ///< negative for rows that count for nothing
  const T* weight;             ///< of each row
  double divisor;
  bool each_row;
};

// This and its derivative are linear, and each other's transpose.
template <Floating T>
[[nodiscard]] Var<T> picked(const Var<T>& x, const Picks<T>& picks);
template <Floating T>
[[nodiscard]] int picked_gradient(const Var<T>& dy, const Picks<T>& picks, int x);

template <Floating T>
inline constexpr Rule<T> picked_rule{
    .name = "nll_loss", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const int in = tape.node(id).in[0];
      to.add(in, [&] { return picked_gradient(dy, *static_cast<const Picks<T>*>(tape.node(id).kept), in); });
    }};
template <Floating T>
inline constexpr Rule<T> picked_gradient_rule{
    .name = "nll_loss_gradient", .derive = [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
      to.add(tape.node(id).in[0],
             [&] { return picked(g, *static_cast<const Picks<T>*>(tape.node(id).kept)); });
    }};

template <Floating T>
Var<T> picked(const Var<T>& x, const Picks<T>& picks) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  const T* const from = tape.value(in);
  const Index rows = tape.node(in).rows;
  const Index cols = tape.node(in).cols;
  const int id = tape.whole(picked_rule<T>, {in, no_node, no_node}, picks.each_row ? Shape{rows} : Shape{});
  Node<T>& n = tape.node(id);
  n.keep(&picks);
  double total = 0;
  for (Index b = 0; b < rows; ++b) {
    const T weight = picks.weight[b];
    if (picks.target[b] < 0) {
      if (picks.each_row) n.value[b] = T(0);
      continue;
    }
    const T element = from[b * cols + picks.target[b]];
    if (picks.each_row) {
      n.value[b] = -weight * element;
    } else {
      total -= static_cast<double>(weight) * static_cast<double>(element);
    }
  }
  if (!picks.each_row) *n.value = static_cast<T>(total / picks.divisor);
  return tape.done(id);
}

template <Floating T>
int picked_gradient(const Var<T>& dy, const Picks<T>& picks, int x) {
  Tape<T>& tape = dy.tape();
  const int in = tape.operand(dy);
  const T* const from = tape.value(in);
  const int id = tape.whole_like(picked_gradient_rule<T>, {in, no_node, no_node}, x);
  Node<T>& n = tape.node(id);
  n.keep(&picks);
  std::fill_n(n.value, n.numel(), T(0));
  const double scale = 1 / picks.divisor;
  for (Index b = 0; b < n.rows; ++b) {
    if (picks.target[b] < 0) continue;
    const T slope = static_cast<T>(-static_cast<double>(picks.weight[b]) * scale);
    n.value[b * n.cols + picks.target[b]] = slope * from[picks.each_row ? b : 0];
  }
  return tape.done_node(id);
}

}  // namespace detail

template <Floating T>
Var<T> mse_loss(const Var<T>& x, const Var<T>& target, Reduction reduction) {
  detail::check_target("mse_loss", x.shape(), target.shape());
  return reduced(square(x - target), reduction);
}

namespace detail {

/// Scores (C) or (B, C, d...) as `rows` rows of all classes.
template <Floating T>
[[nodiscard]] Var<T> class_rows(const Var<T>& x, Index rows) {
  const Shape shape = x.shape();
  const std::size_t rank = shape.dim();
  if (rank < 2) return reshape(x, Shape{rows, shape.numel()});
  std::array<Index, Shape::max_rank> order{};
  for (std::size_t d = 1; d + 1 < rank; ++d) order[d] = static_cast<Index>(d) + 1;
  order[rank - 1] = 1;
  return reshape(permute(x, std::span<const Index>(order.data(), rank)), Shape{rows, shape[1]});
}

/// The shape of the classes of scores (C) or (B, C, d...).
[[nodiscard]] inline Shape classes_of(const Shape& scores) {
  const std::size_t rank = scores.dim();
  std::array<Index, Shape::max_rank> dims{};
  std::size_t count = 0;
  for (std::size_t d = 0; d < rank && rank > 1; ++d) {
    if (d != 1) dims[count++] = scores.dims()[d];
  }
  return Shape(std::span<const Index>(dims.data(), count));
}

/// A loss of scores that are not (B, C), from that of rows: `loss(rows, classes)`.
template <Floating T>
[[nodiscard]] Var<T> loss_of_places(const char* where, const Var<T>& x, TensorArg<std::int64_t> target,
                                    Reduction reduction, const auto& loss) {
  const Shape shape = x.shape();
  if (shape.dim() == 0 || !(target.shape() == classes_of(shape))) {
    throw ShapeError(std::string(where) +
                     ": expected scores (C), (B, C) or (B, C, d...) and as many classes, " +
                     "without C, got " + shape.str() + " and " + target.shape().str());
  }
  const Index rows = target.numel();
  const Var<T> y = loss(class_rows(x, rows), TensorView<const std::int64_t>(target.data(), Shape{rows}));
  return reduction == Reduction::none ? reshape(y, target.shape()) : y;
}

/// nll_loss() with the weight, ignore_index and reduction of any options.
template <Floating T, class Options>
[[nodiscard]] Var<T> picked_classes(const Var<T>& x, TensorArg<std::int64_t> target, const Options& options) {
  Tape<T>& tape = x.tape();
  NLLLoss<T>::check_batch(tape.shape(tape.operand(x)), target, options);
  const Index rows = target.numel();
  auto* const kept = tape.arena().template take<std::int64_t>(rows);
  T* const weights = tape.arena().template take<T>(rows);
  double total = 0;
  Index count = 0;
  for (Index b = 0; b < rows; ++b) {
    const std::int64_t t = target.data()[b];
    const bool counts = t != options.ignore_index;
    kept[b] = counts ? t : -1;
    weights[b] = !counts ? T(0) : options.weight ? options.weight->data()[t] : T(1);
    // One sum of doubles waits for the other, which counting does not.
    if (options.weight) total += static_cast<double>(weights[b]);
    count += counts ? 1 : 0;
  }
  if (!options.weight) total = static_cast<double>(count);
  return picked(x, *tape.arena().template make<Picks<T>>(kept, weights,
                                                         options.reduction == Reduction::mean ? total : 1,
                                                         options.reduction == Reduction::none));
}

}  // namespace detail

template <Floating T>
Var<T> nll_loss(const Var<T>& x, TensorArg<std::int64_t> target,
                const std::type_identity_t<NLLLossOptions<T>>& options) {
  if (x.shape().dim() == 2) return detail::picked_classes(x, target, options);
  return detail::loss_of_places("nll_loss", x, target, options.reduction,
                                [&](const Var<T>& rows, TensorArg<std::int64_t> classes) {
                                  return detail::picked_classes(rows, classes, options);
                                });
}

template <Floating T>
Var<T> cross_entropy(const Var<T>& x, TensorArg<std::int64_t> target,
                     const std::type_identity_t<CrossEntropyLossOptions<T>>& options) {
  detail::check_label_smoothing(options.label_smoothing);
  if (x.shape().dim() != 2) {
    return detail::loss_of_places("cross_entropy", x, target, options.reduction,
                                  [&](const Var<T>& rows, TensorArg<std::int64_t> classes) {
                                    return cross_entropy(rows, classes, options);
                                  });
  }
  const Var<T> log_probs = log_softmax(x);
  Var<T> picked = detail::picked_classes(log_probs, target, options);
  if (options.label_smoothing == 0) return picked;
  // What each log-probability counts for; rows that are ignored count for nothing.
  Tape<T>& tape = x.tape();
  const Shape shape = x.shape();
  T* const shares = tape.arena().template take<T>(shape.numel());
  double total = 0;
  for (Index b = 0; b < shape[0]; ++b) {
    const std::int64_t t = target.data()[b];
    T* const row = shares + b * shape[1];
    if (t == options.ignore_index) {
      std::fill_n(row, shape[1], T(0));
    } else if (options.weight) {
      std::copy_n(options.weight->data(), shape[1], row);
      total += static_cast<double>(options.weight->data()[t]);
    } else {
      std::fill_n(row, shape[1], T(1));
      total += 1;
    }
  }
  const Var<T> every = -sum(log_probs * tape.constant(TensorView<const T>(shares, shape)), 1);
  const Var<T> smooth = options.reduction == Reduction::mean ? div(sum(every), static_cast<T>(total))
                                                             : reduced(every, options.reduction);
  return picked * static_cast<T>(1 - options.label_smoothing) +
         smooth * static_cast<T>(options.label_smoothing / static_cast<double>(shape[1]));
}

template <Floating T>
Var<T> cross_entropy(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                     const std::type_identity_t<CrossEntropyLossOptions<T>>& options) {
  detail::check_label_smoothing(options.label_smoothing);
  const Shape shape = x.shape();
  detail::check_target("cross_entropy", shape, target.shape());
  if (shape.dim() == 0)
    throw ShapeError("cross_entropy: expected scores (C), (B, C) or (B, C, d...), got []");
  if (shape.dim() != 2) {
    const Shape places = detail::classes_of(shape);
    const Var<T> y = cross_entropy(detail::class_rows(x, places.numel()),
                                   detail::class_rows(target.on(x.tape()), places.numel()), options);
    return options.reduction == Reduction::none ? reshape(y, places) : y;
  }
  if (options.ignore_index >= 0) {
    throw OptionError("cross_entropy: ignore_index is not supported for floating point target, got " +
                      std::to_string(options.ignore_index));
  }
  if (options.weight && !(options.weight->shape() == Shape{shape[1]})) {
    throw ShapeError(
        "cross_entropy: weight tensor should be defined either for all " + std::to_string(shape[1]) +
        " classes or no classes but got weight tensor of shape: " + options.weight->shape().str());
  }
  Var<T> expected = target.on(x.tape());
  if (options.label_smoothing > 0) {
    expected = expected * static_cast<T>(1 - options.label_smoothing) +
               static_cast<T>(options.label_smoothing / static_cast<double>(shape[1]));
  }
  if (options.weight) expected = expected * *options.weight;
  return reduced(-sum(expected * log_softmax(x), 1), options.reduction);
}

#ifdef WICK_COMPILED
template Var<float> mse_loss(const Var<float>&, const Var<float>&, Reduction);
template Var<float> nll_loss(const Var<float>&, TensorArg<std::int64_t>, const NLLLossOptions<float>&);
template Var<float> cross_entropy(const Var<float>&, TensorArg<std::int64_t>,
                                  const CrossEntropyLossOptions<float>&);
template Var<float> cross_entropy(const Var<float>&, const LossInput<float>&,
                                  const CrossEntropyLossOptions<float>&);
template Var<double> mse_loss(const Var<double>&, const Var<double>&, Reduction);
template Var<double> nll_loss(const Var<double>&, TensorArg<std::int64_t>, const NLLLossOptions<double>&);
template Var<double> cross_entropy(const Var<double>&, TensorArg<std::int64_t>,
                                   const CrossEntropyLossOptions<double>&);
template Var<double> cross_entropy(const Var<double>&, const LossInput<double>&,
                                   const CrossEntropyLossOptions<double>&);
#endif

WICK_END_NAMESPACE

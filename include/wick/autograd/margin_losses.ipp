#pragma once

// Definitions of autograd/margin_losses.hpp.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/detail/greater.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/margin_losses.hpp>
#include <wick/autograd/select.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// 1 where the target is this number, else 0: a constant.
template <Floating T>
[[nodiscard]] Var<T> where_target(const Var<T>& target, T number) {
  Tape<T>& tape = target.tape();
  const TensorView<const T> values = target.value();
  T* const flags = tape.arena().template take<T>(values.numel());
  std::transform(values.data(), values.data() + values.numel(), flags,
                 [number](T v) { return v == number ? T(1) : T(0); });
  return tape.constant(TensorView<const T>(flags, values.shape()));
}

/// max(x, 0) with the derivative 1 at 0, as PyTorch's losses have it.
template <Floating T>
[[nodiscard]] Var<T> at_least_zero(const Var<T>& x) {
  return activated(AtLeast(), x, 0.0);
}

/// The same with the derivative 0 at 0, and 0 of NaN: what is no margin does not count.
template <Floating T>
[[nodiscard]] Var<T> above_zero(const Var<T>& x) {
  return chosen(greater(x, T(0)), x, true);
}
/// Throws ShapeError for samples without classes.
inline void check_classes(const char* where, const Shape& shape, Index classes) {
  if (classes > 0) return;
  throw ShapeError(
      std::string(where) +
      ": Expected non-empty vector or matrix with optional 0-dim batch size, but got: " + shape.str());
}

/// The norm of differences along the last dimension.
template <Floating T>
[[nodiscard]] Var<T> distance(const Var<T>& a, const Var<T>& b, double p, double eps) {
  const Var<T> difference = (a - b) + static_cast<T>(eps);
  if (p == 1) return sum(abs(difference), -1);
  if (p == 2) return sqrt(sum(square(difference), -1));
  // Differences of 0 have the derivative 0.
  const Var<T> logs = log(maximum(abs(difference), (std::numeric_limits<T>::min)()));
  return exp(mul(log(sum(exp(mul(logs, static_cast<T>(p))), -1)), static_cast<T>(1 / p)));
}

/// Classes of rows as indices of one column each.
[[nodiscard]] inline TensorView<const std::int64_t> column_of(TensorArg<std::int64_t> target) {
  return {target.data(), Shape{target.numel(), 1}};
}

inline void check_class(const char* where, std::int64_t t, Index classes, Index row) {
  if (t >= 0 && t < classes) return;
  throw IndexError(std::string(where) + ": target out of range: row " + std::to_string(row) +
                   " must hold classes in [0, " + std::to_string(classes) + "), got " + std::to_string(t));
}

/// Throws ShapeError unless there is one weight for each class.
template <Floating T>
void check_class_weight(const char* where, const std::optional<Tensor<T>>& weight, Index classes) {
  if (!weight || weight->shape() == Shape{classes}) return;
  throw ShapeError(std::string(where) + ": inconsistent weight size, expected " + std::to_string(classes) +
                   " but got " + weight->shape().str());
}

}  // namespace detail

template <Floating T>
Var<T> hinge_embedding_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                            const HingeEmbeddingLossOptions& options) {
  detail::check_target("hinge_embedding_loss", x.shape(), target.shape());
  const Var<T> y = target.on(x.tape());
  // As in PyTorch, targets that are neither count for both.
  const Var<T> beyond = detail::at_least_zero(static_cast<T>(options.margin) - x);
  const Var<T> with_margin = detail::chosen(detail::where_target(y, T(1)), beyond, false);
  const Var<T> itself = detail::chosen(detail::where_target(y, T(-1)), x, false);
  return reduced(with_margin + itself, options.reduction);
}

template <Floating T>
Var<T> margin_ranking_loss(const Var<T>& x1, const std::type_identity_t<LossInput<T>>& x2,
                           const std::type_identity_t<LossInput<T>>& target,
                           const MarginRankingLossOptions& options) {
  if (!(x1.shape() == x2.shape()) || !(x1.shape() == target.shape())) {
    throw ShapeError(
        "margin_ranking_loss: All input tensors should have same dimension but got sizes: input1: " +
        x1.shape().str() + ", input2: " + x2.shape().str() + ", target: " + target.shape().str());
  }
  const Var<T> difference = x1 - x2.on(x1.tape());
  const Var<T> y = target.on(x1.tape());
  return reduced(detail::at_least_zero(static_cast<T>(options.margin) - y * difference), options.reduction);
}

template <Floating T>
Var<T> soft_margin_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                        Reduction reduction) {
  detail::check_target("soft_margin_loss", x.shape(), target.shape());
  return reduced(-logsigmoid(target.on(x.tape()) * x), reduction);
}

template <Floating T>
Var<T> cosine_embedding_loss(const Var<T>& x1, const std::type_identity_t<LossInput<T>>& x2,
                             const std::type_identity_t<LossInput<T>>& target,
                             const CosineEmbeddingLossOptions& options) {
  const Shape shape = x1.shape();
  const bool fits = shape.dim() == 1   ? target.shape() == Shape{}
                    : shape.dim() == 2 ? target.shape() == Shape{shape.dims()[0]}
                                       : false;
  if (!fits || !(shape == x2.shape())) {
    throw ShapeError(
        "cosine_embedding_loss: expected inputs of equal shapes (B, D) and targets (B), or (D) and (), got " +
        shape.str() + ", " + x2.shape().str() + " and " + target.shape().str());
  }
  constexpr double eps = 1e-12;
  const Var<T> other = x2.on(x1.tape());
  const Var<T> y = target.on(x1.tape());
  const Var<T> first = sum(square(x1), -1) + static_cast<T>(eps);
  const Var<T> second = sum(square(other), -1) + static_cast<T>(eps);
  const Var<T> cosine = sum(x1 * other, -1) / sqrt(first * second);
  const Var<T> alike = detail::chosen(detail::where_target(y, T(1)), T(1) - cosine, true);
  const Var<T> unlike = detail::chosen(detail::where_target(y, T(-1)),
                                       detail::at_least_zero(cosine - static_cast<T>(options.margin)), true);
  return reduced(alike + unlike, options.reduction);
}

template <Floating T>
Var<T> triplet_margin_loss(const Var<T>& anchor, const std::type_identity_t<LossInput<T>>& positive,
                           const std::type_identity_t<LossInput<T>>& negative,
                           const TripletMarginLossOptions& options) {
  if (!(options.margin > 0)) {
    throw OptionError("triplet_margin_loss: expected margin to be greater than 0, got " +
                      python_repr(options.margin) + " instead");
  }
  if (!(options.p >= 1 && std::isfinite(options.p))) {
    throw OptionError("triplet_margin_loss: expected p to be finite and at least 1, got " +
                      python_repr(options.p));
  }
  const Shape shape = anchor.shape();
  if (shape.dim() == 0 || !(shape == positive.shape()) || !(shape == negative.shape())) {
    throw ShapeError(
        "triplet_margin_loss: The anchor, positive, and negative tensors are expected to have the same "
        "shape, "
        "of one dimension or more, but got: anchor " +
        shape.str() + ", positive " + positive.shape().str() + ", and negative " + negative.shape().str());
  }
  Tape<T>& tape = anchor.tape();
  const Var<T> p = positive.on(tape);
  const Var<T> n = negative.on(tape);
  const Var<T> near_by = detail::distance(anchor, p, options.p, options.eps);
  Var<T> away = detail::distance(anchor, n, options.p, options.eps);
  if (options.swap) away = minimum(away, detail::distance(p, n, options.p, options.eps));
  return reduced(detail::at_least_zero(near_by - away + static_cast<T>(options.margin)), options.reduction);
}

template <Floating T>
Var<T> multi_margin_loss(const Var<T>& x, TensorArg<std::int64_t> target,
                         const std::type_identity_t<MultiMarginLossOptions<T>>& options) {
  constexpr const char* where = "multi_margin_loss";
  const Shape shape = x.shape();
  if (shape.dim() < 2 && target.numel() == 1) {  // one sample, of one class if x is a scalar
    const Var<T> rows = reshape(x, Shape{1, shape.numel()});
    return reshape(multi_margin_loss(rows, TensorView<const std::int64_t>(target.data(), Shape{1}), options),
                   options.reduction == Reduction::none ? target.shape() : Shape{});
  }
  if (shape.dim() != 2 || target.dim() != 1 || target.numel() != shape[0]) {
    throw ShapeError("multi_margin_loss: expected scores (B, C) and classes (B), got " + shape.str() +
                     " and " + target.shape().str());
  }
  if (options.p != 1 && options.p != 2) {
    throw OptionError("multi_margin_loss: only p == 1 and p == 2 supported, got " +
                      std::to_string(options.p));
  }
  const Index rows = shape[0];
  const Index classes = shape[1];
  detail::check_classes(where, shape, classes);
  detail::check_class_weight(where, options.weight, classes);
  Tape<T>& tape = x.tape();
  T* const shares = tape.arena().template take<T>(rows * classes);
  for (Index b = 0; b < rows; ++b) {
    const std::int64_t t = target.data()[b];
    detail::check_class(where, t, classes, b);
    const T share = (options.weight ? options.weight->data()[t] : T(1)) / static_cast<T>(classes);
    std::fill_n(shares + b * classes, classes, share);
    shares[b * classes + t] = T(0);
  }
  const Var<T> right = gather(x, 1, detail::column_of(target));
  Var<T> beyond = detail::above_zero(x - right + static_cast<T>(options.margin));
  if (options.p == 2) beyond = square(beyond);
  return reduced(sum(beyond * tape.constant(TensorView<const T>(shares, shape)), 1), options.reduction);
}

template <Floating T>
Var<T> multilabel_margin_loss(const Var<T>& x, TensorArg<std::int64_t> target, Reduction reduction) {
  const Shape shape = x.shape();
  if (shape.dim() < 2 && target.shape() == shape) {  // one sample
    const Shape row{1, shape.numel()};
    const TensorView<const std::int64_t> labels(target.data(), row);
    return reshape(multilabel_margin_loss(reshape(x, row), labels, reduction), Shape{});
  }
  if (shape.dim() != 2 || !(target.shape() == shape)) {
    throw ShapeError("multilabel_margin_loss: inconsistent target size: " + target.shape().str() +
                     " for input of size: " + shape.str());
  }
  const Index rows = shape[0];
  const Index classes = shape[1];
  const std::int64_t* const given = target.data();
  Index most = 1;
  for (Index b = 0; b < rows; ++b) {
    Index labels = 0;
    for (; labels < classes && given[b * classes + labels] != -1; ++labels) {
      detail::check_class("multilabel_margin_loss", given[b * classes + labels], classes, b);
    }
    most = (std::max)(most, labels);
  }
  detail::check_classes("multilabel_margin_loss", shape, classes);
  // Each label of a row beside each class that is none of them; rows with fewer labels are filled up.
  Tape<T>& tape = x.tape();
  auto* const labels = tape.arena().template take<std::int64_t>(rows * most);
  T* const counts = tape.arena().template take<T>(rows * most * classes);
  for (Index b = 0; b < rows; ++b) {
    const std::int64_t* const row = given + b * classes;
    const Index count = std::find(row, row + classes, -1) - row;
    for (Index j = 0; j < most; ++j) {
      labels[b * most + j] = j < count ? row[j] : 0;
      T* const of_label = counts + (b * most + j) * classes;
      std::fill_n(of_label, classes, j < count ? T(1) : T(0));
      for (Index k = 0; k < count; ++k) of_label[row[k]] = T(0);
    }
  }
  const Var<T> of_labels = gather(x, 1, TensorView<const std::int64_t>(labels, Shape{rows, most}));
  const Var<T> beyond = detail::above_zero(T(1) - reshape(of_labels, Shape{rows, most, 1}) +
                                           reshape(x, Shape{rows, 1, classes}));
  const Var<T> counted = tape.constant(TensorView<const T>(counts, Shape{rows, most, classes}));
  const Var<T> sums = sum(detail::chosen(counted, beyond, true), {1, 2});
  return reduced(div(sums, static_cast<T>(classes)), reduction);
}

template <Floating T>
Var<T> multilabel_soft_margin_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                   const std::type_identity_t<MultiLabelSoftMarginLossOptions<T>>& options) {
  detail::check_target("multilabel_soft_margin_loss", x.shape(), target.shape());
  if (x.dim() == 0)
    throw ShapeError("multilabel_soft_margin_loss: expected labels in the last dimension, got []");
  if (!options.weight || !(options.weight->shape() == x.shape()))
    detail::check_class_weight("multilabel_soft_margin_loss", options.weight, x.size(-1));
  const Var<T> y = target.on(x.tape());
  Var<T> losses = -(y * logsigmoid(x) + (T(1) - y) * logsigmoid(-x));
  if (options.weight) losses = losses * *options.weight;
  return reduced(mean(losses, -1), options.reduction);
}

#ifdef WICK_COMPILED
template Var<float> hinge_embedding_loss(const Var<float>&, const LossInput<float>&,
                                         const HingeEmbeddingLossOptions&);
template Var<float> margin_ranking_loss(const Var<float>&, const LossInput<float>&, const LossInput<float>&,
                                        const MarginRankingLossOptions&);
template Var<float> soft_margin_loss(const Var<float>&, const LossInput<float>&, Reduction);
template Var<float> cosine_embedding_loss(const Var<float>&, const LossInput<float>&, const LossInput<float>&,
                                          const CosineEmbeddingLossOptions&);
template Var<float> triplet_margin_loss(const Var<float>&, const LossInput<float>&, const LossInput<float>&,
                                        const TripletMarginLossOptions&);
template Var<float> multi_margin_loss(const Var<float>&, TensorArg<std::int64_t>,
                                      const MultiMarginLossOptions<float>&);
template Var<float> multilabel_margin_loss(const Var<float>&, TensorArg<std::int64_t>, Reduction);
template Var<float> multilabel_soft_margin_loss(const Var<float>&, const LossInput<float>&,
                                                const MultiLabelSoftMarginLossOptions<float>&);
template Var<double> hinge_embedding_loss(const Var<double>&, const LossInput<double>&,
                                          const HingeEmbeddingLossOptions&);
template Var<double> margin_ranking_loss(const Var<double>&, const LossInput<double>&,
                                         const LossInput<double>&, const MarginRankingLossOptions&);
template Var<double> soft_margin_loss(const Var<double>&, const LossInput<double>&, Reduction);
template Var<double> cosine_embedding_loss(const Var<double>&, const LossInput<double>&,
                                           const LossInput<double>&, const CosineEmbeddingLossOptions&);
template Var<double> triplet_margin_loss(const Var<double>&, const LossInput<double>&,
                                         const LossInput<double>&, const TripletMarginLossOptions&);
template Var<double> multi_margin_loss(const Var<double>&, TensorArg<std::int64_t>,
                                       const MultiMarginLossOptions<double>&);
template Var<double> multilabel_margin_loss(const Var<double>&, TensorArg<std::int64_t>, Reduction);
template Var<double> multilabel_soft_margin_loss(const Var<double>&, const LossInput<double>&,
                                                 const MultiLabelSoftMarginLossOptions<double>&);
#endif

WICK_END_NAMESPACE

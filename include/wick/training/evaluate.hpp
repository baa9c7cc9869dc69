#pragma once

// Loss and accuracy of a model over a data set.

#include <wick/data/dataset.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>

WICK_BEGIN_NAMESPACE

/// (B, ...) as (B, features), without copying. Throws ShapeError for a scalar.
template <class T>
[[nodiscard]] TensorView<T> flatten(TensorView<T> x) {
  if (x.dim() == 0) throw ShapeError("flatten: expected a tensor of shape (B, ...), got a scalar");
  const auto features = checked_numel(x.shape().dims().subspan(1));
  if (!features) throw ShapeError("flatten: the rows of shape " + x.shape().str() + " are too long");
  return x.reshape(Shape{x.size(0), static_cast<Index>(*features)});
}

struct Evaluation {
  double loss = 0;      ///< mean over batches of the batch's loss
  double accuracy = 0;  ///< mean over batches of the share of right answers, in [0, 1]
};

/// Share of rows whose largest log-probability is at the target, in [0, 1]; NaN for
/// no rows. Throws ShapeError unless log_probs is (B, C) and target is (B).
template <Floating T>
[[nodiscard]] double accuracy(TensorView<const T> log_probs, TensorArg<std::int64_t> target) {
  if (log_probs.dim() != 2 || target.dim() != 1 || log_probs.size(0) != target.numel()) {
    throw ShapeError("accuracy: expected log-probabilities (B, C) and targets (B), got " +
                     log_probs.shape().str() + " and " + target.shape().str());
  }
  const auto scores = log_probs.matrix();
  Index right = 0;
  for (Index b = 0; b < scores.rows(); ++b) {
    Index best = 0;
    for (Index c = 1; c < scores.cols(); ++c) {
      if (scores(b, c) > scores(b, best)) best = c;
    }
    if (best == target.data()[b]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(scores.rows());
}
template <Floating T>
[[nodiscard]] double accuracy(const Tensor<T>& log_probs, TensorArg<std::int64_t> target) {
  return accuracy<T>(log_probs.view(), target);
}

namespace detail {

/// As evaluate(), with the loss of a batch by `loss(batch, iterator of the loader, log_probs)`.
template <class Model, class Loader, Floating T, class Loss>
Evaluation evaluate_with(const Model& model, Loader& loader, Workspace<T>& workspace, const Loss& loss) {
  Evaluation sum;
  Index batches = 0;
  for (auto pass = loader.begin(); pass != loader.end(); ++pass) {
    const Batch<T>& batch = *pass;
    const auto log_probs = model.predict(flatten(batch.inputs.view()), workspace);
    sum.loss += static_cast<double>(loss(batch, pass, log_probs));
    sum.accuracy += accuracy<T>(log_probs, batch.targets);
    ++batches;
  }
  if (batches == 0) {
    throw OptionError(
        "evaluate: the loader has no batches; with drop_last it needs at least batch_size samples");
  }
  const auto n = static_cast<double>(batches);
  return {sum.loss / n, sum.accuracy / n};
}

}  // namespace detail

/// Runs the model without dropout over one pass of `loader`.
///
/// Loss and accuracy are means of batch means, as in the lesson: when the last batch
/// is smaller, its samples weigh more. A loss that is NaN or infinite in a batch is so in the result, as in
/// PyTorch; train() refuses it. Throws OptionError when there is no batch.
template <class Model, class Loader, class Criterion, Floating T>
[[nodiscard]] Evaluation evaluate(const Model& model, Loader& loader, const Criterion& criterion,
                                  Workspace<T>& workspace) {
  return detail::evaluate_with(
      model, loader, workspace,
      [&](const Batch<T>& batch, const auto& /*pass*/, TensorView<const T> log_probs) {
        return criterion(log_probs, batch.targets);
      });
}

WICK_END_NAMESPACE

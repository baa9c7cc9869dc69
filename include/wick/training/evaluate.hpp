#pragma once

// Loss and metrics of a model over a data set.

#include <wick/graph/workspace.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/steps.hpp>
#include <wick/training/evaluation.hpp>
#include <wick/training/flatten.hpp>

#include <tuple>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Argument>
inline constexpr bool is_workspace = false;
template <Floating T>
inline constexpr bool is_workspace<Workspace<T>> = true;

template <class Steps, class Loader, class... Metrics>
[[nodiscard]] Evaluation evaluate_with(Steps& steps, Loader& loader, std::tuple<Metrics...> metrics) {
  EvaluationPass<Steps, Loader, Metrics...> pass(steps, loader, metrics);
  pass.begin();
  while (pass.next({})) {
  }
  return pass.result();
}

}  // namespace detail

/// Runs the model without dropout, in evaluation mode whatever its mode, over one pass of `loader`, and
/// measures the loss and the metrics, as train() does in its reports:
///
///     evaluate(model, loader, wick::MSELoss(), wick::MeanAbsoluteError()).metrics["MAE"]
///
/// `criterion` is what train() takes: a loss, or a step of one's own. Without metrics, classes (int64) are
/// measured by Accuracy and nothing else by anything.
///
/// The loss is the mean of batch means, as in the lesson: when the last batch
/// is smaller, its samples weigh more. A loss that is NaN or infinite in a batch is so in the result, as in
/// PyTorch; train() refuses it. Throws OptionError when there is no batch.
template <class Model, BatchLoader Loader, class Criterion, class... Metrics>
requires(!(detail::is_workspace<Metrics> || ...)) [[nodiscard]] Evaluation
    evaluate(Model& model, Loader& loader, const Criterion& criterion, const Metrics&... metrics) {
  using Steps = detail::StepsFor<Model, Criterion, LoaderBatch<Loader>>;
  Steps steps(model, criterion, nullptr, nullptr);
  return detail::evaluate_with(steps, loader, detail::metrics_meant<Steps, LoaderBatch<Loader>>(metrics...));
}
/// The same for a Network and a loss of numbers, such as NLLLoss, without a tape: in a workspace, which may
/// have a pool.
template <class Model, BatchLoader Loader, class Criterion, Floating T, class... Metrics>
[[nodiscard]] Evaluation evaluate(const Model& model, Loader& loader, const Criterion& criterion,
                                  Workspace<T>& workspace, const Metrics&... metrics) {
  using Steps = detail::PassEvaluation<Model, Criterion, T>;
  Steps steps(model, criterion, workspace);
  return detail::evaluate_with(steps, loader, detail::metrics_meant<Steps, LoaderBatch<Loader>>(metrics...));
}

WICK_END_NAMESPACE

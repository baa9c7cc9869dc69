#pragma once

// Steps of a model that predicts by a program, in a workspace.

#include <wick/base/thread_pool.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/tensor.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/batch_loss.hpp>
#include <wick/training/detail/recorded_steps.hpp>
#include <wick/training/flatten.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <tuple>

WICK_BEGIN_NAMESPACE

namespace detail {

#ifdef WICK_COMPILED
template <class Model, class Criterion, Floating T>
class PassEvaluation;

/// evaluate() of the lesson, see training/detail/usual_steps.hpp; not for what is made of its classes.
template <Floating T, std::same_as<Batch<T, std::int64_t>> Given, std::same_as<Accuracy> Measured>
double usual_evaluation(PassEvaluation<Network<T>, NLLLoss<T>, T>& pass, const Given& batch,
                        const BatchPlace& at, Measured& accuracy);
#endif

/// What predicts into a workspace, and a loss of plain numbers.
template <class Model, class Criterion, Floating T>
class PassEvaluation {
 public:
  template <class Batch>
  using DefaultMetrics = std::tuple<Accuracy>;

  PassEvaluation(const Model& model, const Criterion& criterion, Workspace<T>& workspace)
      : model_(model), criterion_(criterion), workspace_(workspace) {}

  template <class Batch, class... Metrics>
  double evaluate(const Batch& batch, const BatchPlace& at, Metrics&... metrics) {
    if constexpr (requires { usual_evaluation(*this, batch, at, metrics...); }) {
      return usual_evaluation(*this, batch, at, metrics...);
    } else {
      return any_evaluation(batch, at, metrics...);
    }
  }
  /// The same for all batches and metrics.
  template <class Batch, class... Metrics>
  double any_evaluation(const Batch& batch, const BatchPlace& at, Metrics&... metrics) {
    const TensorView<const T> output = with_inputs(
        batch, [this](const auto& inputs) { return model_.predict(flatten(inputs.view()), workspace_); });
    const double loss = checked_loss(output, batch, at);
    measure(output, batch, metrics...);
    return loss;
  }

  template <class Batch>
  [[nodiscard]] double checked_loss(TensorView<const T> output, const Batch& batch,
                                    const BatchPlace& at) const {
    const auto loss = static_cast<double>(loss_of(criterion_, output, batch, at));
    return finite_loss<T>(loss, at, batch, output, block_of<T>(model_), [] { return std::string(); });
  }

 private:
  const Model& model_;
  const Criterion& criterion_;
  Workspace<T>& workspace_;
};

/// A model that trains as any other, and predicts by its program where the loss takes numbers.
template <class Model, class Criterion>
class ProgramSteps : public RecordedSteps<Model, Criterion> {
  using T = typename Model::Scalar;
  using Base = RecordedSteps<Model, Criterion>;

 public:
  ProgramSteps(Model& model, const Criterion& criterion, ThreadPool* pool, Generator* generator)
      : Base(model, criterion, pool, generator), model_(model), criterion_(criterion), workspace_(pool) {}

  template <class Batch, class... Metrics>
  double evaluate(const Batch& batch, const BatchPlace& at, Metrics&... metrics) {
    PassEvaluation<Model, Criterion, T> pass(model_, criterion_, workspace_);
    return pass.evaluate(batch, at, metrics...);
  }

 private:
  const Model& model_;
  const Criterion& criterion_;
  Workspace<T> workspace_;
};

}  // namespace detail

WICK_END_NAMESPACE

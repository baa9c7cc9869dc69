#pragma once

// Steps of a model with passes of its own and of a loss with a gradient.

#include <wick/base/thread_pool.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/borrowed.hpp>
#include <wick/tensor/tensor.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/batch_loss.hpp>
#include <wick/training/flatten.hpp>

#include <string>
#include <tuple>

WICK_BEGIN_NAMESPACE

namespace detail {

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
    const TensorView<const T> output = model_.predict(flatten(batch.inputs.view()), workspace_);
    const double loss = checked_loss(output, batch, at);
    measure(output, batch, metrics...);
    return loss;
  }

  template <class Batch>
  double checked_loss(TensorView<const T> output, const Batch& batch, const BatchPlace& at) const {
    const auto loss = static_cast<double>(loss_of(criterion_, output, batch, at));
    return finite_loss<T>(loss, at, batch, output, block_of<T>(model_), [] { return std::string(); });
  }

 private:
  const Model& model_;
  const Criterion& criterion_;
  Workspace<T>& workspace_;
};

/// A Network and a loss with a gradient.
template <class Model, class Criterion>
class PassSteps {
  using T = typename Model::Scalar;

 public:
  template <class Batch>
  using DefaultMetrics = std::tuple<Accuracy>;

  PassSteps(Model& model, const Criterion& criterion, ThreadPool* pool, Generator* generator)
      : model_(model),
        criterion_(criterion),
        generator_(generator != nullptr ? *generator : default_generator()),
        workspace_(pool) {}

  [[nodiscard]] Generator& generator() const noexcept { return generator_; }

  template <class Batch, class Optimizer>
  double train(const Batch& batch, Optimizer& optimizer, const BatchPlace& at) {
    const TensorView<const T> output =
        model_.forward(Borrowed(flatten(batch.inputs.view())), workspace_, generator_);
    const double loss = evaluation().checked_loss(output, batch, at);
    grad_.resize(output.shape());
    criterion_.backward(output, batch.targets, grad_);
    optimizer.zero_grad();
    model_.backward(grad_, workspace_);
    optimizer.step();
    return loss;
  }

  template <class Batch, class... Metrics>
  double evaluate(const Batch& batch, const BatchPlace& at, Metrics&... metrics) {
    return evaluation().evaluate(batch, at, metrics...);
  }

 private:
  [[nodiscard]] auto evaluation() {
    return PassEvaluation<Model, Criterion, T>(model_, criterion_, workspace_);
  }

  Model& model_;
  const Criterion& criterion_;
  Generator& generator_;
  Workspace<T> workspace_;
  Tensor<T> grad_;
};

}  // namespace detail

WICK_END_NAMESPACE

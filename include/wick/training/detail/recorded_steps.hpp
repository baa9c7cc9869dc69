#pragma once

// Steps of a recorded model and a criterion.

#include <wick/autograd/grad_mode.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/borrowed.hpp>
#include <wick/tensor/tensor.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/batch_loss.hpp>
#include <wick/training/detail/first_nan.hpp>
#include <wick/training/detail/observed_backward.hpp>
#include <wick/training/flatten.hpp>

#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

// Complete where a model is called.
template <Floating T>
class Recorder;

#ifdef WICK_COMPILED
template <Floating T>
class Network;
template <Floating T>
class NLLLoss;
#endif

namespace detail {

#ifdef WICK_COMPILED
template <class Model, class Criterion>
class RecordedSteps;

/// gradient() of the lesson, see training/detail/usual_steps.hpp; not for what is made of its classes.
template <Floating T, std::same_as<Batch<T, std::int64_t>> Given>
double usual_gradient(RecordedSteps<Network<T>, NLLLoss<T>>& steps, const Given& batch, const BatchPlace& at);
#endif

/// A model on a tape of the run's own, and a criterion.
template <class Model, class Criterion>
class RecordedSteps {
  using T = typename Model::Scalar;

 public:
  template <class Batch>
  using DefaultMetrics = std::conditional_t<std::is_same_v<TargetsOf<Batch>, Tensor<std::int64_t>>,
                                            std::tuple<Accuracy>, std::tuple<>>;

  RecordedSteps(Model& model, const Criterion& criterion, ThreadPool* pool, Generator* generator)
      : model_(model),
        criterion_(criterion),
        generator_(generator != nullptr ? *generator : Recorder<T>::generator_of_this_thread()),
        recorder_(pool) {
    recorder_->set_generator(generator_);
  }

  [[nodiscard]] Generator& generator() const noexcept { return generator_; }

  /// Adds the gradient of the batch's loss to that of the parameters; the loss.
  template <class Batch>
  double gradient(const Batch& batch, const BatchPlace& at) {
    if constexpr (requires { usual_gradient(*this, batch, at); }) {
      return usual_gradient(*this, batch, at);
    } else {
      return any_gradient(batch, at);
    }
  }
  /// The same for all batches.
  template <class Batch>
  double any_gradient(const Batch& batch, const BatchPlace& at) {
    const auto predictions = predictions_of(std::as_const(model_), batch, recorder_);
    const auto loss = recorded_loss(predictions, batch, at);
    const double value = checked(loss, predictions, batch, at, std::as_const(model_));
    observed_backward(loss, at.observer);
    return value;
  }

  template <class Batch, class... Metrics>
  double evaluate(const Batch& batch, const BatchPlace& at, Metrics&... metrics) {
    const NoGrad no_grad;
    const typename Model::Evaluated evaluated(model_);
    const auto predictions = predictions_of(evaluated, batch, recorder_);
    const auto loss = recorded_loss(predictions, batch, at);
    const double value = checked(loss, predictions, batch, at, evaluated);
    measure(predictions, batch, metrics...);
    return value;
  }

 private:
  template <class Call, class Batch>
  static auto predictions_of(const Call& call, const Batch& batch, Recorder<T>& recorder) {
    return with_inputs(batch, [&](const auto&... inputs) { return call(on_tape(inputs, recorder)...); });
  }
  template <class Input>
  static decltype(auto) on_tape(const Input& x, Recorder<T>& recorder) {
    if constexpr (std::is_same_v<Input, Tensor<T>> && ModelWithProgram<std::remove_const_t<Model>>) {
      return recorder->input(Borrowed<T>(flatten(x.view())));
    } else if constexpr (std::is_same_v<Input, Tensor<T>>) {
      return recorder->input(Borrowed(x));
    } else {
      return (x);
    }
  }
  template <class Predictions, class Batch>
  [[nodiscard]] auto recorded_loss(const Predictions& predictions, const Batch& batch,
                                   const BatchPlace& at) const {
    static_assert(
        CriterionFor<Criterion, Predictions, TargetsOf<Batch>>,
        "train() and evaluate() need a criterion that is called with what the model gives and the "
        "targets of the batches and returns a variable of one number, or a step that is called with "
        "a batch and does");
    return loss_of(criterion_, predictions, batch, at);
  }
  template <class Loss, class Predictions, class Batch, class Call>
  double checked(const Loss& loss, const Predictions& predictions, const Batch& batch, const BatchPlace& at,
                 const Call& call) {
    const auto operation = [&] {
      // On a tape of its own, where operations have the numbers that they have in a pass.
      Recorder<T> recorder;
      recorder->set_generator(generator_);
      return first_nan(generator_, [&] {
        return loss_of(criterion_, predictions_of(call, batch, recorder), batch, at).item();
      });
    };
    return finite_loss<T>(static_cast<double>(loss.item()), at, batch, predictions, block_of<T>(model_),
                          operation);
  }

  Model& model_;
  const Criterion& criterion_;
  Generator& generator_;
  Recorder<T> recorder_;
};

}  // namespace detail

WICK_END_NAMESPACE

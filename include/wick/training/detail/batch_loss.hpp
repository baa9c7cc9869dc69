#pragma once

// The loss and the metrics of one batch, and what is said when the loss is no number.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/training_error.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

// Complete where a model is called.
template <Floating T>
class Var;

namespace detail {

/// Numbers to look at, of what a model gave.
template <class T>
[[nodiscard]] const TensorView<T>& values_of(const TensorView<T>& predictions) {
  return predictions;
}
template <Floating T>
[[nodiscard]] auto values_of(const Var<T>& predictions) {
  return predictions.value();
}
template <class Other>
[[nodiscard]] const Other& values_of(const Other& predictions) {
  return predictions;
}

template <class Predictions>
inline constexpr bool is_view = false;
template <Floating T>
inline constexpr bool is_view<TensorView<const T>> = true;

/// Gives a batch to metrics, each of which takes predictions and targets or the batch.
template <class Predictions, class Batch, class... Metrics>
void measure(const Predictions& predictions, const Batch& batch, Metrics&... metrics) {
  const auto& values = values_of(predictions);
  [[maybe_unused]] const auto measure_one = [&]<class Each>(Each& metric) {
    if constexpr (requires { metric.accumulate(values, targets_of(batch)); }) {
      metric.accumulate(values, targets_of(batch));
    } else {
      static_assert(
          MetricOfBatch<Each, Batch>,
          "a metric needs accumulate(predictions, targets) for what the model gives and the batches "
          "have, or accumulate(batch)");
      metric.accumulate(batch);
    }
  };
  (measure_one(metrics), ...);
}

/// Throws TrainingError.
template <Floating T>
[[noreturn]] void refuse_loss(const BadLoss& bad, const StepPlace& at, const ParameterBlock<T>* parameters);

/// `loss`, which is a number; otherwise throws TrainingError. `operation()`: the first that made a NaN.
template <class T, class Predictions, class Batch, class Operation>
double finite_loss(double loss, const BatchPlace& at, const Batch& batch, const Predictions& predictions,
                   const ParameterBlock<T>* parameters, const Operation& operation) {
  if (!at.place || is_finite(loss)) return loss;
  BadLoss bad{.loss = loss, .data = at.place->data};
  for_each_tensor(batch, [&]<class Values>(const Values& values) {
    if constexpr (requires { requires Floating<typename Values::value_type>; }) {
      using Value = typename Values::value_type;
      if (bad.row.empty()) bad.row = row_not_finite<Value>(values.view(), at.samples, at.place->data);
    }
  });
  const auto& values = values_of(predictions);
  if constexpr (is_view<std::remove_cvref_t<decltype(values)>>) {
    bad.finite_predictions = all_finite<T>(values.span());
    bad.classes = std::is_same_v<TargetsOf<Batch>, Tensor<std::int64_t>>;
  }
  if (bad.row.empty()) bad.operation = operation();
  refuse_loss<T>(bad, *at.place, parameters);
}

/// criterion(predictions, targets), by the batch's weights if it has some; errors about classes also say the
/// sample.
template <class Criterion, class Predictions, class Batch>
decltype(auto) loss_of(const Criterion& criterion, const Predictions& predictions, const Batch& batch,
                       const BatchPlace& at) {
  try {
    if constexpr (has_weights<Batch>) {
      return weighted(criterion(predictions, targets_of(batch)), batch.weights);
    } else {
      return criterion(predictions, targets_of(batch));
    }
  } catch (const IndexError& e) {
    const auto& values = values_of(predictions);
    if constexpr (is_view<std::remove_cvref_t<decltype(values)>> &&
                  std::is_same_v<TargetsOf<Batch>, Tensor<std::int64_t>>) {
      std::int64_t ignored = -1;
      if constexpr (requires { criterion.options().ignore_index; })
        ignored = criterion.options().ignore_index;
      const Index classes = values.dim() == 2 ? values.size(1) : 0;
      const char* const data = at.place ? at.place->data : "";
      throw IndexError(e.what() + sample_out_of_range(targets_of(batch), classes, ignored, at.samples, data));
    }
    throw;
  }
}

/// The parameters of a model, for messages; null for models without.
template <class T, class Model>
[[nodiscard]] const ParameterBlock<T>* block_of(const Model& model) {
  if constexpr (requires { model.parameters(); }) {
    return std::as_const(*model.parameters()).entries().empty() ? nullptr
                                                                : &std::as_const(*model.parameters());
  } else {
    return nullptr;
  }
}

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/detail/batch_loss.ipp>
#endif

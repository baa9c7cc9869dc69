#pragma once

// Which steps a model takes with a criterion, and a pass of them over a loader without training.

#include <wick/base/error.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/own_steps.hpp>
#include <wick/training/detail/program_steps.hpp>
#include <wick/training/detail/recorded_steps.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/evaluation.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Model, class Criterion, class Batch>
[[nodiscard]] consteval auto steps_for() {
  if constexpr (TrainingStep<Criterion, Batch>) {
    return std::type_identity<OwnSteps<Model, Criterion>>();
  } else {
    static_assert(
        RecordedModel<std::remove_const_t<Model>>,
        "train() and evaluate() need a Network, a wick::Model, or a step of one's own that is called "
        "with a batch and returns its loss as a variable of one number");
    static_assert(BatchOfInputs<Batch>,
                  "a criterion needs batches with `inputs` and `targets`, or tuples whose last part are the "
                  "targets; for others write a step that is called with the batch and returns its loss");
    if constexpr (ModelWithProgram<std::remove_const_t<Model>> &&
                  CriterionOfNumbers<Criterion, typename Model::Scalar> && !has_weights<Batch>) {
      return std::type_identity<ProgramSteps<Model, Criterion>>();
    } else {
      return std::type_identity<RecordedSteps<Model, Criterion>>();
    }
  }
}

template <class Model, class Criterion, class Batch>
using StepsFor = typename decltype(steps_for<Model, Criterion, Batch>())::type;

/// The metrics that are meant by those that were given.
template <class Steps, class Batch, class... Metrics>
struct MetricsMeant {
  using Type = std::tuple<Metrics...>;
};
template <class Steps, class Batch>
struct MetricsMeant<Steps, Batch> {
  using Type = typename Steps::template DefaultMetrics<Batch>;
};
template <class Steps, class Batch>
struct MetricsMeant<Steps, Batch, NoMetrics> {
  using Type = std::tuple<>;
};

template <class Steps, class Batch, class... Metrics>
[[nodiscard]] auto metrics_meant(const Metrics&... metrics) {
  using Type = typename MetricsMeant<Steps, Batch, Metrics...>::Type;
  if constexpr (std::is_same_v<Type, std::tuple<Metrics...>>) {
    static_assert((Metric<Metrics> && ...),
                  "a metric is a value with name(), accumulate() and result(), see metrics/metric.hpp");
    return Type(metrics...);
  } else {
    return Type();
  }
}

/// The names of metrics, with values 0.
template <class... Metrics>
[[nodiscard]] MetricValues values_for(const std::tuple<Metrics...>& metrics) {
  static_assert(sizeof...(Metrics) <= MetricValues::most, "so many metrics have no place in a report");
  std::vector<MetricValues::Description> descriptions;
  [&]<std::size_t... At>(std::index_sequence<At...>) {
    (add_description(descriptions, std::get<At>(metrics).name(), larger_is_better<Metrics>()), ...);
  }
  (std::index_sequence_for<Metrics...>());
  return MetricValues(std::move(descriptions));
}

/// Passes over a loader that measure the mean loss, and what metrics make of it.
template <class Steps, class Loader, class... Metrics>
class EvaluationPass {
 public:
  EvaluationPass(Steps& steps, Loader& loader, std::tuple<Metrics...> metrics)
      : steps_(steps), loader_(loader), metrics_(metrics), running_(metrics), names_(values_for(metrics)) {}

  [[nodiscard]] const MetricValues& names() const noexcept { return names_; }

  void begin() {
    running_ = metrics_;
    loss_ = 0;
    batches_ = 0;
    pass_.emplace(loader_.begin());
  }
  /// Measures a batch; false after the last one.
  [[nodiscard]] bool next(const std::optional<StepPlace>& place) {
    auto& pass = *pass_;
    if (pass == loader_.end()) return false;
    BatchPlace at{.place = place};
    if constexpr (requires { at.samples = pass.indices(); }) at.samples = pass.indices();
    loss_ += std::apply([&](auto&... each) { return steps_.evaluate(*pass, at, each...); }, running_);
    ++batches_;
    ++pass;
    return true;
  }
  /// Throws OptionError when there was no batch.
  [[nodiscard]] Evaluation result() {
    pass_.reset();
    if (batches_ == 0) {
      throw OptionError(
          "evaluate: the loader has no batches; with drop_last it needs at least batch_size samples");
    }
    Evaluation result{.loss = loss_ / static_cast<double>(batches_), .metrics = names_};
    std::size_t i = 0;
    std::apply(
        [&](const auto&... each) { ((result.metrics.value(i++) = static_cast<double>(each.result())), ...); },
        running_);
    return result;
  }

 private:
  Steps& steps_;
  Loader& loader_;
  const std::tuple<Metrics...> metrics_;
  std::tuple<Metrics...> running_;
  MetricValues names_;
  double loss_ = 0;
  Index batches_ = 0;
  std::optional<decltype(std::declval<Loader&>().begin())> pass_;
};

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// What is done with one batch: by a model with passes of its own, by a recorded model and a criterion, or by
// a function of the user's.

#include <wick/autograd/grad_mode.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/random/generator.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/flatten.hpp>
#include <wick/training/training_error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

// Complete where a recorded model is: this header does not bring the tape to those who train a Network.
template <Floating T>
class Recorder;
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
  throw TrainingError(at.place->epoch, at.place->step,
                      "the loss on the " + std::string(at.place->data) + " data is " + python_repr(loss) +
                          ": " + why_not_finite<T>(bad, parameters));
}

/// criterion(predictions, targets), whose errors about classes also say the sample.
template <class Criterion, class Predictions, class Batch>
decltype(auto) loss_of(const Criterion& criterion, const Predictions& predictions, const Batch& batch,
                       const BatchPlace& at) {
  try {
    return criterion(predictions, targets_of(batch));
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

/// The first operation that makes a NaN in what `pass()` computes, and where; empty if none does.
template <class Pass>
[[nodiscard]] std::string first_nan(Generator& generator, const Pass& pass) {
  const GeneratorState before = generator.state();
  std::string found;
  try {
    const DetectAnomaly look_closely;
    static_cast<void>(pass());
  } catch (const Error& e) {
    constexpr std::string_view start = "anomaly: ";
    if (std::string_view(e.what()).starts_with(start)) found = std::string(e.what()).substr(start.size());
  }
  generator.set_state(before);
  return found;
}

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
        generator_(generator != nullptr ? *generator : Recorder<T>::of_this_thread().generator()),
        recorder_(pool) {
    recorder_->set_generator(generator_);
  }

  [[nodiscard]] Generator& generator() const noexcept { return generator_; }

  template <class Batch, class Optimizer>
  double train(const Batch& batch, Optimizer& optimizer, const BatchPlace& at) {
    optimizer.zero_grad();
    const auto predictions = predictions_of(std::as_const(model_), batch, recorder_);
    const auto loss = recorded_loss(predictions, batch, at);
    const double value = checked(loss, predictions, batch, at, std::as_const(model_));
    loss.backward();
    optimizer.step();
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
    if constexpr (std::is_same_v<Input, Tensor<T>>) {
      return recorder->input(Borrowed(x));
    } else {
      return (x);
    }
  }
  template <class Predictions, class Batch>
  auto recorded_loss(const Predictions& predictions, const Batch& batch, const BatchPlace& at) const {
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
        return criterion_(predictions_of(call, batch, recorder), targets_of(batch)).item();
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

/// Makes the tape of this thread draw from a generator, and share its work out to a pool if there is one,
/// until the end of the scope.
template <Floating T>
class TapeOfRun {
 public:
  TapeOfRun(ThreadPool* pool, Generator& generator)
      : before_(tape().generator()), pool_before_(tape().scratch().pool()), pool_(pool) {
    tape().set_generator(generator);
    if (pool_ != nullptr) use(pool_);
  }
  TapeOfRun(const TapeOfRun&) = delete;
  TapeOfRun& operator=(const TapeOfRun&) = delete;
  ~TapeOfRun() {
    tape().set_generator(before_);
    if (pool_ != nullptr) use(pool_before_);
  }

 private:
  static auto& tape() { return Recorder<T>::of_this_thread(); }
  static void use(ThreadPool* pool) {
    tape().scratch() = std::remove_reference_t<decltype(tape().scratch())>(pool);
  }

  Generator& before_;
  ThreadPool* pool_before_;
  ThreadPool* pool_;
};

/// Puts a model into a mode until the end of the scope.
template <class Model>
class InMode {
 public:
  InMode(Model& model, bool training) : model_(model), before_(model.training()) { model.train(training); }
  InMode(const InMode&) = delete;
  InMode& operator=(const InMode&) = delete;
  ~InMode() { model_.train(before_); }

 private:
  Model& model_;
  bool before_;
};

/// A step of the user's own, which is called with the batch and gives the loss. It computes on the tape of
/// the thread.
template <class Model, class Step>
class OwnSteps {
  using T = typename Model::Scalar;

 public:
  template <class Batch>
  using DefaultMetrics = std::tuple<>;

  OwnSteps(Model& model, const Step& step, ThreadPool* pool, Generator* generator)
      : model_(model),
        step_(step),
        generator_(generator != nullptr ? *generator : Recorder<T>::of_this_thread().generator()),
        tape_(pool, generator_) {}

  [[nodiscard]] Generator& generator() const noexcept { return generator_; }

  template <class Batch, class Optimizer>
  double train(const Batch& batch, Optimizer& optimizer, const BatchPlace& at) {
    optimizer.zero_grad();
    const auto loss = step_(batch);
    const double value = checked(loss, batch, at);
    loss.backward();
    optimizer.step();
    return value;
  }

  // Recorded, because a step may need gradients by its inputs.
  template <class Batch, class... Metrics>
  double evaluate(const Batch& batch, const BatchPlace& at, Metrics&... metrics) {
    const InMode evaluation(model_, false);
    const double value = checked(step_(batch), batch, at);
    (measure_batch(metrics, batch), ...);
    return value;
  }

 private:
  template <class Loss, class Batch>
  double checked(const Loss& loss, const Batch& batch, const BatchPlace& at) {
    return finite_loss<T>(static_cast<double>(loss.item()), at, batch, nullptr, block_of<T>(model_),
                          [&] { return first_nan(generator_, [&] { return step_(batch).item(); }); });
  }
  template <class Each, class Batch>
  static void measure_batch(Each& metric, const Batch& batch) {
    static_assert(MetricOfBatch<Each, Batch>,
                  "beside a step of one's own, which gives no predictions, a metric needs accumulate(batch)");
    metric.accumulate(batch);
  }

  Model& model_;
  const Step& step_;
  Generator& generator_;
  TapeOfRun<T> tape_;
};

template <class Model, class Criterion, class Batch>
[[nodiscard]] consteval auto steps_for() {
  if constexpr (ModelWithPasses<std::remove_const_t<Model>>) {
    if constexpr (CriterionWithGradient<Criterion, typename Model::Scalar>) {
      return std::type_identity<PassSteps<Model, Criterion>>();
    } else {
      static_assert(TrainingStep<Criterion, Batch>,
                    "a Network trains with a loss that has a gradient of its own, such as NLLLoss, or with a "
                    "step of one's own");
      return std::type_identity<OwnSteps<Model, Criterion>>();
    }
  } else if constexpr (TrainingStep<Criterion, Batch>) {
    return std::type_identity<OwnSteps<Model, Criterion>>();
  } else {
    static_assert(
        RecordedModel<std::remove_const_t<Model>>,
        "train() and evaluate() need a Network, a wick::Model, or a step of one's own that is called "
        "with a batch and returns its loss as a variable of one number");
    static_assert(BatchOfInputs<Batch>,
                  "a criterion needs batches with `inputs` and `targets`, or tuples whose last part are the "
                  "targets; for others write a step that is called with the batch and returns its loss");
    return std::type_identity<RecordedSteps<Model, Criterion>>();
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
  const auto describe = [&]<class Each>(const Each& metric) {
    descriptions.push_back({std::string(std::string_view(metric.name())), larger_is_better<Each>()});
  };
  std::apply([&](const auto&... each) { (describe(each), ...); }, metrics);
  return MetricValues(std::move(descriptions));
}

/// The mean loss over a pass of `loader`, and what the metrics make of it. `running` and `values` are written
/// over. Throws OptionError when there is no batch.
template <class Steps, class Loader, class... Metrics>
Evaluation evaluate_pass(Steps& steps, Loader& loader, const std::optional<StepPlace>& place,
                         std::tuple<Metrics...>& running, const MetricValues& names) {
  Evaluation result{.loss = 0, .metrics = names};
  Index batches = 0;
  for (auto pass = loader.begin(); pass != loader.end(); ++pass) {
    BatchPlace at{.place = place};
    if constexpr (requires { at.samples = pass.indices(); }) at.samples = pass.indices();
    result.loss += std::apply([&](auto&... each) { return steps.evaluate(*pass, at, each...); }, running);
    ++batches;
  }
  if (batches == 0) {
    throw OptionError(
        "evaluate: the loader has no batches; with drop_last it needs at least batch_size samples");
  }
  result.loss /= static_cast<double>(batches);
  std::size_t i = 0;
  std::apply(
      [&](const auto&... each) { ((result.metrics.value(i++) = static_cast<double>(each.result())), ...); },
      running);
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE

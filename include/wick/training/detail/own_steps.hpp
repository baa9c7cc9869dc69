#pragma once

// Steps that the user wrote, each a function from a batch to its loss.

#include <wick/base/thread_pool.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/random/generator.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/batch_loss.hpp>
#include <wick/training/detail/first_nan.hpp>
#include <wick/training/detail/observed_backward.hpp>

#include <tuple>
#include <type_traits>

WICK_BEGIN_NAMESPACE

// Complete where a step records.
template <Floating T>
class Recorder;

namespace detail {

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

  /// Adds the gradient of the batch's loss to that of the parameters; the loss.
  template <class Batch>
  double gradient(const Batch& batch, const BatchPlace& at) {
    const auto loss = step_(batch);
    const double value = checked(loss, batch, at);
    observed_backward(loss, at.observer);
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

}  // namespace detail

WICK_END_NAMESPACE

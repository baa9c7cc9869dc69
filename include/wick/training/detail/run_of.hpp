#pragma once

// A run of a model, its data, a loss and an optimizer, for the loop that knows no types.

#include <wick/base/error.hpp>
#include <wick/base/file_path.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/io/file_format.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/model_with_state.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/concepts.hpp>
#include <wick/training/detail/run.hpp>
#include <wick/training/detail/steps.hpp>
#include <wick/training/replicas.hpp>
#include <wick/training/train_state.hpp>
#include <wick/training/training_checkpoint.hpp>
#include <wick/training/training_error.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What is wrong with a run, in the name of the function that was called. All throw.
[[noreturn]] void refuse_other_parameters(const char* caller);
[[noreturn]] void refuse_rate(const char* caller, double rate);
[[noreturn]] void refuse_no_batches(const char* caller, const char* loader);
[[noreturn]] void refuse_other_data(const OptionError& error);
[[noreturn]] void refuse_to_save(const char* caller, const TrainState& state, const std::string& found,
                                 const FilePath& path);
/// Throws unless nothing was found, see not_finite_in().
void check_first_values(const char* caller, const std::string& found);

/// A run that can be saved, whatever its model and optimizer.
template <Floating T>
class SavedRun {
 public:
  SavedRun() = default;
  SavedRun(const SavedRun&) = delete;
  SavedRun& operator=(const SavedRun&) = delete;
  virtual ~SavedRun() = default;

  [[nodiscard]] virtual const ParameterBlock<T>& parameters() const = 0;
  [[nodiscard]] virtual CheckpointExtras extras(const TrainState& state,
                                                const Attributes& metadata) const = 0;
  virtual void save(const FilePath& path, const CheckpointExtras& extras,
                    const SaveOptions& options) const = 0;
  virtual void write(std::ostream& out, const CheckpointExtras& extras, FileFormat format) const = 0;
};

/// What saves it.
template <Floating T>
RunWriter run_writer_of(std::unique_ptr<const SavedRun<T>> run, const std::function<TrainState()>& state,
                        const CheckpointPolicy& policy, const char* caller);

template <class Model, class Optimizer>
class SavedRunOf final : public SavedRun<typename Model::Scalar> {
  using T = typename Model::Scalar;

 public:
  SavedRunOf(const Model& model, const Optimizer& optimizer) : model_(model), optimizer_(optimizer) {}

  [[nodiscard]] const ParameterBlock<T>& parameters() const override { return *model_.parameters(); }
  [[nodiscard]] CheckpointExtras extras(const TrainState& state, const Attributes& metadata) const override {
    return extras_of_run(optimizer_, state, metadata);
  }
  void save(const FilePath& path, const CheckpointExtras& extras, const SaveOptions& options) const override {
    save_checkpoint(model_, path, extras, options);
  }
  void write(std::ostream& out, const CheckpointExtras& extras, FileFormat format) const override {
    save_checkpoint(model_, out, extras, format);
  }

 private:
  const Model& model_;
  const Optimizer& optimizer_;
};

/// What saves a run; nothing for a model or an optimizer that cannot be saved.
template <class Model, class Optimizer>
RunWriter run_writer(const Model& model, const Optimizer& optimizer, const std::function<TrainState()>& state,
                     const CheckpointPolicy& policy, const char* caller) {
  if constexpr (ModelWithState<Model> && SavableOptimizer<Optimizer>) {
    using T = typename Model::Scalar;
    return run_writer_of<T>(
        std::unique_ptr<const SavedRun<T>>(new SavedRunOf<Model, Optimizer>(model, optimizer)), state, policy,
        caller);
  } else {
    return {{}, {}, caller};
  }
}

/// In the place of test data: nothing is evaluated.
struct NoTestData {};

template <class Steps, class... Metrics>
class EvaluationPass<Steps, NoTestData, Metrics...> {
 public:
  EvaluationPass(Steps& /*steps*/, NoTestData& /*none*/, const std::tuple<Metrics...>& /*metrics*/) {}

  [[nodiscard]] const MetricValues& names() const noexcept { return names_; }
  void begin() {}
  [[nodiscard]] bool next(const std::optional<StepPlace>& /*place*/) { return false; }
  [[nodiscard]] Evaluation result() { return {}; }

 private:
  MetricValues names_;
};

/// A run of these types, behind the interface of the loop: `Interface` is Run, or what is made of it.
template <class Interface, class Model, class Criterion, class TrainLoader, class TestLoader, class Optimizer,
          class... Metrics>
class RunOf : public Interface {
  using Steps = StepsFor<Model, Criterion, LoaderBatch<TrainLoader>>;
  static constexpr bool has_test_data = !std::is_same_v<TestLoader, NoTestData>;

 public:
  RunOf(const char* caller, Model& model, TrainLoader& train_loader, TestLoader& test_loader,
        const Criterion& criterion, Optimizer& optimizer, ThreadPool* pool, Generator* generator,
        std::tuple<Metrics...> metrics)
      : Interface(caller),
        model_(model),
        train_loader_(train_loader),
        test_loader_(test_loader),
        optimizer_(optimizer),
        pool_(pool),
        steps_(model, criterion, pool, generator),
        evaluation_(steps_, test_loader, std::move(metrics)) {}
  RunOf(const RunOf&) = delete;
  RunOf& operator=(const RunOf&) = delete;
  ~RunOf() override {
    if (this->replicas() == nullptr) return;
    this->replicas()->abandon("it ended with an error there, or was not finished");
  }

  void check_run(bool rate_may_change) override {
    if constexpr (requires { model_.parameters() == optimizer_.parameters(); }) {
      if (model_.parameters() != optimizer_.parameters()) {
        refuse_other_parameters(this->caller());
      }
    }
    // With a callback, the learning rate may be one that only begins at 0.
    if constexpr (requires { optimizer_.lr(); }) {
      bool moves = static_cast<Scalar>(optimizer_.lr()) != Scalar(0);
      if constexpr (requires { optimizer_.lr(optimizer_.groups()); }) {
        for (std::size_t g = 1; g < optimizer_.groups(); ++g) {
          moves = moves || static_cast<Scalar>(optimizer_.lr(g)) != Scalar(0);
        }
      }
      if (!moves && !rate_may_change) refuse_rate(this->caller(), optimizer_.lr());
    }
    if (train_loader_.size() < 1) refuse_no_batches(this->caller(), "train_loader");
    if constexpr (has_test_data) {
      if (test_loader_.size() < 1) refuse_no_batches(this->caller(), this->test_loader_name());
    }
    check_first_values(this->caller(), not_finite_in(std::as_const(*model_.parameters()), false));
  }

  [[nodiscard]] Index batches() override { return train_loader_.size(); }
  void begin_epoch() override {
    if constexpr (shares) {
      if (this->replicas() != nullptr) {
        pass_.emplace(train_loader_.begin_by_rows());
        return;
      }
    }
    pass_.emplace(train_loader_.begin());
  }
  [[nodiscard]] bool has_batch() override { return *pass_ != train_loader_.end(); }
  void next_batch() override { ++*pass_; }

  void train_mode() override { model_.train(true); }
  [[nodiscard]] double step(const StepPlace& place) override {
    const ThreadPool::Burst burst(pool_);
    optimizer_.zero_grad();
    const double loss = gradient(place);
    optimizer_.step();
    return loss;
  }
  [[nodiscard]] Index samples() override {
    if constexpr (shares) {
      if (this->replicas() != nullptr) return pass_->rows();
    }
    Index count = 0;
    for_each_tensor(**pass_, [&](const auto& part) {
      if (count == 0 && part.dim() > 0) count = part.size(0);
    });
    return count;
  }
  void begin_evaluation() override { evaluation_.begin(); }
  [[nodiscard]] bool evaluate_batch(const StepPlace& place) override { return evaluation_.next(place); }
  [[nodiscard]] Evaluation evaluated() override { return evaluation_.result(); }
  [[nodiscard]] MetricValues metrics() override { return evaluation_.names(); }

  void join(Replicas* replicas, std::int64_t done) override {
    if (replicas == nullptr) return;
    if constexpr (shares) {
      replicas->begin(done);
      this->set_replicas(replicas);
    } else {
      throw OptionError(std::string(this->caller()) +
                        ": replicas: expected a DataLoader for train_loader, and parameters() that is a "
                        "std::shared_ptr of a ParameterBlock");
    }
  }
  void part() override {
    if (this->replicas() != nullptr) this->replicas()->finish(*model_.parameters());
  }

  void capture(TrainState& state) override {
    if constexpr (requires { pass_->state(); }) {
      state.loader = pass_ ? pass_->state() : train_loader_.state();
    } else {
      state.loader = train_loader_.state();
    }
    state.model_generator = steps_.generator().state();
    state.train_generator = train_loader_.generator().state();
    if constexpr (has_test_data) state.test_generator = test_loader_.generator().state();
  }
  void restore(TrainState& state) override {
    pass_.reset();
    try {
      train_loader_.resume(std::exchange(state.loader, {}));
    } catch (const OptionError& e) {
      refuse_other_data(e);
    }
    steps_.generator().set_state(state.model_generator);
    train_loader_.generator().set_state(state.train_generator);
    if constexpr (has_test_data) test_loader_.generator().set_state(state.test_generator);
  }
  [[nodiscard]] Generator& test_generator() override {
    if constexpr (has_test_data) {
      return test_loader_.generator();
    } else {
      return train_loader_.generator();
    }
  }

  [[nodiscard]] RunWriter writer(const std::function<TrainState()>& state,
                                 const CheckpointPolicy& policy) override {
    return run_writer(model_, optimizer_, state, policy, this->caller());
  }

 protected:
  using Scalar = typename Model::Scalar;

  [[nodiscard]] Model& model() noexcept { return model_; }
  [[nodiscard]] Optimizer& optimizer() noexcept { return optimizer_; }
  [[nodiscard]] ThreadPool* pool() noexcept { return pool_; }
  /// Adds the gradient of the batch to the others; its loss.
  [[nodiscard]] double gradient(const StepPlace& place) {
    if constexpr (shares) {
      if (this->replicas() != nullptr) return shared_gradient(place);
    }
    return gradient_of_rows(place);
  }

 private:
  using Pass = decltype(std::declval<TrainLoader&>().begin());
  /// Whether batches can be gathered in parts, and their gradients be added up.
  static constexpr bool shares = requires(Pass & pass, TrainLoader& loader, Model& model, Replicas& replicas,
                                          ShardWork& work, Generator& generator) {
    pass.gather(Index(), Index());
    pass.samples();
    loader.begin_by_rows();
    replicas.add_gradient(*model.parameters(), work, generator);
  };

  [[nodiscard]] double gradient_of_rows(const StepPlace& place, GradientObserver* observer = nullptr) {
    BatchPlace at{.place = place, .observer = observer};
    if constexpr (requires { at.samples = pass_->indices(); }) at.samples = pass_->indices();
    return steps_.gradient(**pass_, at);
  }
  [[nodiscard]] double shared_gradient(const StepPlace& place) {
    struct Work final : ShardWork {
      Work(RunOf& its_run, const StepPlace& its_place) : run(its_run), at(its_place) {}
      [[nodiscard]] Index rows() const override { return run.pass_->rows(); }
      [[nodiscard]] std::span<const Index> samples() const noexcept override { return run.pass_->samples(); }
      void gather(Index first, Index count) override { run.pass_->gather(first, count); }
      [[nodiscard]] bool draws() const noexcept override { return Pass::draws(); }
      [[nodiscard]] double gradient(GradientObserver& observer) override {
        return run.gradient_of_rows(at, &observer);
      }
      RunOf& run;
      const StepPlace& at;
    } work(*this, place);
    return this->replicas()->add_gradient(*model_.parameters(), work, steps_.generator());
  }

  Model& model_;
  TrainLoader& train_loader_;
  TestLoader& test_loader_;
  Optimizer& optimizer_;
  ThreadPool* pool_;
  Steps steps_;
  EvaluationPass<Steps, TestLoader, Metrics...> evaluation_;
  std::optional<Pass> pass_;
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/detail/run_of.ipp>
#endif

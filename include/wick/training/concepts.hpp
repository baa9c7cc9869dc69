#pragma once

// What train() and evaluate() expect of what they are given.

#include <wick/data/data_loader.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Passes over batches: `for (const auto& batch : loader)`. DataLoader is one.
template <class Loader>
concept BatchLoader = requires(Loader& loader) {
  { loader.begin() == loader.end() } -> std::convertible_to<bool>;
  *loader.begin();
};

/// Passes that can be interrupted and resumed, and that say what they draw from.
template <class Loader>
concept ResumableLoader = BatchLoader<Loader> && requires(Loader& loader, LoaderState state) {
  { loader.size() } -> std::convertible_to<Index>;
  { loader.state() } -> std::convertible_to<LoaderState>;
  loader.resume(state);
  { loader.generator() } -> std::convertible_to<Generator&>;
};

/// The type of a loader's batches.
template <BatchLoader Loader>
using LoaderBatch = std::remove_cvref_t<decltype(*std::declval<Loader&>().begin())>;

/// Updates parameters from their gradients. Adam and SGD are; a run with any of them can be saved if it has
/// also `state()` and `load_state()` of OptimizerState, and train() compares `parameters()`, if it has them,
/// with the model's.
template <class Optimizer>
concept TrainingOptimizer = requires(Optimizer& optimizer) {
  optimizer.zero_grad();
  optimizer.step();
};
template <class Optimizer>
concept SavableOptimizer = TrainingOptimizer<Optimizer> &&
    requires(Optimizer& optimizer, const Optimizer& same, OptimizerState state) {
  { same.state() } -> std::convertible_to<OptimizerState>;
  optimizer.load_state(state);
};

/// A model with parameters and a mode. Network is one, and Model of any module.
template <class Model>
concept TrainableModel = Floating<typename Model::Scalar> && requires(Model& model) {
  { *model.parameters() } -> std::convertible_to<const ParameterBlock<typename Model::Scalar>&>;
  { model.training() } -> std::convertible_to<bool>;
  model.train(true);
};

/// A model of rows that predicts by a program of its own, in a workspace: Network.
template <class Model>
concept ModelWithProgram = TrainableModel<Model> &&
    requires(const Model& model, TensorView<const typename Model::Scalar> x,
             Workspace<typename Model::Scalar>& workspace) {
  { model.predict(x, workspace) } -> std::same_as<TensorView<const typename Model::Scalar>>;
};

/// A loss that is also one of plain numbers, with a gradient of its own: NLLLoss.
template <class Criterion, class T>
concept CriterionOfNumbers = requires(const Criterion& criterion, TensorView<const T> predictions,
                                      Tensor<T>& grad, const Tensor<std::int64_t>& targets) {
  // First, as a function of anything is not asked then whether it takes numbers.
  criterion.backward(predictions, targets, grad);
  { criterion(predictions, targets) } -> std::convertible_to<double>;
};

/// A loss on a tape: a single number with a way back.
template <class Loss>
concept RecordedLoss = requires(const Loss& loss) {
  loss.backward();
  { loss.item() } -> std::convertible_to<double>;
};

namespace detail {

/// What a batch gives a model, and what a criterion compares with it: `inputs` and `targets`, or of a tuple
/// all but the last and the last.
template <class Batch, class Function>
decltype(auto) with_inputs(const Batch& batch, const Function& f) {
  if constexpr (requires { batch.inputs; }) {
    return f(batch.inputs);
  } else {
    return [&]<std::size_t... At>(std::index_sequence<At...>)->decltype(auto) {
      return f(std::get<At>(batch)...);
    }
    (std::make_index_sequence<std::tuple_size_v<Batch> - 1>());
  }
}
template <class Batch>
[[nodiscard]] const auto& targets_of(const Batch& batch) {
  if constexpr (requires { batch.targets; }) {
    return batch.targets;
  } else {
    return std::get<std::tuple_size_v<Batch> - 1>(batch);
  }
}

template <class Batch>
inline constexpr bool has_inputs = false;
template <class Batch>
requires requires(const Batch& batch) {
  batch.inputs;
  batch.targets;
}
inline constexpr bool has_inputs<Batch> = true;
template <class... Parts>
requires(sizeof...(Parts) > 1) inline constexpr bool has_inputs<std::tuple<Parts...>> = true;

/// Calls f for each tensor of a batch, as far as it says which they are.
template <class Batch, class Function>
void for_each_tensor(const Batch& batch, const Function& f) {
  if constexpr (requires {
                  batch.inputs;
                  batch.targets;
                }) {
    f(batch.inputs);
    f(batch.targets);
    if constexpr (requires { batch.weights; }) f(batch.weights);
  } else if constexpr (has_inputs<Batch>) {
    std::apply([&](const auto&... parts) { (f(parts), ...); }, batch);
  }
}

/// A batch of samples that do not count alike: WeightedBatch.
template <class Batch>
inline constexpr bool has_weights = requires(const Batch& batch) {
  batch.inputs;
  batch.targets;
  batch.weights;
};

template <class Batch>
using TargetsOf = std::remove_cvref_t<decltype(targets_of(std::declval<const Batch&>()))>;

}  // namespace detail

/// A batch of inputs and targets: with members of these names, or a tuple whose last part are the targets.
template <class Batch>
concept BatchOfInputs = detail::has_inputs<Batch>;

/// A model that can be called on a tape without training it, whatever its mode: Model of any module, and
/// Network.
template <class Model>
concept RecordedModel = TrainableModel<Model> && requires {
  typename Model::Evaluated;
};

/// A loss of what the model gives and of the targets, recorded: MSELoss, or any function of the two.
template <class Criterion, class Prediction, class Targets>
concept CriterionFor = requires(const Criterion& criterion, const Prediction& prediction,
                                const Targets& targets) {
  { criterion(prediction, targets) } -> RecordedLoss;
};

/// A function of a batch that gives its loss: a step of the user's own.
template <class Step, class Batch>
concept TrainingStep = requires(const Step& step, const Batch& batch) {
  { step(batch) } -> RecordedLoss;
};

WICK_END_NAMESPACE

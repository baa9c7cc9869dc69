#pragma once

// A module with its parameters.

#include <wick/autograd/dropout.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/linear.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/base/cloned.hpp>
#include <wick/nn/detail/type_name.hpp>
#include <wick/nn/scope.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/borrowed.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Input>
inline constexpr bool is_var = false;
template <Floating T>
inline constexpr bool is_var<Var<T>> = true;

/// The parameters of a model while it is called.
template <Floating T>
class BoundModel {
 public:
  BoundModel(Tape<T>& tape, const std::shared_ptr<ParameterBlock<T>>& parameters, bool training)
      : tape_(tape), before_(tape.bind(parameters, training)) {}
  BoundModel(const BoundModel&) = delete;
  BoundModel& operator=(const BoundModel&) = delete;
  ~BoundModel() { tape_.rebind(before_); }

 private:
  Tape<T>& tape_;
  typename Tape<T>::Binding before_;
};

}  // namespace detail

/// A user's module and its parameters, as one value: copies have parameters of their own, a move keeps
/// optimizers valid, and a model that was moved from throws Error when it is used.
///
/// A module is any class that is constructed from a scope (and more) and called with variables:
///
///     struct Block {
///       wick::LayerNorm<float> norm;
///       wick::Linear<float> up, down;
///       Block(const wick::Scope<float>& s, wick::Index n)
///           : norm(s / "norm", n), up(s / "up", n, 4 * n), down(s / "down", 4 * n, n) {}
///       auto operator()(const auto& x) const { return x + down(gelu_tanh(up(norm(x)))); }
///     };
///     wick::Model<Block> model(64);
///
/// Calls are const and may run in any number of threads, each with its own tape; only one at a time may
/// train.
template <class Module, Floating T = float>
class Model {
 public:
  using Scalar = T;

  /// The module is constructed from a scope and `arguments`; its values are drawn from the generator.
  template <class... Arguments>
  requires std::constructible_from < Module, const Scope<T>
  &, Arguments... > explicit Model(Generator& generator, Arguments&&... arguments)
      : module_(Scope<T>(*parameters_, generator), std::forward<Arguments>(arguments)...) {}
  template <class... Arguments>
  requires std::constructible_from < Module, const Scope<T>
  &, Arguments... > explicit Model(Arguments&&... arguments)
      : Model(default_generator(), std::forward<Arguments>(arguments)...) {}

  [[nodiscard]] const Module& module() const noexcept { return module_; }
  [[nodiscard]] Module& module() noexcept { return module_; }

  /// A new model is in training mode, as in PyTorch.
  Model& train(bool on = true) noexcept {
    training_ = on;
    return *this;
  }
  Model& eval() noexcept { return train(false); }
  [[nodiscard]] bool training() const noexcept { return training_; }

  /// All parameters and their gradients, for optimizers.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() & { return parameters_.share(); }
  [[nodiscard]] std::shared_ptr<const ParameterBlock<T>> parameters() const& { return parameters_.share(); }
  [[nodiscard]] std::shared_ptr<ParameterBlock<T>> parameters() && { return std::move(parameters_).share(); }

  /// What the module computes of variables, and of tensors, which become inputs on the tape of the variables
  /// or on that of the thread.
  template <class... Input>
  requires(sizeof...(Input) > 0) auto operator()(const Input&... x) const { return call(training_, x...); }

  /// The same as a new tensor, in evaluation mode whatever the mode, without recording.
  template <class... Input>
  requires(sizeof...(Input) > 0) [[nodiscard]] Tensor<T> predict(const Input&... x) const {
    const NoGrad no_grad;
    return call(false, x...).tensor();
  }

  /// The model in evaluation mode, whatever its mode, as a function of variables: for loops that look at
  /// results on their tape. Valid as long as the model.
  class Evaluated {
   public:
    explicit Evaluated(const Model& model) noexcept : model_(&model) {}
    explicit Evaluated(const Model&& model) = delete;

    template <class... Input>
    auto operator()(const Input&... x) const {
      return model_->call(false, x...);
    }

   private:
    const Model* model_;
  };

  /// A snapshot of all parameters by name.
  [[nodiscard]] StateDict state_dict() const { return parameters_->state_dict(); }
  /// Takes over the tensors of `sd`; see ParameterBlock::load_state_dict().
  LoadResult load_state_dict(const StateDict& sd, const LoadOptions& options = {}) {
    return parameters_->load_state_dict(spec(), sd, options);
  }
  /// Names and shapes of the tensors of state_dict(), and the class name for messages.
  [[nodiscard]] StateDictSpec spec() const {
    return parameters_->spec(std::string(detail::type_name<Module>()));
  }

 private:
  template <class... Input>
  auto call(bool training, const Input&... x) const {
    Tape<T>& tape = tape_of(x...);
    // What is const is the model; that a pass records where gradients go is not for it to prevent.
    const auto parameters = std::const_pointer_cast<ParameterBlock<T>>(parameters_.share());
    return call_on(tape, parameters, training, as_variable(tape, x)...);
  }
  template <class... Input>
  auto call_on(Tape<T>& tape, const std::shared_ptr<ParameterBlock<T>>& parameters, bool training,
               const Input&... x) const {
    const detail::BoundModel<T> bound(tape, parameters, training);
    auto result = module_(x...);
    tape.run();  // before anybody changes the parameters
    return result;
  }

  template <class First, class... Rest>
  static Tape<T>& tape_of(const First& first, const Rest&... rest) {
    if constexpr (std::is_same_v<First, Var<T>>) {
      return first.tape();
    } else if constexpr (sizeof...(Rest) > 0) {
      return tape_of(rest...);
    } else {
      return default_tape<T>();
    }
  }
  template <class Input>
  static auto as_variable(Tape<T>& tape, const Input& x) {
    if constexpr (detail::is_var<Input>) {
      static_assert(std::is_same_v<Input, Var<T>>, "the model and the variable have different scalar types");
      return x;
    } else if constexpr (std::is_same_v<Input, Borrowed<T>>) {
      return tape.input(x);
    } else if constexpr (std::convertible_to<const Input&, TensorArg<T>>) {
      return tape.input(TensorArg<T>(x));
    } else {
      return x;  // for the module to make something of
    }
  }

  Cloned<ParameterBlock<T>> parameters_{std::in_place};
  Module module_;
  bool training_ = true;
};

WICK_END_NAMESPACE

#pragma once

// A module with its parameters, without the tape: programs that only predict do not have it. To call a model
// include nn/model.hpp.

#include <wick/autograd/grad_mode.hpp>
#include <wick/base/cloned.hpp>
#include <wick/base/detail/type_name.hpp>
#include <wick/nn/module_state.hpp>
#include <wick/nn/module_tree.hpp>
#include <wick/nn/scope.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/borrowed.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

// Complete where a model is called.
template <Floating T>
class Var;
template <Floating T>
class Tape;
template <Floating T>
class Recorder;
template <Floating T>
class Workspace;

namespace detail {

/// Not an input: a Network predicts in one.
template <class Input>
inline constexpr bool is_workspace_input = false;
template <Floating T>
inline constexpr bool is_workspace_input<Workspace<T>> = true;

template <class Input>
inline constexpr bool is_var = false;
template <Floating T>
inline constexpr bool is_var<Var<T>> = true;

/// The tensors of what a model returns: of a variable its own, of several in a pair, tuple, array or vector
/// as many in one.
template <Floating T>
[[nodiscard]] auto tensors_of(const Var<T>& y) {
  return y.tensor();
}
template <class... Each>
[[nodiscard]] auto tensors_of(const std::tuple<Each...>& each) {
  return std::apply([](const auto&... y) { return std::tuple(tensors_of(y)...); }, each);
}
template <class First, class Second>
[[nodiscard]] auto tensors_of(const std::pair<First, Second>& both) {
  return std::pair(tensors_of(both.first), tensors_of(both.second));
}
template <Floating T, std::size_t Count>
[[nodiscard]] auto tensors_of(const std::array<Var<T>, Count>& each) {
  return std::apply([](const auto&... y) { return std::array<Tensor<T>, Count>{y.tensor()...}; }, each);
}
template <Floating T>
[[nodiscard]] auto tensors_of(const std::vector<Var<T>>& each) {
  std::vector<Tensor<T>> result;
  for (const Var<T>& y : each) result.push_back(y.tensor());
  return result;
}

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
  /// What it computes in.
  using Scalar = T;

  /// The module is constructed from a scope and `arguments`; its values are drawn from the generator.
  template <class... Arguments>
  requires std::constructible_from < Module, const Scope<T>
  &, Arguments... > explicit Model(Generator& generator, Arguments&&... arguments)
      : Model(Building{&generator}, std::forward<Arguments>(arguments)...) {}
  template <class... Arguments>
  requires std::constructible_from < Module, const Scope<T>
  &, Arguments... > explicit Model(Arguments&&... arguments)
      : Model(default_generator(), std::forward<Arguments>(arguments)...) {}
  /// The same with zeros for all parameters that the module does not set itself: for one that is loaded next.
  template <class... Arguments>
  requires std::constructible_from < Module, const Scope<T>
  &, Arguments... > explicit Model(Uninitialised /*tag*/, Arguments&&... arguments)
      : Model(Building{nullptr}, std::forward<Arguments>(arguments)...) {}

  /// The user's module.
  [[nodiscard]] const Module& module() const noexcept { return module_; }
  [[nodiscard]] Module& module() noexcept { return module_; }

  /// A new model is in training mode, as in PyTorch.
  Model& train(bool on = true) noexcept {
    training_ = on;
    return *this;
  }
  /// The same as train(false).
  Model& eval() noexcept { return train(false); }
  /// Whether it is in training mode.
  [[nodiscard]] bool training() const noexcept { return training_; }

  /// All parameters and their gradients, for optimizers.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() & { return parameters_.share(); }
  [[nodiscard]] std::shared_ptr<const ParameterBlock<T>> parameters() const& { return parameters_.share(); }
  [[nodiscard]] std::shared_ptr<ParameterBlock<T>> parameters() && { return std::move(parameters_).share(); }

  /// What the module computes of variables, and of tensors, which become inputs on the tape of the variables
  /// or on that of the thread.
  template <class... Input>
  requires(sizeof...(Input) > 0) auto operator()(const Input&... x) const { return call(training_, x...); }

  /// The same as a new tensor, or as several where the module returns a pair, tuple, array or vector of
  /// variables, in evaluation mode whatever the mode, without recording.
  template <class... Input>
  requires(sizeof...(Input) > 0 && !(detail::is_workspace_input<Input> || ...))
      [[nodiscard]] auto predict(const Input&... x) const {
    const NoGrad no_grad;
    return detail::tensors_of(call(false, borrowed(x)...));
  }

  /// A parameter as a variable, beside what the model returns on the same tape, that of the thread unless
  /// another one is given: for losses that look at parameters, `loss + 0.01 *
  /// sum(abs(model.variable("up.weight")))`, and for derivatives by them, see grad(). Asked for anew in each
  /// step; one that is kept keeps all that later steps compute. Throws IndexError for a name that no
  /// parameter has.
  [[nodiscard]] Var<T> variable(std::string_view name) const { return variable(name, thread_tape()); }
  [[nodiscard]] Var<T> variable(std::string_view name, Tape<T>& tape) const {
    tape.begin();
    const detail::BoundModel<T> bound(tape, shared(), training_);
    return tape.parameter(detail::parameter_named(modules(), name));
  }
  /// All parameters, each one once, in the order of named_parameters().
  [[nodiscard]] std::vector<Var<T>> variables() const { return variables(thread_tape()); }
  [[nodiscard]] std::vector<Var<T>> variables(Tape<T>& tape) const {
    tape.begin();
    const detail::BoundModel<T> bound(tape, shared(), training_);
    std::vector<Var<T>> result;
    for (const auto& p : named_parameters()) result.push_back(tape.parameter(p.slot));
    return result;
  }

  /// The model in evaluation mode, whatever its mode, as a function of variables: for loops that look at
  /// results on their tape. Valid as long as the model.
  class Evaluated {
   public:
    /// Of this model.
    explicit Evaluated(const Model& model) noexcept : model_(&model) {}
    explicit Evaluated(const Model&& model) = delete;

    /// What the model's operator() computes, in evaluation mode.
    template <class... Input>
    auto operator()(const Input&... x) const {
      return model_->call(false, x...);
    }

   private:
    const Model* model_;
  };

  /// The modules and whose parameters are whose. A model streams as print(model) prints in Python.
  [[nodiscard]] const ModuleTree& modules() const& {
    static_cast<void>(*parameters_);  // throws for a model that was moved from
    return *modules_;
  }
  void modules() const&& = delete;
  friend std::ostream& operator<<(std::ostream& out, const Model& model) { return out << model.modules(); }

  /// All modules in PyTorch's order, the model's own first.
  [[nodiscard]] std::span<const ModuleInfo> named_modules() const& { return modules().modules(); }
  void named_modules() const&& = delete;
  /// The modules right in the one at `path`. Throws IndexError when there is none.
  [[nodiscard]] std::vector<ModuleInfo> children(std::string_view path = {}) const {
    return modules().children(path);
  }
  /// All parameters, each one once, in PyTorch's order: those of a module before those of the modules in it.
  /// Of a model that is not const they are asked for to be written to, as by ParameterBlock::value(): between
  /// a pass and its backward() read them through a const one.
  [[nodiscard]] std::vector<NamedParameter<T>> named_parameters() & {
    return detail::named_parameters(modules(), *parameters_);
  }
  [[nodiscard]] std::vector<NamedParameter<const T>> named_parameters() const& {
    return detail::named_parameters(modules(), *parameters_);
  }
  void named_parameters() const&& = delete;
  /// All buffers, those included that are not in state dicts.
  [[nodiscard]] std::vector<NamedBuffer<T>> named_buffers() & {
    return detail::named_buffers(modules(), *parameters_);
  }
  [[nodiscard]] std::vector<NamedBuffer<const T>> named_buffers() const& {
    return detail::named_buffers(modules(), *parameters_);
  }
  void named_buffers() const&& = delete;

  /// Calls `function(ModuleRef<T>)` for every module, those in a module before itself, as in PyTorch:
  ///
  ///     model.apply([](const auto& m) {
  ///       if (m.is("Linear")) xavier_uniform_(m.parameter("weight"));
  ///     });
  template <std::invocable<const ModuleRef<T>&> Function>
  Model& apply(Function&& function) {
    const ModuleTree& tree = modules();
    const std::span<const ModuleInfo> all = tree.modules();
    std::vector<std::size_t> open;  // in which the next one is
    const auto close_before = [&](std::size_t next) {
      for (; !open.empty() && all[open.back()].end <= next; open.pop_back())
        function(ModuleRef<T>(tree, all[open.back()], *parameters_));
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
      close_before(i);
      open.push_back(i);
    }
    close_before(all.size());
    return *this;
  }

  /// Freezes parameters or thaws them: all, those of the module at `path` and of the modules in it, or the
  /// one of that name. Of frozen ones no gradient is computed, and no optimizer changes them. Throws
  /// IndexError for a path that is neither.
  Model& requires_grad_() { return requires_grad_(std::string_view(), true); }
  /// A text is no truth value: `requires_grad_("trunk")` thaws the trunk.
  template <std::same_as<bool> Truth>
  Model& requires_grad_(Truth on) {
    return requires_grad_(std::string_view(), on);
  }
  Model& requires_grad_(std::string_view path, bool on = true) {
    for (const Slot& slot : detail::parameters_at(modules(), path)) parameters_->set_requires_grad(slot, on);
    return *this;
  }

  /// A snapshot of all parameters and persistent buffers, by PyTorch's names and in its order. A tied
  /// parameter is there under each of its names.
  [[nodiscard]] StateDict state_dict() const { return detail::state_dict_of(modules(), *parameters_); }
  /// Takes over the tensors of `sd`, converting dtypes; what was loaded and what was not is returned. See
  /// LoadOptions for parts of a state dict, other names and other shapes.
  ///
  /// Throws one StateDictError that lists everything that is wrong, in PyTorch's words, or where a tied
  /// parameter has different values under its names, and IndexError when the options give two tensors one
  /// name; the model is unchanged then.
  LoadResult load_state_dict(const StateDict& sd, const LoadOptions& options = {}) {
    return detail::load_state_dict(modules(), *parameters_, sd, options);
  }
  /// The same with strict given as in Python: `load_state_dict(sd, false)`.
  template <std::same_as<bool> Bool>
  LoadResult load_state_dict(const StateDict& sd, Bool strict) {
    return load_state_dict(sd, LoadOptions{.strict = strict});
  }
  /// Names and shapes of the tensors of state_dict(), and the class name for messages.
  [[nodiscard]] StateDictSpec spec() const { return detail::spec_of(modules()); }

  /// The same values in a model of another module, with another scalar type as a rule:
  /// `model.to<Block<double>, double>(64)`. The module is constructed from `arguments`, as a class knows only
  /// itself what it was constructed from. The mode, what is frozen and all buffers go with it. Throws
  /// StateDictError when its tensors have other names or shapes.
  template <class Other, Floating Scalar, class... Arguments>
  [[nodiscard]] Model<Other, Scalar> to(Arguments&&... arguments) const {
    Model<Other, Scalar> result(uninitialised, std::forward<Arguments>(arguments)...);
    result.load_state_dict(state_dict());
    auto buffers = result.named_buffers();  // those too that are not in state dicts
    for (const auto& from : named_buffers()) {
      for (auto& to : buffers) {
        if (to.name != from.name || !(to.value.shape() == from.value.shape())) continue;
        for (Index i = 0; i < from.value.numel(); ++i)
          to.value.data()[i] = static_cast<Scalar>(from.value.data()[i]);
      }
    }
    for (const auto& p : named_parameters()) result.requires_grad_(p.name, p.requires_grad);
    result.train(training_);
    return result;
  }

 protected:
  /// For a class that is a model of this module and more: in a block that is there, with zeros for all
  /// parameters that the module does not set itself.
  template <class... Arguments>
  explicit Model(std::in_place_t /*tag*/, Cloned<ParameterBlock<T>> parameters, Arguments&&... arguments)
      : parameters_(std::move(parameters)),
        module_(Scope<T>(*parameters_, *modules_, nullptr), std::forward<Arguments>(arguments)...) {
    modules_->finish(*parameters_);
  }
  [[nodiscard]] const ParameterBlock<T>& block() const { return *parameters_; }
  [[nodiscard]] ParameterBlock<T>& block() { return *parameters_; }

 private:
  struct Building {
    Generator* generator;  ///< null: nothing is drawn
  };
  template <class... Arguments>
  explicit Model(Building with, Arguments&&... arguments)
      : module_(Scope<T>(*parameters_, *modules_, with.generator), std::forward<Arguments>(arguments)...) {
    modules_->finish(*parameters_);
  }

  // What is const is the model; that a pass records where gradients go is not for it to prevent.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& shared() const {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    return const_cast<Model*>(this)->parameters_.share();
  }
  template <class... Input>
  [[nodiscard]] auto call(bool training, const Input&... x) const {
    Tape<T>& tape = tape_of(x...);
    return call_on(tape, shared(), training, as_variable(tape, x)...);
  }
  template <class... Input>
  auto call_on(Tape<T>& tape, const std::shared_ptr<ParameterBlock<T>>& parameters, bool training,
               const Input&... x) const {
    const detail::BoundModel<T> bound(tape, parameters, training);
    auto result = module_(x...);
    tape.run();  // before anybody changes the parameters
    return result;
  }

  /// Tensors as they lie there, the rest as it is.
  template <class Input>
  static decltype(auto) borrowed(const Input& x) {
    if constexpr (!detail::is_var<Input> && !std::is_same_v<Input, Borrowed<T>> &&
                  std::convertible_to<const Input&, TensorArg<T>>) {
      return Borrowed<T>(TensorArg<T>(x));
    } else {
      return (x);
    }
  }
  // A template, for Recorder is complete where it is called.
  template <Floating Scalar = T>
  static Tape<Scalar>& thread_tape() {
    return Recorder<Scalar>::of_this_thread();
  }
  template <class First, class... Rest>
  static Tape<T>& tape_of(const First& first, const Rest&... rest) {
    if constexpr (std::is_same_v<First, Var<T>>) {
      return first.tape();
    } else if constexpr (sizeof...(Rest) > 0) {
      return tape_of(rest...);
    } else {
      return thread_tape();
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
  /// Not changed after the construction, so that copies share it.
  std::shared_ptr<ModuleTree> modules_ = std::make_shared<ModuleTree>(detail::type_name<Module>());
  Module module_;
  bool training_ = true;
};

WICK_END_NAMESPACE

#pragma once

// The multilayer perceptron of the lesson: Linear, ReLU and dropout for each hidden
// layer, then an output layer and log-softmax.

#include <wick/base/cloned.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/models/perceptron.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model_class.hpp>
#include <wick/state/parameter_block.hpp>

#include <concepts>
#include <initializer_list>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A model of Perceptron, x (B, input_size) -> log-probabilities (B, output_size):
///
///     for each hidden layer i:  x = dropout(activation(norms[i](hidden_layers[i](x))))
///     log_softmax(output(x))
///
/// with ReLU and without `norms` unless the options say otherwise. Parameters are named
/// `hidden_layers.N.weight`, `hidden_layers.N.bias`, `norms.N.weight`, `norms.N.bias`,
/// `output.weight` and `output.bias`; a weight is (out_features, in_features). It trains
/// as any Model does, see nn/model.hpp, which a program that calls it includes:
///
///     const auto loss = criterion(network(inputs), targets);
///     loss.backward();
///
/// Prediction needs no tape: the network is also a Program. It is const and may run in any
/// number of threads, each with its own Workspace. Running averages of a BatchNorm1d are buffers
/// `norms.N.running_mean` and so on: training changes them, and prediction has them as they are then.
///
/// A network is a value: copies have parameters of their own. One that was moved from has no parameters until
/// another one is assigned to it: whatever needs them throws Error.
template <Floating T = float>
class Network : public Model<Perceptron<T>, T> {
  using Base = Model<Perceptron<T>, T>;

 public:
  /// What it computes in.
  using Scalar = T;

  /// Draws the parameters from `generator` layer by layer, as PyTorch does. Throws
  /// OptionError for a size < 1 or a dropout outside [0, 1], and ShapeError for sizes
  /// whose parameters no memory can hold.
  Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
          const NetworkOptions& options = {}, Generator& generator = default_generator());
  Network(Index input_size, Index output_size, std::initializer_list<Index> hidden_layers,
          const NetworkOptions& options = {}, Generator& generator = default_generator());

  /// The same with zeros for all parameters, for networks that are loaded next.
  Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
          const NetworkOptions& options, Uninitialised /*tag*/);

  /// The same with parameters that lie in `values` already, each at the next multiple of 64 bytes, in the
  /// order of state_dict(). Nothing is copied; `owner` keeps the memory alive and training changes it there.
  /// A copy of the network has memory of its own. Throws ShapeError unless `values` has exactly the elements
  /// that these sizes need and begins at a multiple of 64 bytes.
  Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
          const NetworkOptions& options, std::span<T> values, std::shared_ptr<const void> owner);

  /// The same with each parameter at an offset of its own, see ParameterBlock.
  Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
          const NetworkOptions& options, std::span<T> values, std::vector<Index> offsets,
          std::shared_ptr<const void> owner);

  Network(const Network&);
  Network(Network&&) noexcept;
  Network& operator=(const Network& other);
  Network& operator=(Network&&) noexcept;
  ~Network();

  /// Numbers of a sample.
  [[nodiscard]] Index input_size() const noexcept { return input_size_; }
  /// Numbers that it gives for a sample.
  [[nodiscard]] Index output_size() const noexcept { return output().out_features(); }
  /// The layers before the last one, in order.
  [[nodiscard]] std::span<const Linear<T>> hidden_layers() const& noexcept {
    return {this->module().hidden_layers.begin(), this->module().hidden_layers.end()};
  }
  void hidden_layers() const&& = delete;
  /// The last layer.
  [[nodiscard]] const Linear<T>& output() const& noexcept { return this->module().output; }
  [[nodiscard]] Linear<T> output() const&& { return this->module().output; }
  /// What is between the layers while it trains.
  [[nodiscard]] Dropout dropout() const noexcept { return this->module().dropout; }
  /// What it was made with.
  [[nodiscard]] NetworkOptions options() const noexcept {
    const Perceptron<T>& module = this->module();
    return {.dropout = module.dropout.p(),
            .activation = module.activation.activation(),
            .normalisation = module.norms ? Normalisation::layer_norm : Normalisation::none,
            .activation_module = module.activation.module(),
            .normalisation_module = module.normalisation};
  }

  /// Training mode drops elements in calls; evaluation mode does not. A new
  /// network is in training mode, as in PyTorch.
  Network& train(bool on = true) noexcept {
    Base::train(on);
    return *this;
  }
  /// The same as train(false).
  Network& eval() noexcept { return train(false); }

  /// Log-probabilities (B, output_size) of x (B, input_size), a variable or numbers, recorded on the tape of
  /// the variable or of the thread, in the current mode: what Model does. In training mode the
  /// tape's generator is drawn from as PyTorch's dropout draws.
  ///
  /// Throws ShapeError unless x is (B, input_size), and Error for a network with one output.
  template <class Input>
  [[nodiscard]] auto operator()(const Input& x) const {
    check_classes("operator()");
    check_input(x.shape());
    return Base::operator()(x);
  }

  /// Log-probabilities (B, output_size) of x (B, input_size), without dropout
  /// whatever the mode, as a view into the workspace. Safe to call from many threads
  /// at once, each with its own workspace; allocates nothing after the largest batch. `x` may be the result
  /// of the last pass with the workspace, of this or of another model.
  ///
  /// Throws ShapeError unless x is (B, input_size), and Error for a network with one output, whose
  /// log-softmax is always 0: see logits().
  TensorView<const T> predict(TensorArg<T> x, Workspace<T>& workspace) const;

  /// The same as a new tensor.
  [[nodiscard]] Tensor<T> predict(TensorArg<T> x) const;

  /// What the output layer gives, ahead of log-softmax, for networks that do something else with it or have
  /// one output; in every other respect as predict().
  TensorView<const T> logits(TensorArg<T> x, Workspace<T>& workspace) const;
  /// The same as a new tensor.
  [[nodiscard]] Tensor<T> logits(TensorArg<T> x) const;

  /// What predict() computes of a sample, or logits(). It reads the buffers of this network, whatever
  /// parameters it is given.
  [[nodiscard]] const Program<T>& program(bool raw = false) const& noexcept {
    return raw ? logits_ : log_probabilities_;
  }
  void program(bool raw = false) const&& = delete;

 private:
  void check_input(const Shape& x) const;
  void check_classes(const char* function) const;

  TensorView<const T> outputs(const Program<T>& program, TensorArg<T> x, Workspace<T>& workspace) const;
  /// What logits() computes.
  [[nodiscard]] Program<T> traced() const;
  /// Of a copy: its programs read its own buffers.
  void follow_buffers();

  Index input_size_;
  Program<T> logits_;
  Program<T> log_probabilities_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/models/network.ipp>
#endif

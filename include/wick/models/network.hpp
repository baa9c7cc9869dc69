#pragma once

// The multilayer perceptron of the lesson: Linear, ReLU and dropout for each hidden
// layer, then an output layer and log-softmax.

#include <wick/base/cloned.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/state/parameter_block.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

struct NetworkOptions {
  double dropout = 0.5;  ///< probability of zeroing an element after each hidden layer, in [0, 1]
};

/// x (B, input_size) -> log-probabilities (B, output_size):
///
///     for each hidden layer i:  x = dropout(relu(hidden_layers[i](x)))
///     log_softmax(output(x))
///
/// Parameters are named `hidden_layers.N.weight`, `hidden_layers.N.bias`,
/// `output.weight` and `output.bias`; a weight is (out_features, in_features). A
/// network is a value: copies have parameters of their own. Prediction is const and
/// may run in any number of threads, each with its own Workspace.
///
/// A network that was moved from has no parameters until another one is assigned to it: whatever needs them
/// throws Error.
template <Floating T = float>
class Network {
 public:
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

  Network(const Network&) = default;
  Network(Network&&) noexcept = default;
  Network& operator=(const Network& other);
  Network& operator=(Network&&) noexcept = default;
  ~Network() = default;

  [[nodiscard]] Index input_size() const noexcept { return input_size_; }
  [[nodiscard]] Index output_size() const noexcept { return output_.out_features(); }
  [[nodiscard]] std::span<const Linear<T>> hidden_layers() const& noexcept { return hidden_; }
  void hidden_layers() const&& = delete;
  [[nodiscard]] const Linear<T>& output() const& noexcept { return output_; }
  [[nodiscard]] Linear<T> output() const&& { return output_; }
  [[nodiscard]] Dropout dropout() const noexcept { return dropout_; }

  /// Training mode drops elements in forward(); evaluation mode does not. A new
  /// network is in training mode, as in PyTorch.
  Network& train(bool on = true) noexcept {
    training_ = on;
    return *this;
  }
  Network& eval() noexcept { return train(false); }
  [[nodiscard]] bool training() const noexcept { return training_; }

  /// All parameters and their gradients, for optimizers.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() & { return parameters_.share(); }
  [[nodiscard]] std::shared_ptr<const ParameterBlock<T>> parameters() const& { return parameters_.share(); }
  [[nodiscard]] std::shared_ptr<ParameterBlock<T>> parameters() && { return parameters_.share(); }

  /// One pass in the current mode. In training mode the workspace keeps what
  /// backward() needs, a copy of `x` included, and the generator is
  /// drawn from as PyTorch's dropout draws.
  ///
  /// Returns a view (B, output_size) into the workspace. Throws ShapeError unless x
  /// is (B, input_size), and Error for a network with one output.
  TensorView<const T> forward(TensorArg<T> x, Workspace<T>& workspace,
                              Generator& generator = default_generator()) const;
  /// The same without the copy: the caller keeps `x` as it is until backward().
  TensorView<const T> forward(Borrowed<T> x, Workspace<T>& workspace,
                              Generator& generator = default_generator()) const;

  /// Adds the derivatives of the last forward() in training mode to the gradients of
  /// the parameters, or writes them over what is there: the same as zero_grad() before,
  /// in less time. `grad` (B, output_size) is the derivative of the loss by what
  /// forward() returned. The derivative by the network's input is not computed.
  ///
  /// Throws ShapeError for another shape, Error without such a forward pass, which another pass with the
  /// workspace ends, and so does another model assigned to this one.
  void backward(TensorArg<T> grad, Workspace<T>& workspace, Accumulate accumulate = Accumulate::yes);

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

  /// A snapshot of all parameters by name.
  [[nodiscard]] StateDict state_dict() const;

  /// Takes over the tensors of `sd`, converting dtypes. By default the names and shapes
  /// must be exactly this network's; see LoadOptions for parts of a state dict, other
  /// names and other shapes. What was loaded and what was not is returned.
  ///
  /// Throws one StateDictError that lists everything that is wrong, in PyTorch's
  /// words, and IndexError when the options give two tensors one name; the network is
  /// unchanged then.
  LoadResult load_state_dict(const StateDict& sd, const LoadOptions& options = {});
  /// The same with strict given as in Python: `load_state_dict(sd, false)`. A template
  /// so that `{}` means the default options and no number passes for a bool.
  template <std::same_as<bool> Bool>
  LoadResult load_state_dict(const StateDict& sd, Bool strict) {
    return load_state_dict(sd, LoadOptions{.strict = strict});
  }

  /// Names and shapes of the parameters, in order.
  [[nodiscard]] StateDictSpec spec() const;

  /// What predict() computes of a sample, or logits().
  [[nodiscard]] const Program<T>& program(bool raw = false) const& noexcept {
    return raw ? logits_ : log_probabilities_;
  }
  void program(bool raw = false) const&& = delete;

  /// Prints as print(model) does in PyTorch.
  friend std::ostream& operator<<(std::ostream& out, const Network& net) { return net.print(out); }

 private:
  // Buffers of the workspace in training.
  static constexpr std::size_t mask_buffer = 0;
  static constexpr std::size_t gradient_buffer = 1;  // and 2
  static constexpr std::size_t input_buffer = 3;
  static constexpr std::size_t first_activation = 4;

  /// `given`: elements of memory that holds the parameters one after the other already; negative: none.
  Linear<T> build(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                  Index given = -1);

  std::ostream& print(std::ostream& out) const;
  void check_input(const Shape& x) const;
  void check_classes(const char* function) const;

  TensorView<const T> outputs(const Program<T>& program, TensorArg<T> x, Workspace<T>& workspace) const;
  /// What predict() computes, or logits().
  [[nodiscard]] Program<T> traced(bool raw) const;

  // Passes over the layers work on bare memory: views with their shapes would take half the time of a single
  // prediction of a small network.
  /// `draw_mask` fills `mask`, beside the product.
  template <class Beside>
  void hidden_forward(const Linear<T>& layer, Index batch, const T* x, T* y, const T* mask,
                      Workspace<T>& workspace, const Beside& draw_mask) const;

  void output_forward(Index batch, const T* x, TensorView<T> y, Workspace<T>& workspace) const;

  /// The pass of forward() in training mode over an input that `borrowed` says where to find, or that is in
  /// the workspace.
  TensorView<const T> training_forward(Index batch, const T* input, const T* borrowed,
                                       Workspace<T>& workspace, Generator& generator) const;

  /// dx = derivative by what the hidden layer before `layer` computed ahead of its
  /// ReLU; `in` is what `layer` received.
  void hidden_backward(const Linear<T>& layer, Index batch, const T* dy, const T* in, T* dx,
                       Workspace<T>& workspace) const;

  Cloned<ParameterBlock<T>> parameters_;
  Dropout dropout_;
  Index input_size_;
  std::vector<Linear<T>> hidden_;
  Linear<T> output_;
  Program<T> log_probabilities_;
  Program<T> logits_;
  bool training_ = true;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/models/network.ipp>
#endif

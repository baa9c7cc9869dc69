#pragma once

// The multilayer perceptron of the lesson: Linear, ReLU and dropout for each hidden
// layer, then an output layer and log-softmax.

#include <wick/core/cloned.hpp>
#include <wick/core/parameter_block.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/workspace.hpp>
#include <wick/ops/activation.hpp>
#include <wick/ops/log_softmax.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

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
template <Floating T = float>
class Network {
 public:
  using Scalar = T;

  /// Draws the parameters from `generator` layer by layer, as PyTorch does. Throws
  /// OptionError for a size < 1 or a dropout outside [0, 1], and ShapeError for sizes
  /// whose parameters no memory can hold.
  Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
          const NetworkOptions& options = {}, Generator& generator = default_generator())
      : Network(input_size, output_size, hidden_layers, options, uninitialised) {
    for (const auto& layer : hidden_) layer.reset_parameters(*parameters_, generator);
    output_.reset_parameters(*parameters_, generator);
  }
  Network(Index input_size, Index output_size, std::initializer_list<Index> hidden_layers,
          const NetworkOptions& options = {}, Generator& generator = default_generator())
      : Network(input_size, output_size, std::span<const Index>(hidden_layers.begin(), hidden_layers.size()),
                options, generator) {}

  /// The same with zeros for all parameters, for networks that are loaded next.
  Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
          const NetworkOptions& options, Uninitialised /*tag*/)
      : dropout_(options.dropout),
        input_size_(input_size),
        output_(build(input_size, output_size, hidden_layers)) {}

  /// The same with parameters that lie in `values` already, each at the next multiple of 64 bytes, in the
  /// order of state_dict(). Nothing is copied; `owner` keeps the memory alive and training changes it there.
  /// A copy of the network has memory of its own. Throws ShapeError unless `values` has exactly the elements
  /// that these sizes need and begins at a multiple of 64 bytes.
  Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
          const NetworkOptions& options, std::span<T> values, std::shared_ptr<const void> owner)
      : parameters_(ParameterBlock<T>(values.data(), static_cast<Index>(values.size()), std::move(owner))),
        dropout_(options.dropout),
        input_size_(input_size),
        output_(build(input_size, output_size, hidden_layers, static_cast<Index>(values.size()))) {}

  [[nodiscard]] Index input_size() const noexcept { return input_size_; }
  [[nodiscard]] Index output_size() const noexcept { return output_.out_features(); }
  [[nodiscard]] std::span<const Linear<T>> hidden_layers() const noexcept { return hidden_; }
  [[nodiscard]] const Linear<T>& output() const noexcept { return output_; }
  [[nodiscard]] const Dropout& dropout() const noexcept { return dropout_; }

  /// Training mode drops elements in forward(); evaluation mode does not. A new
  /// network is in training mode, as in PyTorch.
  Network& train(bool on = true) noexcept {
    training_ = on;
    return *this;
  }
  Network& eval() noexcept { return train(false); }
  [[nodiscard]] bool training() const noexcept { return training_; }

  /// All parameters and their gradients, for optimizers.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() noexcept {
    return parameters_.share();
  }
  [[nodiscard]] std::shared_ptr<const ParameterBlock<T>> parameters() const noexcept {
    return parameters_.share();
  }

  /// One pass in the current mode. In training mode the workspace records what
  /// backward() needs, `x` must stay unchanged until then, and the generator is
  /// drawn from as PyTorch's dropout draws.
  ///
  /// Returns a view (B, output_size) into the workspace. Throws ShapeError unless x
  /// is (B, input_size).
  TensorView<const T> forward(TensorView<const T> x, Workspace<T>& workspace,
                              Generator& generator = default_generator()) const {
    if (!training_) return predict(x, workspace);
    check_input(x.shape());
    const Index batch = x.shape()[0];
    const double p = dropout_.p();
    TensorView<const T> in = x;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      const Shape shape{batch, hidden_[i].out_features()};
      T* mask = nullptr;
      if (p > 0) {
        mask = workspace.buffer(mask_buffer, shape.numel());
        dropout_mask(TensorView<T>(mask, shape), p, generator);
      }
      const TensorView<T> out(workspace.buffer(first_activation + i, shape.numel()), shape);
      hidden_forward(hidden_[i], in, out, mask, workspace);
      in = out;
    }
    const auto result = output_forward(in, workspace, first_activation + hidden_.size());
    workspace.recorded() = {this, x};
    return result;
  }

  /// Adds the derivatives of the last forward() in training mode to the gradients of
  /// the parameters, or writes them over what is there: the same as zero_grad() before,
  /// in less time. `grad` (B, output_size) is the derivative of the loss by what
  /// forward() returned. The derivative by the network's input is not computed.
  ///
  /// Throws ShapeError for another shape, Error without such a forward pass.
  void backward(TensorView<const T> grad, Workspace<T>& workspace, Accumulate accumulate = Accumulate::yes) {
    const auto recorded = std::exchange(workspace.recorded(), {});
    if (recorded.model != this) {
      throw Error("Network::backward: call forward in training mode with this model and workspace first");
    }
    const Index batch = recorded.input.shape()[0];
    if (!(grad.shape() == Shape{batch, output_size()})) {
      throw ShapeError("Network::backward: expected a gradient of shape " +
                       Shape{batch, output_size()}.str() + ", got " + grad.shape().str());
    }
    parameters_->require_grad();
    const auto activation = [&](std::size_t i) {
      const Index width = i < hidden_.size() ? hidden_[i].out_features() : output_size();
      return TensorView<const T>(workspace.buffer(first_activation + i, batch * width), Shape{batch, width});
    };
    const std::size_t n = hidden_.size();
    // Layer i writes to buffer i % 2; what it reads must be in the other one.
    TensorView<T> dy(workspace.buffer(gradient_buffer + (n + 1) % 2, grad.numel()), grad.shape());
    log_softmax_backward(activation(n), grad, dy);
    for (std::size_t i = n + 1; i-- > 0;) {
      const Linear<T>& layer = i < n ? hidden_[i] : output_;
      const TensorView<const T> in = i > 0 ? activation(i - 1) : recorded.input;
      affine_backward_parameters<T>(in, dy, parameters_->grad(layer.weight()),
                                    parameters_->grad(layer.bias()), workspace.scratch(), accumulate);
      if (i == 0) break;
      const TensorView<T> dx(workspace.buffer(gradient_buffer + i % 2, in.numel()), in.shape());
      dy = hidden_backward(layer, dy, in, dx, workspace);
    }
  }

  /// Log-probabilities (B, output_size) of x (B, input_size), without dropout
  /// whatever the mode, as a view into the workspace. Safe to call from many threads
  /// at once, each with its own workspace; allocates nothing after the largest batch.
  ///
  /// Throws ShapeError unless x is (B, input_size).
  TensorView<const T> predict(TensorView<const T> x, Workspace<T>& workspace) const {
    check_input(x.shape());
    workspace.recorded() = {};
    const Index batch = x.shape()[0];
    TensorView<const T> in = x;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      const Shape shape{batch, hidden_[i].out_features()};
      const TensorView<T> out(workspace.buffer(first_activation + i % 2, shape.numel()), shape);
      hidden_forward(hidden_[i], in, out, nullptr, workspace);
      in = out;
    }
    return output_forward(in, workspace, first_activation + hidden_.size() % 2);
  }

  /// The same as a new tensor.
  [[nodiscard]] Tensor<T> predict(TensorView<const T> x) const {
    Workspace<T> workspace;
    return Tensor<T>(predict(x, workspace));
  }

  /// A snapshot of all parameters by name.
  [[nodiscard]] StateDict state_dict() const { return parameters_->state_dict(); }

  /// Takes over the tensors of `sd`, converting dtypes. By default the names and shapes
  /// must be exactly this network's; see LoadOptions for parts of a state dict, other
  /// names and other shapes. What was loaded and what was not is returned.
  ///
  /// Throws one StateDictError that lists everything that is wrong, in PyTorch's
  /// words, and IndexError when the options give two tensors one name; the network is
  /// unchanged then.
  LoadResult load_state_dict(const StateDict& sd, const LoadOptions& options = {}) {
    return parameters_->load_state_dict(spec(), sd, options);
  }
  /// The same with strict given as in Python: `load_state_dict(sd, false)`. A template
  /// so that `{}` means the default options and no number passes for a bool.
  template <std::same_as<bool> Bool>
  LoadResult load_state_dict(const StateDict& sd, Bool strict) {
    return load_state_dict(sd, LoadOptions{.strict = strict});
  }

  /// Names and shapes of the parameters, in order.
  [[nodiscard]] StateDictSpec spec() const {
    StateDictSpec result = parameters_->spec("Network");
    result.modules = {"hidden_layers", "output", "dropout"};
    return result;
  }

  /// Prints as print(model) does in PyTorch.
  friend std::ostream& operator<<(std::ostream& out, const Network& net) {
    out << "Network(\n  (hidden_layers): ModuleList(";
    const auto& layers = net.hidden_;
    for (std::size_t i = 0; i < layers.size();) {
      // PyTorch 2 merges consecutive children that print the same.
      std::size_t end = i + 1;
      while (end < layers.size() && layers[end].in_features() == layers[i].in_features() &&
             layers[end].out_features() == layers[i].out_features()) {
        ++end;
      }
      out << "\n    (" << i;
      if (end - i > 1) out << '-' << end - 1;
      out << "): ";
      if (end - i > 1) out << end - i << " x ";
      out << layers[i];
      i = end;
    }
    out << (layers.empty() ? ")" : "\n  )");
    return out << "\n  (output): " << net.output_ << "\n  (dropout): " << net.dropout_ << "\n)";
  }

 private:
  // Buffers of the workspace. Prediction alternates between two activations.
  static constexpr std::size_t mask_buffer = 0;
  static constexpr std::size_t gradient_buffer = 1;  // and 2
  static constexpr std::size_t first_activation = 3;

  /// `given`: elements of memory that holds the parameters already; negative: none.
  Linear<T> build(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                  Index given = -1) {
    using Block = ParameterBlock<T>;
    // Sizes below 1 count as 0 here: the layers refuse them by name.
    Index in = (std::max)(input_size, Index{0});
    Index elements = 0;
    const auto count = [&](Index size) {
      const Index out = (std::max)(size, Index{0});
      for (const Index n : {Shape{out, in}.numel(), out}) {
        if (n > (std::numeric_limits<Index>::max)() / 2 - elements) {
          throw ShapeError("Network: the parameters up to layer Linear(" + std::to_string(in) + " -> " +
                           std::to_string(out) + ") do not fit in memory");
        }
        elements += Block::padded(n);
      }
      in = out;
    };
    for (const Index size : hidden_layers) count(size);
    count(output_size);
    if (given >= 0 && given != elements) {
      throw ShapeError("Network: parameters of these sizes take " + std::to_string(elements) +
                       " elements, the memory has " + std::to_string(given));
    }
    parameters_->reserve(elements);

    in = input_size;
    hidden_.reserve(hidden_layers.size());
    for (std::size_t i = 0; i < hidden_layers.size(); ++i) {
      hidden_.emplace_back(*parameters_, "hidden_layers." + std::to_string(i), in, hidden_layers[i],
                           uninitialised);
      in = hidden_layers[i];
    }
    return {*parameters_, "output", in, output_size, uninitialised};
  }

  void check_input(const Shape& x) const {
    if (x.dim() == 2 && x[1] == input_size_) return;
    const Linear<T>& first = hidden_.empty() ? output_ : hidden_.front();
    std::string text = std::string("Network: layer ") + (hidden_.empty() ? "output" : "hidden_layers.0") +
                       " Linear(" + std::to_string(first.in_features()) + " -> " +
                       std::to_string(first.out_features()) + ") expected input [*, " +
                       std::to_string(input_size_) + "], got " + x.str();
    if (x.dim() > 2 && x[0] > 0 && x.numel() / x[0] == input_size_) {
      text += "; flatten it first with reshape({" + std::to_string(x[0]) + ", " +
              std::to_string(input_size_) + "})";
    }
    throw ShapeError(text);
  }

  void hidden_forward(const Linear<T>& layer, TensorView<const T> x, TensorView<T> y, const T* mask,
                      Workspace<T>& workspace) const {
    const Index width = layer.out_features();
    affine_forward(x, parameters_->value(layer.weight()), parameters_->value(layer.bias()), y,
                   workspace.scratch(), [=](T* part, Index row, Index column, Index count) {
                     if (mask != nullptr) {
                       relu_mask_forward(part, mask + row * width + column, part, count);
                     } else {
                       relu_forward(part, part, count);
                     }
                   });
  }

  TensorView<const T> output_forward(TensorView<const T> x, Workspace<T>& workspace,
                                     std::size_t buffer) const {
    const Shape shape{x.shape()[0], output_size()};
    const TensorView<T> y(workspace.buffer(buffer, shape.numel()), shape);
    output_.forward(*parameters_, x, y, workspace.scratch());
    log_softmax_forward<T>(y, y);
    return y;
  }

  /// dx = derivative by what the hidden layer before `layer` computed ahead of its
  /// ReLU; `in` is what `layer` received.
  TensorView<T> hidden_backward(const Linear<T>& layer, TensorView<const T> dy, TensorView<const T> in,
                                TensorView<T> dx, Workspace<T>& workspace) const {
    const Index width = layer.in_features();
    const double p = dropout_.p();
    const T scale = p > 0 && p < 1 ? dropout_scale<T>(p) : T(1);
    affine_backward_input(dy, parameters_->value(layer.weight()), dx, workspace.scratch(),
                          [=](T* part, Index row, Index column, Index count) {
                            relu_mask_backward(in.data() + row * width + column, scale, part, part, count);
                          });
    return dx;
  }

  Cloned<ParameterBlock<T>> parameters_;
  Dropout dropout_;
  Index input_size_;
  std::vector<Linear<T>> hidden_;
  Linear<T> output_;
  bool training_ = true;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE

#pragma once

// Definitions of models/network.hpp.

#include <wick/base/cloned.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/ops/activation.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
[[nodiscard]] Affine<T> affine_of(const Linear<T>& layer, const ParameterBlock<T>& block) noexcept {
  const T* const values = block.values().data();
  return {layer.in_features(), layer.out_features(), values + layer.weight().offset,
          values + layer.bias().offset};
}

}  // namespace detail

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, Uninitialised /*tag*/)
    : dropout_(options.dropout),
      input_size_(input_size),
      output_(build(input_size, output_size, hidden_layers)),
      log_probabilities_(traced(false)),
      logits_(traced(true)) {}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, std::span<T> values, std::shared_ptr<const void> owner)
    : parameters_(std::in_place, values.data(), static_cast<Index>(values.size()), std::move(owner)),
      dropout_(options.dropout),
      input_size_(input_size),
      output_(build(input_size, output_size, hidden_layers, static_cast<Index>(values.size()))),
      log_probabilities_(traced(false)),
      logits_(traced(true)) {}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, std::span<T> values, std::vector<Index> offsets,
                    std::shared_ptr<const void> owner)
    : parameters_(std::in_place, values.data(), static_cast<Index>(values.size()), std::move(offsets),
                  std::move(owner)),
      dropout_(options.dropout),
      input_size_(input_size),
      output_(build(input_size, output_size, hidden_layers)),
      log_probabilities_(traced(false)),
      logits_(traced(true)) {}

template <Floating T>
Network<T>& Network<T>::operator=(const Network& other) {
  // All or nothing: half of another network would be read out of bounds.
  if (this != &other) *this = Network(other);
  return *this;
}

template <Floating T>
void Network<T>::backward(TensorArg<T> grad, Workspace<T>& workspace, Accumulate accumulate) {
  ParameterBlock<T>& parameters = *parameters_;
  const auto recorded = std::exchange(workspace.recorded(), {});
  const auto& own = parameters_.share();
  if (recorded.parameters.owner_before(own) || own.owner_before(recorded.parameters)) {
    throw Error("Network::backward: call forward in training mode with this model and workspace first");
  }
  const Index batch = recorded.rows;
  if (!(grad.shape() == Shape{batch, output_size()})) {
    throw ShapeError("Network::backward: expected a gradient of shape " + Shape{batch, output_size()}.str() +
                     ", got " + grad.shape().str());
  }
  parameters.require_grad();
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const auto activation = [&](std::size_t i) {
    return workspace.buffer(first_activation + i, batch * hidden_[i].out_features());
  };
  const T* const input =
      recorded.borrowed == nullptr ? workspace.buffer(input_buffer, batch * input_size_) : recorded.borrowed;
  const std::size_t n = hidden_.size();
  // Layer i writes to buffer i % 2; what it reads must be in the other one.
  T* dy = workspace.buffer(gradient_buffer + (n + 1) % 2, grad.numel());
  detail::log_softmax_backward_rows<T>(batch, output_size(), workspace.result(recorded.result, grad.numel()),
                                       grad.data(), dy);
  // Zeros that are due need not be written where every gradient is written over.
  const bool all_are_written = parameters.entries().size() == 2 * (n + 1);
  T* grads = nullptr;
  if (all_are_written) {
    const auto to_fill = parameters.grads_to_fill();
    grads = to_fill.data;
    if (to_fill.write_over) accumulate = Accumulate::no;
  } else {
    grads = parameters.grads().data();
  }
  for (std::size_t i = n + 1; i-- > 0;) {
    const Linear<T>& layer = i < n ? hidden_[i] : output_;
    const T* const in = i > 0 ? activation(i - 1) : input;
    const AffineGrad<T> layer_grad{layer.in_features(), layer.out_features(), grads + layer.weight().offset,
                                   grads + layer.bias().offset};
    affine_backward_parameters(batch, in, dy, layer_grad, workspace.scratch(), accumulate);
    if (i == 0) break;
    T* const dx = workspace.buffer(gradient_buffer + i % 2, batch * layer.in_features());
    hidden_backward(layer, batch, dy, in, dx, workspace);
    dy = dx;
  }
}

template <Floating T>
TensorView<const T> Network<T>::predict(TensorArg<T> x, Workspace<T>& workspace) const {
  check_classes("predict");
  return outputs(log_probabilities_, x, workspace);
}

template <Floating T>
TensorView<const T> Network<T>::logits(TensorArg<T> x, Workspace<T>& workspace) const {
  return outputs(logits_, x, workspace);
}

template <Floating T>
Tensor<T> Network<T>::logits(TensorArg<T> x) const {
  Workspace<T> workspace;
  return Tensor<T>(logits(x, workspace));
}

template <Floating T>
TensorView<const T> Network<T>::outputs(const Program<T>& program, TensorArg<T> x,
                                        Workspace<T>& workspace) const {
  const ParameterBlock<T>& parameters = *parameters_;
  check_input(x.shape());
  return program(parameters.values(), x, workspace);
}

template <Floating T>
Program<T> Network<T>::traced(bool raw) const {
  Trace<T> trace(*parameters_);
  Symbol<T> x = trace.input(Shape{input_size_});
  for (const Linear<T>& layer : hidden_) x = dropout_(relu(layer(x)));
  x = output_(x);
  if (!raw) x = log_softmax(x);
  return Program<T>(trace, std::span(&x, 1));
}

template <Floating T>
Tensor<T> Network<T>::predict(TensorArg<T> x) const {
  Workspace<T> workspace;
  return Tensor<T>(predict(x, workspace));
}

template <Floating T>
StateDict Network<T>::state_dict() const {
  return parameters_->state_dict();
}

template <Floating T>
LoadResult Network<T>::load_state_dict(const StateDict& sd, const LoadOptions& options) {
  return parameters_->load_state_dict(spec(), sd, options);
}

template <Floating T>
StateDictSpec Network<T>::spec() const {
  StateDictSpec result = parameters_->spec("Network");
  result.modules = {"hidden_layers", "output", "dropout"};
  return result;
}

template <Floating T>
Linear<T> Network<T>::build(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                            Index given) {
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
  if (!parameters_->is_foreign()) parameters_->reserve(elements);

  in = input_size;
  hidden_.reserve(hidden_layers.size());
  for (std::size_t i = 0; i < hidden_layers.size(); ++i) {
    hidden_.emplace_back(*parameters_, "hidden_layers." + std::to_string(i), in, hidden_layers[i],
                         uninitialised);
    in = hidden_layers[i];
  }
  return {*parameters_, "output", in, output_size, uninitialised};
}

template <Floating T>
void Network<T>::check_input(const Shape& x) const {
  if (x.dim() == 2 && x[1] == input_size_) return;
  const Linear<T>& first = hidden_.empty() ? output_ : hidden_.front();
  std::string text = std::string("Network: layer ") + (hidden_.empty() ? "output" : "hidden_layers.0") +
                     " Linear(" + std::to_string(first.in_features()) + " -> " +
                     std::to_string(first.out_features()) + ") expected input [*, " +
                     std::to_string(input_size_) + "], got " + x.str();
  if (x.dim() > 2 && x[0] > 0 && x.numel() / x[0] == input_size_) {
    text += "; flatten it first with reshape({" + std::to_string(x[0]) + ", " + std::to_string(input_size_) +
            "})";
  }
  throw ShapeError(text);
}

template <Floating T>
void Network<T>::check_classes(const char* function) const {
  if (output_size() > 1) return;
  throw Error(std::string("Network::") + function +
              ": expected a network with two outputs or more, got one, whose log-softmax is always 0; "
              "logits() gives it "
              "raw");
}

template <Floating T>
template <class Beside>
void Network<T>::hidden_forward(const Linear<T>& layer, Index batch, const T* x, T* y, const T* mask,
                                Workspace<T>& workspace, const Beside& draw_mask) const {
  const Index width = layer.out_features();
  affine_forward(
      batch, x, detail::affine_of(layer, *parameters_), y, workspace.scratch(),
      [=](T* part, Index row, Index column, Index count) {
        if (mask != nullptr) {
          relu_mask_forward(part, mask + row * width + column, part, count);
        } else {
          relu_forward(part, part, count);
        }
      },
      draw_mask);
}

template <Floating T>
void Network<T>::output_forward(Index batch, const T* x, TensorView<T> y, Workspace<T>& workspace) const {
  affine_forward(batch, x, detail::affine_of(output_, *parameters_), y.data(), workspace.scratch(),
                 [](T*, Index, Index, Index) {});
  detail::log_softmax_rows<T>(batch, output_size(), y.data(), y.data());
}

template <Floating T>
void Network<T>::hidden_backward(const Linear<T>& layer, Index batch, const T* dy, const T* in, T* dx,
                                 Workspace<T>& workspace) const {
  const Index width = layer.in_features();
  const double p = dropout_.p();
  const T scale = p > 0 && p < 1 ? dropout_scale<T>(p) : T(1);
  affine_backward_input(batch, dy, detail::affine_of(layer, *parameters_), dx, workspace.scratch(),
                        [=](T* part, Index row, Index column, Index count) {
                          relu_mask_backward(in + row * width + column, scale, part, part, count);
                        });
}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, Generator& generator)
    : Network(input_size, output_size, hidden_layers, options, uninitialised) {
  for (const auto& layer : hidden_) layer.reset_parameters(*parameters_, generator);
  output_.reset_parameters(*parameters_, generator);
}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::initializer_list<Index> hidden_layers,
                    const NetworkOptions& options, Generator& generator)
    : Network(input_size, output_size, std::span<const Index>(hidden_layers.begin(), hidden_layers.size()),
              options, generator) {}

template <Floating T>
TensorView<const T> Network<T>::forward(TensorArg<T> x, Workspace<T>& workspace, Generator& generator) const {
  if (!training_) return predict(x, workspace);
  static_cast<void>(*parameters_);
  check_classes("forward");
  check_input(x.shape());
  T* const copy = workspace.buffer(input_buffer, x.numel());
  std::copy_n(x.data(), x.numel(), copy);
  return training_forward(x.shape()[0], copy, nullptr, workspace, generator);
}

template <Floating T>
TensorView<const T> Network<T>::forward(Borrowed<T> x, Workspace<T>& workspace, Generator& generator) const {
  if (!training_) return predict(x, workspace);
  static_cast<void>(*parameters_);
  check_classes("forward");
  check_input(x.shape());
  return training_forward(x.shape()[0], x.data(), x.data(), workspace, generator);
}

template <Floating T>
TensorView<const T> Network<T>::training_forward(Index batch, const T* input, const T* borrowed,
                                                 Workspace<T>& workspace, Generator& generator) const {
  workspace.recorded() = {};
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const double p = dropout_.p();
  const T* in = input;
  for (std::size_t i = 0; i < hidden_.size(); ++i) {
    const Shape shape{batch, hidden_[i].out_features()};
    T* const mask = p > 0 ? workspace.buffer(mask_buffer, shape.numel()) : nullptr;
    T* const out = workspace.buffer(first_activation + i, shape.numel());
    hidden_forward(hidden_[i], batch, in, out, mask, workspace, [&] {
      if (mask != nullptr) dropout_mask(TensorView<T>(mask, shape), p, generator);
    });
    in = out;
  }
  const Shape shape{batch, output_size()};
  const std::size_t place = workspace.result_beside(input);
  const TensorView<T> result(workspace.result(place, shape.numel()), shape);
  output_forward(batch, in, result, workspace);
  workspace.recorded() = {parameters_.share(), batch, place, borrowed};
  return result;
}

template <Floating T>
std::ostream& Network<T>::print(std::ostream& out) const {
  out << "Network(\n  (hidden_layers): ModuleList(";
  for (std::size_t i = 0; i < hidden_.size();) {
    // PyTorch 2 merges consecutive children that print the same.
    std::size_t end = i + 1;
    while (end < hidden_.size() && hidden_[end].in_features() == hidden_[i].in_features() &&
           hidden_[end].out_features() == hidden_[i].out_features()) {
      ++end;
    }
    out << "\n    (" << i;
    if (end - i > 1) out << '-' << end - 1;
    out << "): ";
    if (end - i > 1) out << end - i << " x ";
    out << hidden_[i];
    i = end;
  }
  out << (hidden_.empty() ? ")" : "\n  )");
  return out << "\n  (output): " << output_ << "\n  (dropout): " << dropout_ << "\n)";
}

#ifdef WICK_COMPILED
template class Network<float>;
template class Network<double>;
#endif

WICK_END_NAMESPACE

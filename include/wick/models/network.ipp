#pragma once

// Definitions of models/network.hpp.

#include <wick/base/cloned.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/models/network.hpp>
#include <wick/models/perceptron.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model_class.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Elements of the block of a network of these sizes. Throws ShapeError for sizes whose parameters no memory
/// can hold.
template <Floating T>
[[nodiscard]] Index block_elements(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                                   const NetworkOptions& options) {
  // Sizes below 1 count as 0 here: the layers refuse them by name.
  Index in = (std::max)(input_size, Index{0});
  Index elements = 0;
  const auto count = [&](Index size, Index vectors) {
    const Index out = (std::max)(size, Index{0});
    const auto add = [&](Index n) {
      if (n > (std::numeric_limits<Index>::max)() / 2 - elements) {
        throw ShapeError("Network: the parameters up to layer Linear(" + std::to_string(in) + " -> " +
                         std::to_string(out) + ") do not fit in memory");
      }
      elements += ParameterBlock<T>::padded(n);
    };
    add(Shape{out, in}.numel());
    for (Index i = 0; i < vectors; ++i) add(out);
    in = out;
  };
  for (const Index size : hidden_layers) count(size, 1 + norm_tensors(options).parameters());
  count(output_size, 1);
  return elements;
}

template <Floating T>
[[nodiscard]] Cloned<ParameterBlock<T>> reserved_block(Index elements) {
  Cloned<ParameterBlock<T>> block(std::in_place);
  block->reserve(elements);
  return block;
}
/// A block over memory that has `needed` elements; throws ShapeError for any other number.
template <Floating T>
[[nodiscard]] Cloned<ParameterBlock<T>> block_over(std::span<T> values, Index needed,
                                                   std::shared_ptr<const void> owner) {
  const auto given = static_cast<Index>(values.size());
  if (given != needed) {
    throw ShapeError("Network: parameters of these sizes take " + std::to_string(needed) +
                     " elements, the memory has " + std::to_string(given));
  }
  return Cloned<ParameterBlock<T>>(std::in_place, values.data(), given, std::move(owner));
}

}  // namespace detail

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, Uninitialised /*tag*/)
    : Base(std::in_place,
           detail::reserved_block<T>(
               detail::block_elements<T>(input_size, output_size, hidden_layers, options)),
           input_size, output_size, hidden_layers, options),
      input_size_(input_size),
      logits_(traced()),
      log_probabilities_(logits_.then(detail::log_softmax_operation<T>)) {}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, std::span<T> values, std::shared_ptr<const void> owner)
    : Base(std::in_place,
           detail::block_over<T>(values,
                                 detail::block_elements<T>(input_size, output_size, hidden_layers, options),
                                 std::move(owner)),
           input_size, output_size, hidden_layers, options),
      input_size_(input_size),
      logits_(traced()),
      log_probabilities_(logits_.then(detail::log_softmax_operation<T>)) {}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, std::span<T> values, std::vector<Index> offsets,
                    std::shared_ptr<const void> owner)
    : Base(std::in_place,
           Cloned<ParameterBlock<T>>(std::in_place, values.data(), static_cast<Index>(values.size()),
                                     std::move(offsets), std::move(owner)),
           input_size, output_size, hidden_layers, options),
      input_size_(input_size),
      logits_(traced()),
      log_probabilities_(logits_.then(detail::log_softmax_operation<T>)) {}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, Generator& generator)
    : Network(input_size, output_size, hidden_layers, options, uninitialised) {
  // Drawn when all sizes and options are known to be possible.
  for (const auto& layer : this->module().hidden_layers) layer.reset_parameters(this->block(), generator);
  if (const auto& norms = this->module().norms) {
    for (const auto& norm : *norms) norm.reset_parameters(this->block());
  }
  if (const auto& norms = this->module().other_norms) norms->reset_parameters(this->block());
  output().reset_parameters(this->block(), generator);
}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::initializer_list<Index> hidden_layers,
                    const NetworkOptions& options, Generator& generator)
    : Network(input_size, output_size, std::span<const Index>(hidden_layers.begin(), hidden_layers.size()),
              options, generator) {}

template <Floating T>
Network<T>::Network(const Network& other)
    : Base(other),
      input_size_(other.input_size_),
      logits_(other.logits_),
      log_probabilities_(other.log_probabilities_) {
  follow_buffers();
}
template <Floating T>
Network<T>::Network(Network&&) noexcept = default;
template <Floating T>
Network<T>& Network<T>::operator=(Network&&) noexcept = default;
template <Floating T>
Network<T>::~Network() = default;
template <Floating T>
Network<T>& Network<T>::operator=(const Network& other) {
  // All or nothing: half of another network would be read out of bounds.
  if (this != &other) *this = Network(other);
  return *this;
}

template <Floating T>
TensorView<const T> Network<T>::predict(TensorArg<T> x, Workspace<T>& workspace) const {
  check_classes("predict");
  return outputs(log_probabilities_, x, workspace);
}

template <Floating T>
Tensor<T> Network<T>::predict(TensorArg<T> x) const {
  Workspace<T> workspace;
  return Tensor<T>(predict(x, workspace));
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
  const ParameterBlock<T>& parameters = this->block();
  check_input(x.shape());
  return program(parameters.values(), x, workspace);
}

template <Floating T>
Program<T> Network<T>::traced() const {
  Trace<T> trace(this->block());
  const std::shared_ptr<const ParameterBlock<T>> block = this->parameters();
  if (!block->buffers().empty()) trace.follow_buffers(block);
  const Symbol<T> y = this->module().logits(trace.input(Shape{input_size_}));
  return Program<T>(trace, std::span(&y, 1));
}

template <Floating T>
void Network<T>::follow_buffers() {
  if (!logits_.follows_buffers()) return;
  logits_.follow_buffers(this->parameters());
  log_probabilities_.follow_buffers(this->parameters());
}

template <Floating T>
void Network<T>::check_input(const Shape& x) const {
  if (x.dim() == 2 && x[1] == input_size_) return;
  const bool has_hidden = !hidden_layers().empty();
  const Linear<T>& first = has_hidden ? hidden_layers().front() : output();
  std::string text = std::string("Network: layer ") + (has_hidden ? "hidden_layers.0" : "output") +
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

#ifdef WICK_COMPILED
template class Network<float>;
template class Network<double>;
#endif

WICK_END_NAMESPACE

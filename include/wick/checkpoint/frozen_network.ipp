#pragma once

// Definitions of checkpoint/frozen_network.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/checkpoint/frozen_network.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/nn/activation_function.hpp>
#include <wick/nn/layer_norm_options.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

template <Floating T>
FrozenNetwork<T>::FrozenNetwork(const Archive& archive, const std::string& name, NetworkOutputs outputs) {
  detail::refuse_own_class(archive, name);
  const StateDict& tensors = detail::model_parameters(archive, name);
  if (!archive.architecture) {
    throw FormatError(name,
                      "the file does not say how to build the network, it has parameters alone: "
                      "load_checkpoint() takes the sizes from them");
  }
  const auto [sizes, options] = detail::described_network(archive, name);
  if (sizes.output_size == 1 && outputs == NetworkOutputs::log_probabilities) {
    throw Error(
        "FrozenNetwork: expected a network with two outputs or more, got one, whose log-softmax is "
        "always 0; NetworkOutputs::logits gives it raw");
  }
  const auto block = std::make_shared<ParameterBlock<T>>();
  std::vector<Slot> slots;
  for (const auto& parameter : detail::expected_parameters(sizes, options.normalisation)) {
    const AnyTensor& tensor = tensors[parameter.name];
    slots.push_back(block->add(parameter.name, tensor.shape()));
    tensor.copy_to(block->value(slots.back()).data());
  }
  // As Perceptron does; the weight and the bias of one layer after the other, those of the norms behind them.
  Trace<T> trace(*block);
  Symbol<T> x = trace.input(Shape{sizes.input_size});
  const Slot* layer = slots.data();
  const std::size_t hidden = sizes.hidden_layers.size();
  for (std::size_t i = 0; i < hidden; ++i, layer += 2) {
    x = linear(x, layer[0], layer[1]);
    if (options.normalisation == Normalisation::layer_norm) {
      const Slot* const norm = layer + 2 * hidden;
      x = layer_norm(x, norm[0], norm[1], LayerNormOptions{}.eps);
    }
    x = detail::apply_activation(options.activation, x);
  }
  x = linear(x, slots[slots.size() - 2], slots.back());
  if (outputs == NetworkOutputs::log_probabilities) x = log_softmax(x);
  program_ = Program<T>(trace, std::span(&x, 1));
  input_size_ = sizes.input_size;
  output_size_ = sizes.output_size;
  parameters_ = block;
}

template <Floating T>
TensorView<const T> FrozenNetwork<T>::predict(TensorArg<T> x, Workspace<T>& workspace) const {
  return program_(parameters_->values(), x, workspace);
}

template <Floating T>
Tensor<T> FrozenNetwork<T>::predict(TensorArg<T> x) const {
  Workspace<T> workspace;
  return Tensor<T>(predict(x, workspace));
}

#ifdef WICK_COMPILED
template class FrozenNetwork<float>;
template class FrozenNetwork<double>;
#endif

WICK_END_NAMESPACE

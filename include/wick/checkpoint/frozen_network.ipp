#pragma once

// Definitions of checkpoint/frozen_network.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/checkpoint/detail/parameter_bytes.hpp>
#include <wick/checkpoint/frozen_network.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/nn/activation_function.hpp>
#include <wick/nn/layer_norm_options.hpp>
#include <wick/nn/module_normalisation.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The network in the header of an archive; throws FormatError if there is none.
inline DescribedNetwork described_by_header(const Archive& archive, const std::string& name,
                                            const ActivationTable* activations,
                                            const NormalisationTable* normalisations) {
  refuse_own_class(archive, name);
  static_cast<void>(model_parameters(archive, name));
  if (!archive.architecture) {
    throw FormatError(name,
                      "the file does not say how to build the network, it has parameters alone: "
                      "load_checkpoint() takes the sizes from them");
  }
  return described_network(archive, name, activations, normalisations);
}

}  // namespace detail

template <Floating T>
FrozenNetwork<T>::FrozenNetwork(const Archive& archive, const std::string& name, NetworkOutputs outputs,
                                const ActivationTable* activations, const NormalisationTable* normalisations)
    : FrozenNetwork(detail::described_by_header(archive, name, activations, normalisations),
                    detail::model_parameters(archive, name), name, outputs) {
  if (output_size_ == 1 && outputs == NetworkOutputs::log_probabilities) {
    throw Error(
        "FrozenNetwork: expected a network with two outputs or more, got one, whose log-softmax is "
        "always 0; NetworkOutputs::logits gives it raw");
  }
}

template <Floating T>
FrozenNetwork<T>::FrozenNetwork(const detail::DescribedNetwork& network, const StateDict& parameters,
                                const std::string& name, NetworkOutputs outputs,
                                std::shared_ptr<ParameterBlock<T>> block)
    : input_size_(network.architecture.input_size), output_size_(network.architecture.output_size) {
  using Part = detail::ExpectedParameter::Part;
  const ModuleNormalisation& module = network.options.normalisation_module;
  const auto expected = detail::expected_parameters(network.architecture, network.options);
  const bool copies = block == nullptr;
  if (copies) {
    detail::check_shared_bytes(parameters, sizeof(T), name);
    detail::refuse_complex(expected, parameters);
    block = std::make_shared<ParameterBlock<T>>();
    Index elements = 0;
    for (const auto& parameter : expected) {
      if (parameter.part != Part::norm_buffer)
        elements += ParameterBlock<T>::padded(parameters[parameter.name].numel());
    }
    block->reserve(elements);
  }
  std::vector<Slot> places;
  std::shared_ptr<const NormalisationLayers<T>> norms;
  const std::size_t hidden = network.architecture.hidden_layers.size();
  for (const auto& parameter : expected) {
    // Modules add their own, ahead of the output layer.
    if (places.size() == 2 * hidden && norms == nullptr && !module.empty())
      norms = module.layers(*block, network.architecture.hidden_layers);
    if (norms != nullptr && parameter.part != Part::layer) continue;
    const AnyTensor& tensor = parameters[parameter.name];
    places.push_back(block->add(parameter.name, tensor.shape()));
    if (copies) tensor.copy_to(block->value(places.back()).data());
  }
  if (norms != nullptr) norms->load(parameters, *block, !copies);
  // As Perceptron does; the weight and the bias of one layer after the other, those of its norm after all of
  // the hidden layers'.
  Trace<T> trace(*block);
  Symbol<T> x = trace.input(Shape{input_size_});
  const Slot* layer = places.data();
  for (std::size_t i = 0; i < hidden; ++i, layer += 2) {
    x = linear(x, layer[0], layer[1]);
    if (network.options.normalisation == Normalisation::layer_norm)
      x = layer_norm(x, layer[2 * hidden], layer[2 * hidden + 1], LayerNormOptions{}.eps);
    if (norms != nullptr) x = norms->call(static_cast<Index>(i), x);
    x = detail::apply_activation(network.options.activation, network.options.activation_module, x);
  }
  x = linear(x, places[places.size() - 2], places.back());
  if (outputs == NetworkOutputs::log_probabilities) x = log_softmax(x);
  program_ = Program<T>(trace, std::span(&x, 1));
  parameters_ = std::move(block);
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

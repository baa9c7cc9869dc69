#pragma once

// The module of the lesson: a multilayer perceptron, as a user would write it.

#include <wick/base/error.hpp>
#include <wick/models/network_options.hpp>
#include <wick/nn/activation.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/module_list.hpp>
#include <wick/nn/module_normalisation.hpp>
#include <wick/nn/scope.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

WICK_BEGIN_NAMESPACE

#ifdef WICK_COMPILED

// Complete where a model is called.
template <Floating T>
class Var;
template <Floating T>
struct Perceptron;

namespace detail {

/// What a perceptron gives on a tape, see models/recorded_perceptron.hpp.
template <Floating T>
[[nodiscard]] Var<T> recorded_perceptron(const Perceptron<T>& perceptron, const Var<T>& x);

}  // namespace detail

#endif

/// x (B, input_size) -> log-probabilities (B, output_size):
///
///     for each hidden layer i:  x = dropout(activation(norms[i](hidden_layers[i](x))))
///     log_softmax(output(x))
///
/// The `norms` are LayerNorm by themselves; those of another class, or with other options, are `other_norms`,
/// which has the same place and the same names.
///
/// Like F.relu in the lesson's class, ReLU is no module of it; another activation is one, `activation`. There
/// are no `norms` without normalisation. A Network is a model of it.
template <Floating T>
struct Perceptron {
  ModuleList<Linear<T>> hidden_layers;                        ///< each with the next one
  std::optional<ModuleList<LayerNorm<T>>> norms;              ///< one for each of these, with normalisation
  ModuleNormalisation normalisation;                          ///< what `other_norms` are
  std::shared_ptr<const NormalisationLayers<T>> other_norms;  ///< in the place of `norms`
  Linear<T> output;                                           ///< the last layer
  Dropout dropout;                                            ///< behind each hidden layer
  ActivationLayer activation;                                 ///< of each hidden layer

  /// Throws OptionError for a size < 1, a dropout outside [0, 1], two activations or normalisations, numbers
  /// that are no options, and sizes that the normalisation cannot have.
  Perceptron(const Scope<T>& scope, Index input_size, Index output_size, std::span<const Index> sizes,
             const NetworkOptions& options = {})
      : hidden_layers(scope / "hidden_layers", static_cast<Index>(sizes.size()),
                      [&](const Scope<T>& at, Index i) {
                        const auto place = static_cast<std::size_t>(i);
                        return Linear<T>(at, place == 0 ? input_size : sizes[place - 1], sizes[place]);
                      }),
        norms(norms_of(scope / "norms", sizes, options)),
        normalisation(options.normalisation_module),
        other_norms(normalisation.empty() ? nullptr : normalisation.layers(scope / "norms", sizes)),
        output(scope / "output", sizes.empty() ? input_size : sizes.back(), output_size),
        dropout(scope / "dropout", options.dropout),
        activation(options.activation) {
    scope.is("Network");
    if (!options.activation_module.empty()) {
      options.activation_module.check_alone(options.activation);
      activation = ActivationLayer(scope / "activation", options.activation_module);
    } else if (options.activation != Activation::relu) {
      activation = ActivationLayer(scope / "activation", options.activation);
    }
  }

  /// What `output` gives for x (B, input_size).
  template <class Input>
  [[nodiscard]] Input logits(Input x) const {
    for (Index i = 0; i < hidden_layers.size(); ++i) {
      x = hidden_layers[i](x);
      if (norms) x = (*norms)[i](x);
      if constexpr (requires { other_norms->call(i, x); }) {
        if (other_norms) x = other_norms->call(i, x);
      }
      x = dropout(activation(x));
    }
    return output(x);
  }
  /// The log-probabilities.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
#ifdef WICK_COMPILED
    if constexpr (std::is_same_v<Input, Var<T>>) {
      return detail::recorded_perceptron(*this, x);
    } else {
      return log_softmax(logits(x));
    }
#else
    return log_softmax(logits(x));
#endif
  }

 private:
  [[nodiscard]] static std::optional<ModuleList<LayerNorm<T>>> norms_of(const Scope<T>& scope,
                                                                        std::span<const Index> sizes,
                                                                        const NetworkOptions& options) {
    const Normalisation normalisation = options.normalisation;
    if (normalisation == Normalisation::none) return std::nullopt;
    if (normalisation != Normalisation::layer_norm) {
      throw OptionError("Network: there is no normalisation with the number " +
                        std::to_string(static_cast<int>(normalisation)));
    }
    if (!options.normalisation_module.empty())
      options.normalisation_module.refuse_beside(normalisation_name(normalisation));
    return ModuleList<LayerNorm<T>>(
        scope, static_cast<Index>(sizes.size()),
        [&](const Scope<T>& at, Index i) { return LayerNorm<T>(at, sizes[static_cast<std::size_t>(i)]); });
  }
};

WICK_END_NAMESPACE

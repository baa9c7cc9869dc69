#pragma once

// What a Network is made with, apart from its sizes.

#include <wick/nn/activation_function.hpp>
#include <wick/nn/module_normalisation.hpp>

#include <initializer_list>
#include <optional>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// What normalises the values of a hidden layer, ahead of its activation.
enum class Normalisation {
  none,        ///< nothing does
  layer_norm,  ///< see LayerNorm
};

/// The name in files: `layer_norm`.
[[nodiscard]] constexpr std::string_view normalisation_name(Normalisation normalisation) noexcept {
  return normalisation == Normalisation::layer_norm ? "layer_norm" : "none";
}

/// The normalisation of this name, or nothing.
[[nodiscard]] constexpr std::optional<Normalisation> normalisation_named(std::string_view name) noexcept {
  for (const Normalisation known : {Normalisation::none, Normalisation::layer_norm}) {
    if (normalisation_name(known) == name) return known;
  }
  return std::nullopt;
}

struct NetworkOptions {
  double dropout = 0.5;  ///< probability of zeroing an element after each hidden layer, in [0, 1]
  Activation activation = Activation::relu;           ///< of the hidden layers
  Normalisation normalisation = Normalisation::none;  ///< of the hidden layers
  /// In the place of `activation`: any module without parameters, see nn/all_activations.hpp.
  ModuleActivation activation_module = {};
  /// In the place of `normalisation`: any module that takes rows of features, with options, see
  /// nn/all_normalisations.hpp.
  ModuleNormalisation normalisation_module = {};

  friend bool operator==(const NetworkOptions&, const NetworkOptions&) = default;
};

namespace detail {

/// Which tensors there are for each hidden layer beside its own.
[[nodiscard]] inline NormalisationTensors norm_tensors(const NetworkOptions& options) noexcept {
  if (!options.normalisation_module.empty()) return options.normalisation_module.tensors();
  const bool any = options.normalisation != Normalisation::none;
  return {.weight = any, .bias = any, .running = false};
}

}  // namespace detail

WICK_END_NAMESPACE

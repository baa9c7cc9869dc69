#pragma once

// How a network is built from what a file says.

#include <wick/models/network_options.hpp>
#include <wick/state/rename_keys.hpp>

#include <ostream>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Whose names the parameters in a file have.
enum class ParameterNames {
  own,       ///< the Network's: `hidden_layers.0.weight`, ..., `output.bias`
  by_shape,  ///< any, to be matched as infer_by_shape() does; ask it first and look at what it says
};

/// How a network is built from what a file says. Names change in the order of the fields; an optimizer's
/// tensors go with their parameters.
struct BuildOptions {
  ParameterNames names = ParameterNames::own;  ///< whose names the file has
  /// Takes only the parameters whose names begin with one of these, e.g. `actor.`; all of them when empty.
  std::vector<std::string> only = {};
  /// Removed from the names that begin with it, e.g. the `module.` of DataParallel.
  std::string prefix = {};
  /// From a parameter's name in the file to the Network's, or to one that is matched by shape; nullopt leaves
  /// it out.
  RenameFunction rename = {};
  /// In [0, 1]; of networks from files that have only parameters and so do not say.
  double dropout = NetworkOptions{}.dropout;
  /// The modules that the file may name as the activation of hidden layers; null: none. `&all_activations()`,
  /// see nn/all_activations.hpp.
  const ActivationTable* activations = nullptr;
  /// The same of the normalisation, beside LayerNorm as it is by default: `&all_normalisations()`, see
  /// nn/all_normalisations.hpp.
  const NormalisationTable* normalisations = nullptr;
  /// Told what was assumed that the file does not say, a line each: that between layers matched by shape
  /// there is ReLU. Checkpoint::notes and Predictor::notes() have the same.
  std::ostream* out = nullptr;
};

WICK_END_NAMESPACE

#pragma once

// The sizes of a multilayer perceptron from the names and shapes of its parameters.

#include <wick/io/archive/archive.hpp>
#include <wick/state/match_by_shape.hpp>
#include <wick/state/state_dict.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

/// Sizes of a network, and its names for the tensors of a file that has others.
struct InferredNetwork {
  Architecture architecture;  ///< sizes, without the dropout
  NameMapping names;          ///< the Network's name of each tensor
};

/// The architecture of the Network whose parameters `sd` holds: exactly `hidden_layers.N.weight` and `.bias`
/// for N = 0, 1, ..., `output.weight` and `output.bias`, in any order. Layers without a bias count as layers
/// whose bias is zero; `_extra_state` and the `n_averaged` of an averaged model are passed over. The dropout
/// is not in a state dict and is NetworkOptions' default.
///
/// Throws StateDictError that says what does not fit, and which option helps.
[[nodiscard]] Architecture infer_architecture(const StateDict& all);

/// The architecture of a perceptron with any names: nn.Sequential's `0.weight`, `3.weight`, ..., `fc1`,
/// `fc2`, `out`, a prefix such as `module.`. Every tensor must be the `weight` or `bias` of a linear layer;
/// biases may be missing, and
/// `_extra_state` and the `n_averaged` of an averaged model are passed over. The layers are in the order that
/// order_from_names() finds if each takes what the one before gives, otherwise in the only order in which
/// that is so.
///
/// Look at the names before they are used: equal layers in the wrong order fit too, and nothing in a state
/// dict says that the model between them is ReLU.
///
/// Throws StateDictError that says what does not fit.
[[nodiscard]] InferredNetwork infer_by_shape(const StateDict& all);

namespace detail {

/// `sd` without the tensors that are no parameters: `_extra_state`, and `n_averaged` beside `module.` alone,
/// behind a prefix as well.
StateDict without_extra_states(const StateDict& sd);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/infer.ipp>
#endif

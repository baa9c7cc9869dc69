#pragma once

// What saving and loading need of a model.

#include <wick/state/load_state_dict.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <concepts>

WICK_BEGIN_NAMESPACE

/// A model with PyTorch's state_dict() and load_state_dict(), which changes nothing when it throws. Network
/// is one, and Model of any module. `spec()` says the class and what it expects.
template <class Model>
concept ModelWithState = requires(Model& model, const Model& same, const StateDict& sd,
                                  const LoadOptions& options) {
  { same.state_dict() } -> std::convertible_to<StateDict>;
  { model.load_state_dict(sd, options) } -> std::convertible_to<LoadResult>;
  { same.spec() } -> std::convertible_to<StateDictSpec>;
};

WICK_END_NAMESPACE

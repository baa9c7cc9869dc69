#pragma once

// What may travel beside a model in its file.

#include <wick/io/archive/archive.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/state_dict.hpp>

#include <optional>
#include <string>

WICK_BEGIN_NAMESPACE

/// What may travel beside the model.
struct CheckpointExtras {
  std::optional<OptimizerState> optimizer = std::nullopt;  ///< to go on training with
  /// State of a training run: counters here, tensors in `training_tensors`.
  Attributes training = {};
  StateDict training_tensors = {};  ///< see `training`
  /// Whatever the application wants to find again, e.g. class names.
  Attributes metadata = {};
  StateDict metadata_tensors = {};  ///< see `metadata`
};

namespace detail {

/// Adds the groups of `extras` that are not empty.
void put_extras(Archive& archive, const CheckpointExtras& extras);

/// The reverse. Throws FormatError, with `name` for the file, when the optimizer's state is incomplete.
CheckpointExtras get_extras(const Archive& archive, const std::string& name);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/extras.ipp>
#endif

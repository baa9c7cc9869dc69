#pragma once

// Which part of what torch.load returned is the model.

#include <wick/io/torch/value.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

/// True for a dict of tensors by name, as torch.nn.Module.state_dict() returns it; under names that end with
/// `_extra_state` may be anything.
[[nodiscard]] bool is_torch_state_dict(const TorchValue& value) noexcept;

/// The state dict of the model in a file, and where it is.
struct FoundModel {
  const TorchValue* value = nullptr;   ///< a state dict, or null
  const TorchValue* parent = nullptr;  ///< the container that it is an item of, or null
  std::string why_not;                 ///< if there is none: what there is instead, and what to do
};

/// Looks for the model: `value` itself, else the only state dict at the level nearest to it, in dicts, lists
/// and tuples up to four levels down; of several there the one under a usual name: `state_dict`,
/// `model_state_dict`, `model`.
[[nodiscard]] FoundModel find_torch_model(const TorchValue& value);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/find_model.ipp>
#endif

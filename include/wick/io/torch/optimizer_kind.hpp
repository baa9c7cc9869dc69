#pragma once

// Whether a value of a PyTorch file is an optimizer.

#include <wick/io/torch/value.hpp>

WICK_BEGIN_NAMESPACE

/// True for what torch.optim.Optimizer.state_dict() returns: a dict with `state` and `param_groups`.
[[nodiscard]] inline bool is_torch_optimizer(const TorchValue& value) noexcept {
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return false;
  const TorchValue* state = dict->find("state");
  const TorchValue* groups = dict->find("param_groups");
  return state != nullptr && state->is<TorchDict>() && groups != nullptr && groups->is<TorchSequence>();
}

WICK_END_NAMESPACE

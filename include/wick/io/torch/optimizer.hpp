#pragma once

// The state of an optimizer as PyTorch saves it, by the number of a parameter, and as wick does, by its name.

#include <wick/core/optimizer_state.hpp>
#include <wick/io/torch/value.hpp>

#include <span>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// True for what torch.optim.Optimizer.state_dict() returns: a dict with `state` and `param_groups`.
[[nodiscard]] bool is_torch_optimizer(const TorchValue& value) noexcept;

/// What torch.optim.Optimizer.state_dict() returned, by the names of the parameters, in the order in which
/// the optimizer was given them.
///
/// Throws OptionError for what an OptimizerState cannot say: groups with different options, parameters that
/// took different numbers of steps, another number of parameters than names.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
[[nodiscard]] OptimizerState optimizer_from_torch(const TorchValue& value,
                                                  std::span<const std::string> names);

/// The same as torch.optim.Adam.load_state_dict takes it, and other optimizers by their own options and
/// tensors. `names` are the parameters in the order in which PyTorch's optimizer will be given them.
///
/// Throws OptionError for a tensor that belongs to none of them.
[[nodiscard]] TorchValue optimizer_to_torch(const OptimizerState& state, std::span<const std::string> names);

}  // namespace wick::inline WICK_ABI_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/optimizer.ipp>
#endif

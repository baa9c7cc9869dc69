#pragma once

// The state of an optimizer as PyTorch saves it.

#include <wick/io/torch/value.hpp>
#include <wick/state/optimizer_state.hpp>

#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// How a written state refers to its parameters. load_state_dict() goes by their order and takes both.
enum class OptimizerKeys {
  numbers,  ///< 0, 1, ..., as torch.optim does
  names     ///< as torch.distributed.checkpoint.state_dict does
};

/// A state as torch.optim.Adam.load_state_dict takes it, and other optimizers by their own options and
/// tensors. `names` are the parameters in the order in which PyTorch's optimizer will be given them; a state
/// with groups has them itself.
///
/// Throws OptionError for a tensor or value that belongs to none of them.
[[nodiscard]] TorchValue optimizer_to_torch(const OptimizerState& state, std::span<const std::string> names,
                                            OptimizerKeys keys = OptimizerKeys::numbers);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/optimizer_export.ipp>
#endif

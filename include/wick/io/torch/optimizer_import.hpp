#pragma once

// From the state of an optimizer as PyTorch saves it, by the number of a parameter, to that by its name.

#include <wick/io/torch/optimizer_kind.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/state/optimizer_state.hpp>

#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The names of the parameters that such a state is for, in the order of the optimizer, as far as the file
/// tells: those that it gives itself, `param_names` or texts in `params`, or all parameters of `model`,
/// without the statistics of batch normalisation and with tied ones once, if there are as many and their
/// shapes are those of the state. Nothing where some parameters are frozen, say, and which ones cannot be
/// known. An empty `model` stands for an unknown one.
[[nodiscard]] std::vector<std::string> optimizer_parameters(const TorchValue& value, const StateDict& model);

/// What torch.optim.Optimizer.state_dict() returned, by the names of the parameters, in the order in which
/// the optimizer was given them; by their numbers where there are not as many names.
///
/// All of it is kept for every optimizer of torch.optim: groups with options of their own, options and states
/// of any kind, in lists as well (`old_dirs[2]`, in a tuple `eps(0)`). Throws OptionError for what is no such
/// state, and for what an OptimizerState cannot say: dicts within the state of a parameter, complex numbers,
/// integers of more than 64 bits, objects.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
[[nodiscard]] OptimizerState optimizer_from_torch(const TorchValue& value,
                                                  std::span<const std::string> names);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/optimizer_import.ipp>
#endif

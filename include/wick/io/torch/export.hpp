#pragma once

// From an archive to what torch.save would be given: the lesson's checkpoint.

#include <wick/io/archive/archive.hpp>
#include <wick/io/torch/value.hpp>

WICK_BEGIN_NAMESPACE

/// The OrderedDict that torch.nn.Module.state_dict() returns, with its `_metadata`: the version, 1, of the
/// module at each path that the dotted names imply.
[[nodiscard]] TorchValue torch_state_dict(const StateDict& sd);

/// What a file of torch.save holds for `archive`.
///
/// The group `model` alone is a state dict; with anything else the result is a dict: `input_size`,
/// `output_size`, `hidden_layers` and `dropout` of the architecture, `state_dict`, `optimizer` as
/// torch.optim's load_state_dict takes it, and every other group as a dict of its name. Python's lesson reads
/// such a file as its own. An optimizer's parameters are numbered as torch.optim does; where numbers would
/// not tell import_torch() their names, they have names (OptimizerKeys).
///
/// Throws IndexError for an optimizer group without type or step, OptionError for an optimizer's tensor that
/// belongs to no parameter.
[[nodiscard]] TorchValue export_torch(const Archive& archive);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/export.ipp>
#endif

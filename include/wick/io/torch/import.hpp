#pragma once

// From the contents of a PyTorch file to an archive: which dict is the model, which the optimizer, what the
// rest.

#include <wick/io/torch/find_model.hpp>
#include <wick/io/torch/import_model.hpp>
#include <wick/io/torch/value.hpp>

#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// The model, optimizer, sizes and everything else in what torch.load returned.
///
/// The group `model` is the state dict that find_torch_model() finds, if it finds one and no object stands in
/// its place. Of a dict, `input_size`, `output_size` and `hidden_layers`, with `dropout` if it is there (0.5
/// if not), are the architecture, as in the lesson's checkpoints; the first item with `state` and
/// `param_groups`, or list of such, is the optimizer; `training` and `metadata` become the groups of these
/// names, further state dicts and optimizers groups of their own names, and all other values metadata under
/// dotted names: complex numbers as tensors, integers of more than 64 bits as texts, `0x...`. What has no
/// place is noted: empty dicts within others, keys other than texts and integers, and objects, which are not
/// data. `key` names one item, `a.b` an item of an item, to be taken as the file. `file` is for messages.
///
/// Throws FileError when there is no such key.
[[nodiscard]] Imported import_torch(const TorchValue& root, const std::string& file,
                                    std::string_view key = {});

/// Puts an optimizer into the group of its kind, or if there is one already, into one of its own name. False
/// if there is no place for it; what it was left out for is noted then. See import_torch_with().
[[nodiscard]] bool import_torch_optimizer(Imported& imported, const std::string& name,
                                          const TorchValue& value, const StateDict* model);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/import.ipp>
#endif

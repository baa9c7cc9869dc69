#pragma once

// Definitions of checkpoint/extras.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/io/archive/groups.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void put_extras(Archive& archive, const CheckpointExtras& extras) {
  if (extras.optimizer) put_optimizer(archive, *extras.optimizer);
  if (!extras.training.empty()) archive.add_attributes(training_group, extras.training);
  if (!extras.training_tensors.empty()) archive.add_tensors(training_group, extras.training_tensors);
  if (!extras.metadata.empty()) archive.add_attributes(metadata_group, extras.metadata);
  if (!extras.metadata_tensors.empty()) archive.add_tensors(metadata_group, extras.metadata_tensors);
}

WICK_INLINE CheckpointExtras get_extras(const Archive& archive, const std::string& name) {
  CheckpointExtras extras;
  try {
    extras.optimizer = get_optimizer(archive);
  } catch (const IndexError& e) {
    throw FormatError(name, std::string("the optimizer's state is incomplete: ") + e.what());
  }
  if (const Attributes* found = archive.find_attributes(training_group)) extras.training = *found;
  if (const StateDict* found = archive.find_tensors(training_group)) extras.training_tensors = *found;
  if (const Attributes* found = archive.find_attributes(metadata_group)) extras.metadata = *found;
  if (const StateDict* found = archive.find_tensors(metadata_group)) extras.metadata_tensors = *found;
  return extras;
}

}  // namespace detail

WICK_END_NAMESPACE

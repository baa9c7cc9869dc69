#pragma once

// Definitions of training/training_checkpoint.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/training/training_checkpoint.hpp>

#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void require_run(const CheckpointExtras& extras, const std::string& name, const char* model,
                             const char* instead) {
  if (extras.optimizer && !extras.training.empty()) return;
  throw FormatError(name, std::string("the checkpoint holds ") + model + ", but no " +
                              (extras.optimizer ? "place in a run" : "state of an optimizer") + "; " +
                              instead + ", to be trained anew");
}

WICK_INLINE CheckpointExtras extras_with(OptimizerState optimizer, const TrainState& state,
                                         const Attributes& metadata) {
  auto [attributes, tensors] = to_checkpoint(state);
  return {.optimizer = std::move(optimizer),
          .training = std::move(attributes),
          .training_tensors = std::move(tensors),
          .metadata = metadata};
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Definitions of io/torch/optimizer_export.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/torch/detail/optimizer_writer.hpp>
#include <wick/io/torch/optimizer_export.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/state/optimizer_state.hpp>

#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE TorchValue optimizer_to_torch(const OptimizerState& state, std::span<const std::string> names,
                                          OptimizerKeys keys) {
  return detail::OptimizerWriter(state, names).write(keys == OptimizerKeys::names);
}

WICK_END_NAMESPACE

#pragma once

// What an optimizer needs to go on: the form in which it travels in a checkpoint.

#include <wick/core/attributes.hpp>
#include <wick/core/state_dict.hpp>

#include <cstdint>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// The most steps that a run may count. Nothing runs so long, so a file that says more is none of a run; and up
/// to here a double holds each number.
inline constexpr std::int64_t most_steps = std::int64_t{1} << 53;

/// Options by PyTorch's names (`lr`, `betas`, ...), the number of steps taken, and
/// tensors named `<parameter>.<state>`, e.g. `output.weight.exp_avg`.
struct OptimizerState {
  std::string type;  ///< class name, e.g. `Adam`
  std::int64_t step = 0;
  Attributes options;
  StateDict tensors;

  friend bool operator==(const OptimizerState&, const OptimizerState&) = default;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE

#pragma once

// What an optimizer needs to go on: the form in which it travels in a checkpoint.

#include <wick/core/attributes.hpp>
#include <wick/core/state_dict.hpp>

#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

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

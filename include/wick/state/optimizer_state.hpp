#pragma once

// What an optimizer needs to go on: the form in which it travels in a checkpoint.

#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>

#include <cstdint>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The most steps that a run may count. Nothing runs so long, so a file that says more is none of a run; and
/// up to here a double holds each number.
inline constexpr std::int64_t most_steps = std::int64_t{1} << 53;

/// Some of an optimizer's parameters, with the options that are theirs alone.
struct OptimizerGroup {
  /// Their names, in the optimizer's order; `0`, `1`, ... where a file does not tell which is which.
  std::vector<std::string> parameters;
  Attributes options;  ///< by PyTorch's names

  friend bool operator==(const OptimizerGroup&, const OptimizerGroup&) = default;
};

/// Options by PyTorch's names (`lr`, `betas`, ...), the number of steps taken, and
/// tensors named `<parameter>.<state>`, e.g. `output.weight.exp_avg`.
struct OptimizerState {
  std::string type;  ///< class name, e.g. `Adam`
  /// Taken for every parameter; 0 also where parameters took different numbers of steps, which are tensors or
  /// values then, `<parameter>.step`.
  std::int64_t step = 0;
  Attributes options;  ///< of all parameters
  StateDict tensors;   ///< `<parameter>.<state>`
  /// The parameter groups. None at all is one group of all of the model's parameters.
  std::vector<OptimizerGroup> groups = {};
  Attributes values = {};  ///< what is no tensor, `<parameter>.<state>`
  /// What Python has None for: `options.<name>`, `groups.<number>.options.<name>`,
  /// `values.<parameter>.<state>`.
  std::vector<std::string> none = {};

  friend bool operator==(const OptimizerState&, const OptimizerState&) = default;
};

WICK_END_NAMESPACE

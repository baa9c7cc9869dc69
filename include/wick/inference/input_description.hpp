#pragma once

// What a model file says about the inputs and outputs of its network.

#include <wick/base/detail/compiled.hpp>
#include <wick/state/attributes.hpp>

#include <optional>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Metadata that programs agree on, see docs/checkpoint-format.md; what the file does not say is empty.
struct InputDescription {
  std::optional<double> mean;        ///< of the normalisation of pixels in [0, 1]
  std::optional<double> std;         ///< of the same
  std::vector<std::string> classes;  ///< names, in the order of the outputs
};

/// Reads `normalize.mean`, `normalize.std` (numbers, or lists of one) and `classes` (a list of texts) from
/// the group `metadata` of an archive. `name` stands for the file in messages. Throws FormatError when one of
/// the first two is something else; other `classes` count as none.
[[nodiscard]] InputDescription describe_inputs(const Attributes& metadata, const std::string& name);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/inference/input_description.ipp>
#endif

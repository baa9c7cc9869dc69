#pragma once

// Some of a model's parameters, with the options that an optimizer has for them.

#include <wick/version.hpp>

#include <concepts>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A parameter group, for an optimizer whose options are not the same for all parameters:
///
///     wick::SGD optimizer(model.parameters(), {{"body", {.lr = 1e-2}}, {{"head", "scale"}, {.lr = 1e-3}}});
///
/// Each path is the name of a parameter, or of a module: then it stands for all parameters below it. What is
/// in no group is left alone, as in PyTorch.
/// https://docs.pytorch.org/docs/stable/optim.html#per-parameter-options
template <class Options>
struct ParameterGroup {
  std::vector<std::string> paths;  ///< names of parameters and modules
  Options options;                 ///< for all of them

  /// Of one path.
  template <std::convertible_to<std::string> Path>
  ParameterGroup(Path&& path, Options its_options)
      : paths{std::string(std::forward<Path>(path))}, options(std::move(its_options)) {}
  /// Of several paths.
  ParameterGroup(std::vector<std::string> several, Options its_options)
      : paths(std::move(several)), options(std::move(its_options)) {}
};

WICK_END_NAMESPACE

#pragma once

// The modules that normalise rows of features as the normalisation of a network's hidden layers, and a table
// of them for files.

#include <wick/base/error.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/group_norm.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/layer_norm_options.hpp>
#include <wick/nn/module_normalisation.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Of the modules that take rows of features, and of no others.
template <template <class> class Module>
struct NormalisationOptionsOf {};
template <>
struct NormalisationOptionsOf<LayerNorm> {
  using Options = LayerNormOptions;
  static constexpr NormalisationSettings settings(const Options& o) noexcept {
    return {.eps = o.eps, .affine = o.elementwise_affine, .bias = o.bias};
  }
};
template <>
struct NormalisationOptionsOf<RMSNorm> {
  using Options = RMSNormOptions;
  static constexpr NormalisationSettings settings(const Options& o) noexcept {
    return {.eps = o.eps, .affine = o.elementwise_affine};
  }
};
template <>
struct NormalisationOptionsOf<BatchNorm1d> {
  using Options = BatchNorm1dOptions;
  static constexpr NormalisationSettings settings(const Options& o) noexcept {
    return {.eps = o.eps,
            .momentum = o.momentum,
            .affine = o.affine,
            .bias = o.bias,
            .track_running_stats = o.track_running_stats};
  }
};
template <>
struct NormalisationOptionsOf<GroupNorm> {
  using Options = GroupNormOptions;
  using Grouped = Options;
  static constexpr NormalisationSettings settings(const Options& o, Index num_groups = 1) noexcept {
    return {.eps = o.eps, .affine = o.affine, .bias = o.bias, .num_groups = num_groups};
  }
};

/// What is done with the modules of this class.
template <template <class> class Module>
[[nodiscard]] const NormalisationCalls& normalisation_calls() noexcept;

template <template <class> class Module>
[[nodiscard]] ModuleNormalisation checked_normalisation(const NormalisationSettings& settings) {
  const ModuleNormalisation result(normalisation_calls<Module>(), settings);
  if (const std::string problem = result.problem(); !problem.empty()) throw OptionError(problem);
  return result;
}

}  // namespace detail

/// A module with these options as a normalisation, one for each hidden layer, of its size:
///
///     wick::Network<> model(8, 2, {32, 32}, {.normalisation_module =
///     wick::normalisation_of<wick::BatchNorm1d>({.momentum = 0.05})});
///
/// Of LayerNorm, BatchNorm1d and RMSNorm; InstanceNorm1d takes no rows of features, in PyTorch neither.
/// Throws OptionError unless eps is a finite number >= 0, of BatchNorm1d > 0, momentum is in [0, 1], and
/// BatchNorm1d has track_running_stats: without, what it gives for a row depends on the rows beside it, and
/// networks predict any number of them.
template <template <class> class Module>
[[nodiscard]] ModuleNormalisation normalisation_of(
    const typename detail::NormalisationOptionsOf<Module>::Options& options = {}) requires(!requires {
  typename detail::NormalisationOptionsOf<Module>::Grouped;
}) {
  return detail::checked_normalisation<Module>(detail::NormalisationOptionsOf<Module>::settings(options));
}
/// The same of GroupNorm: `normalisation_of<GroupNorm>(4)`. Each hidden layer has to have a multiple of
/// `num_groups` features, or the network throws OptionError, as this does for num_groups < 1.
template <template <class> class Module>
[[nodiscard]] ModuleNormalisation normalisation_of(
    Index num_groups, const typename detail::NormalisationOptionsOf<Module>::Grouped& options = {}) {
  return detail::checked_normalisation<Module>(
      detail::NormalisationOptionsOf<Module>::settings(options, num_groups));
}

/// Every module of the library that normalises rows of features. A program that names this table has them
/// all linked: for files of any network.
[[nodiscard]] const NormalisationTable& all_normalisations() noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/all_normalisations.ipp>
#endif

#pragma once

// The groups of an archive: their names, how an optimizer's state lies in them, other names for parameters.

#include <wick/io/archive/archive.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/rename_keys.hpp>

#include <optional>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// Names of the groups of an archive.
inline constexpr std::string_view model_group = "model";  ///< tensors: the parameters
/// How a model is built that is no Network: attributes, and tensors if need be. Of a model of a class of the
/// user's own, which only its program can build, it has the name of that class. Of a Network, whose sizes are
/// the Architecture, it has the options that the lesson's class does not have; none of them, no group.
inline constexpr std::string_view architecture_group = "architecture";
inline constexpr std::string_view optimizer_group = "optimizer";  ///< tensors and attributes
inline constexpr std::string_view training_group = "training";    ///< tensors and attributes
inline constexpr std::string_view metadata_group = "metadata";  ///< attributes, and tensors of other programs

/// Names in the group `metadata` that programs agree on; docs/checkpoint-format.md describes them.
inline constexpr std::string_view classes_key = "classes";                ///< list of texts
inline constexpr std::string_view normalize_mean_key = "normalize.mean";  ///< number
inline constexpr std::string_view normalize_std_key = "normalize.std";    ///< number

/// Names in the group `architecture`.
inline constexpr std::string_view class_key = "class";            ///< text
inline constexpr std::string_view activation_key = "activation";  ///< text, see activation_name()
inline constexpr std::string_view activation_numbers_key = "activation_numbers";  ///< of its module, reals
inline constexpr std::string_view normalisation_key = "normalisation";  ///< text, see normalisation_name()

/// Adds the groups `optimizer`, or of another name for further optimizers: attributes `type`, `step` and
/// `options.<name>`, and the tensors. If the state has parameter groups, also `groups`, how many there are,
/// and `groups.<number>.parameters` and `groups.<number>.options.<name>` for each; if it has them,
/// `values.<parameter>.<state>`, and `none`, the names of what is None in Python.
void put_optimizer(Archive& archive, const OptimizerState& state, std::string_view group = optimizer_group);

/// The state that put_optimizer() stored, or nothing. Throws IndexError, naming it, when a part is missing.
[[nodiscard]] std::optional<OptimizerState> get_optimizer(const Archive& archive,
                                                          std::string_view group = optimizer_group);

/// `archive` with other names for the parameters, and for the optimizer's tensors with them; those of
/// parameters for which `new_name` gives none are left out. Throws IndexError if two would get the same name.
[[nodiscard]] Archive rename_parameters(Archive archive, const RenameFunction& new_name);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/archive/groups.ipp>
#endif

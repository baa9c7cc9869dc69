#pragma once

// What the groups of an archive are called, and what is in them.

#include <wick/base/types.hpp>

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
inline constexpr std::string_view normalisation_prefix = "normalisation.";  ///< of the options of its module

WICK_END_NAMESPACE

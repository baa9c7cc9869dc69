#pragma once

// The groups of an archive: how an optimizer's state lies in them, other names for parameters.

#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/rename_keys.hpp>

#include <optional>
#include <string_view>

WICK_BEGIN_NAMESPACE

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

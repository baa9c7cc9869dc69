#pragma once

// What to do about parameters whose names are not the Network's.

#include <wick/state/state_dict.hpp>

#include <cstddef>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The length of what stands before a Network's name of a parameter at the end of `name`, 7 for
/// `module.output.bias`; npos for names that end otherwise.
std::size_t prefix_of_own_name(std::string_view name) noexcept;

/// A clause that names the option to set, in the words of BuildOptions and PredictorOptions: which prefix to
/// remove, which of several networks to take, or that the names do not matter.
std::string name_hint(const StateDict& sd);

/// Nothing, or a clause that names the networks of which `only` takes one.
std::string several_networks_hint(const StateDict& sd);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/detail/name_hints.ipp>
#endif

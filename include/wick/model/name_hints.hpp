#pragma once

// What to do about parameters whose names are not the Network's.

#include <wick/core/state_dict.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace wick::inline WICK_ABI_NAMESPACE {

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

}  // namespace wick::inline WICK_ABI_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/model/name_hints.ipp>
#endif

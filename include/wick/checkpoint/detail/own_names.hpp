#pragma once

// A file's parameters under the names of a Network, and what network they are of.

#include <wick/checkpoint/build_options.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/io/archive/archive.hpp>

#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// `archive` with the Network's names for the parameters, and zeros for the biases of layers that have none.
Archive with_own_names(Archive archive, const std::string& name, const BuildOptions& options);

/// What is assumed when a network is built from `archive`, which nothing in it says; also tells
/// BuildOptions::out.
std::vector<std::string> assumptions(const Archive& archive, const std::string& name,
                                     const BuildOptions& options);

/// Sizes in the header, confirmed by the parameters, or else the parameters' own.
DescribedNetwork described_or_inferred(const Archive& archive, const std::string& name,
                                       const BuildOptions& options);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/detail/own_names.ipp>
#endif

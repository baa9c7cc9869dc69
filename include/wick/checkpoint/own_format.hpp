#pragma once

// Networks from wick's own files, without the code for others.

#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/network_archive.hpp>

#include <cstddef>
#include <filesystem>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// As open_network() of checkpoint.hpp, of a file in wick's own format.
template <Floating T>
OpenedNetwork<T> open_own_network(const std::filesystem::path& path, bool mapped, const BuildOptions& build);

/// As read_checkpoint() of the bytes of a file.
template <Floating T>
Checkpoint<T> read_own_network(std::span<const std::byte> bytes, const BuildOptions& build);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/own_format.ipp>
#endif

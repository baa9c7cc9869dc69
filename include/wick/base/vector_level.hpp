#pragma once

// Which vector instructions a program computes with.

#include <wick/base/error.hpp>
#include <wick/kernels/level.hpp>

#include <atomic>
#include <string>

WICK_BEGIN_NAMESPACE

/// Whether set_vector_level() takes `level`: this processor has its instructions, and the flags of the build,
/// such as -march=native, do not ask for more.
[[nodiscard]] inline bool has_vector_level(VectorLevel level) noexcept {
  return level >= detail::lowest_level && level <= detail::highest_level();
}

/// From now on the whole program computes with the instructions of `level`, as with the environment variable
/// WICK_VECTOR_LEVEL: for equal results on unequal machines, and to compare. Not while another thread
/// computes. Throws OptionError unless has_vector_level(level); all is then as it was.
void set_vector_level(VectorLevel level);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/vector_level.ipp>
#endif

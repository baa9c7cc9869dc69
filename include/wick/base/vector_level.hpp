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
inline void set_vector_level(VectorLevel level) {
  if (!has_vector_level(level)) {
    throw OptionError("set_vector_level: expected a level from " +
                      std::string(detail::level_name(detail::lowest_level)) + ", that of the build, to " +
                      std::string(detail::level_name(detail::highest_level())) +
                      ", that of this processor, got " + std::string(detail::level_name(level)));
  }
  detail::chosen_level.store(static_cast<signed char>(level), std::memory_order_relaxed);
}

WICK_END_NAMESPACE

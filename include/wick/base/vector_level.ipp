#pragma once

// Definitions of base/vector_level.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/vector_level.hpp>

#include <atomic>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE void set_vector_level(VectorLevel level) {
  if (!has_vector_level(level)) {
    throw OptionError("set_vector_level: expected a level from " +
                      std::string(detail::level_name(detail::lowest_level)) + ", that of the build, to " +
                      std::string(detail::level_name(detail::highest_level())) +
                      ", that of this processor, got " + std::string(detail::level_name(level)));
  }
  detail::chosen_level.store(static_cast<signed char>(level), std::memory_order_relaxed);
}

WICK_END_NAMESPACE

#pragma once

// Definitions of kernels/level.hpp.

#include <wick/kernels/level.hpp>

#include <cstdlib>
#include <initializer_list>

WICK_BEGIN_NAMESPACE
namespace detail {

WICK_INLINE VectorLevel highest_level() noexcept {
#if WICK_CHOOSES_LEVELS
  __builtin_cpu_init();
  const bool has_avx2 =
      static_cast<bool>(__builtin_cpu_supports("avx2")) && static_cast<bool>(__builtin_cpu_supports("fma"));
  const bool has_avx512 = static_cast<bool>(__builtin_cpu_supports("avx512f")) &&
                          static_cast<bool>(__builtin_cpu_supports("avx512bw")) &&
                          static_cast<bool>(__builtin_cpu_supports("avx512dq")) &&
                          static_cast<bool>(__builtin_cpu_supports("avx512vl"));
  const VectorLevel found = has_avx2 && has_avx512 ? VectorLevel::avx512
                            : has_avx2             ? VectorLevel::avx2
                                                   : VectorLevel::base;
  return found > lowest_level ? found : lowest_level;
#else
  return lowest_level;
#endif
}

WICK_INLINE VectorLevel choose_level() noexcept {
  VectorLevel level = highest_level();
  const char* const asked = std::getenv("WICK_VECTOR_LEVEL");
  for (const VectorLevel l : {VectorLevel::base, VectorLevel::avx2, VectorLevel::avx512}) {
    if (asked == nullptr || level_name(l) != asked || l >= level) continue;
    level = l > lowest_level ? l : lowest_level;
  }
  signed char none = 0;
  chosen_level.compare_exchange_strong(none, static_cast<signed char>(level), std::memory_order_relaxed);
  return static_cast<VectorLevel>(chosen_level.load(std::memory_order_relaxed));
}

}  // namespace detail
WICK_END_NAMESPACE

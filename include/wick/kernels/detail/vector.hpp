#pragma once

// Vectors of numbers for the kernels of each level.

#include <wick/kernels/level.hpp>
#include <wick/kernels/vector_types.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#if defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

// Calls a function of the level in force.
#if !WICK_CHOOSES_LEVELS && WICK_LOWEST_LEVEL == 1
#define WICK_CALL(...) detail::at_base::__VA_ARGS__
#elif !WICK_CHOOSES_LEVELS && WICK_LOWEST_LEVEL == 2
#define WICK_CALL(...) detail::at_avx2::__VA_ARGS__
#elif WICK_LOWEST_LEVEL == 3
#define WICK_CALL(...) detail::at_avx512::__VA_ARGS__
#elif WICK_LOWEST_LEVEL == 2
#define WICK_CALL(...) \
  (vector_level() == VectorLevel::avx512 ? detail::at_avx512::__VA_ARGS__ : detail::at_avx2::__VA_ARGS__)
#else
#define WICK_CALL(...)                                                    \
  (vector_level() == VectorLevel::avx512 ? detail::at_avx512::__VA_ARGS__ \
   : vector_level() == VectorLevel::avx2 ? detail::at_avx2::__VA_ARGS__   \
                                         : detail::at_base::__VA_ARGS__)
#endif

#define WICK_KERNELS <wick/kernels/at_level/vector.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS

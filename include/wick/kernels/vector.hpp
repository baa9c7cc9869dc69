#pragma once

// Vectors of numbers for the kernels of each level.

#include <wick/kernels/level.hpp>

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

// Vector types of GNU compilers. Without SSE, functions for 32-bit x86 cannot return them.
#if defined(__GNUC__) && (!defined(__i386__) || defined(__SSE2__))
#define WICK_HAS_VECTOR_TYPES 1
#define WICK_FORCE_INLINE __attribute__((always_inline)) inline
#else
#define WICK_HAS_VECTOR_TYPES 0
#define WICK_FORCE_INLINE inline
#endif

// Loops over registers, whose count is known: without it some stay loops at -O2, and what they go through
// lies in memory.
#if defined(__GNUC__)
#define WICK_UNROLL _Pragma("GCC unroll 32")
#else
#define WICK_UNROLL
#endif

#define WICK_KERNELS <wick/kernels/at_level/vector.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS

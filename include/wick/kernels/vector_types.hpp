#pragma once

// What compilers can do with vectors.

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

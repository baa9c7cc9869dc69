#pragma once

// Levels of vector instructions, and the one that is in force.
//
// A program that is built for every processor of a kind has the kernels of all levels and chooses among them
// when it first computes. Flags such as -march=native only take away the levels below their own.

#include <wick/version.hpp>

#include <atomic>
#include <string_view>

// Vector types of the compiler, and functions for other instructions than the rest of the file. GCC for
// Windows keeps vectors of 32 bytes on a stack that is aligned to 16 (GCC bug 54412), so that functions which
// need them crash: there the level of the build is used.
#if defined(__GNUC__) && defined(__x86_64__) && (defined(__clang__) || !defined(_WIN32))
#define WICK_CHOOSES_LEVELS 1
#else
#define WICK_CHOOSES_LEVELS 0
#endif

#if defined(__x86_64__) && defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && \
    defined(__AVX512VL__) && defined(__FMA__)
#define WICK_LOWEST_LEVEL 3
#elif defined(__x86_64__) && defined(__AVX2__) && defined(__FMA__)
#define WICK_LOWEST_LEVEL 2
#else
#define WICK_LOWEST_LEVEL 1
#endif

WICK_BEGIN_NAMESPACE

/// Vector instructions that kernels are written for. Results of different levels may differ in the last
/// digits; those of one level are the same on every processor that has it.
enum class VectorLevel : signed char {
  base = 1,    ///< what every processor of the kind has: SSE2 on x86-64, NEON on 64-bit Arm
  avx2 = 2,    ///< AVX2 and fused multiply-add: x86-64-v3
  avx512 = 3,  ///< AVX-512 F, BW, DQ and VL: x86-64-v4
};

namespace detail {

/// The level of the build's flags: kernels for less are not there.
inline constexpr VectorLevel lowest_level{WICK_LOWEST_LEVEL};

/// The name that WICK_VECTOR_LEVEL may hold.
[[nodiscard]] constexpr std::string_view level_name(VectorLevel level) noexcept {
  switch (level) {
    case VectorLevel::base:
      return "base";
    case VectorLevel::avx2:
      return "avx2";
    case VectorLevel::avx512:
      return "avx512";
  }
  return "no level";
}

/// The most that this processor and this build can do.
[[nodiscard]] WICK_INLINE VectorLevel highest_level() noexcept;

/// 0 until the first computation.
// NOLINTNEXTLINE(*-avoid-non-const-global-variables): of the processor, so one for all
inline constinit std::atomic<signed char> chosen_level{0};

/// What WICK_VECTOR_LEVEL asks for, or the next lower one that is there; without it, the highest.
[[nodiscard]] WICK_INLINE VectorLevel choose_level() noexcept;

}  // namespace detail

/// The level that computations use: the highest that the processor has, unless the environment variable
/// WICK_VECTOR_LEVEL (base, avx2 or avx512) holds a lower one when the program first computes, or
/// set_vector_level() was called.
[[nodiscard]] inline VectorLevel vector_level() noexcept {
  const signed char level = detail::chosen_level.load(std::memory_order_relaxed);
  return level != 0 ? static_cast<VectorLevel>(level) : detail::choose_level();
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/level.ipp>
#endif

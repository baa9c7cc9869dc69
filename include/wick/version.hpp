#pragma once

// The only place where the version is written; CMakeLists.txt reads it from here.
#define WICK_VERSION_MAJOR 0
#define WICK_VERSION_MINOR 1
#define WICK_VERSION_PATCH 0

#if (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) || defined(_M_FP_FAST)
#error "wick needs NaN and infinity: compile without -ffast-math, or with -fno-finite-math-only behind it"
#endif

// Inline namespace of every public name: objects that see different classes or functions under it do not mix.
// Those of two versions can be linked into one program, each with its own; a program in which one half is
// compiled header-only, for another processor or with another alignment of Eigen's, and hands the other half
// a tensor, is not linked: "undefined reference to wick::v0_1_avx2::...". All files of a program need the
// same -march, and either wick::wick or wick::compiled.
#define WICK_ABI_VERSION v0_1

// What Eigen chooses its vectors by.
#if defined(EIGEN_DONT_VECTORIZE)
#define WICK_ABI_VECTORS scalar
#elif defined(__AVX512F__)
#define WICK_ABI_VECTORS avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define WICK_ABI_VECTORS avx2_fma
#elif defined(__AVX2__)
#define WICK_ABI_VECTORS avx2
#elif defined(__AVX__) && defined(__FMA__)
#define WICK_ABI_VECTORS avx_fma
#elif defined(__AVX__)
#define WICK_ABI_VECTORS avx
#elif defined(__SSE4_1__)
#define WICK_ABI_VECTORS sse4
#elif defined(__SSE2__) || defined(_M_X64)
#define WICK_ABI_VECTORS sse2
#elif defined(__ARM_NEON)
#define WICK_ABI_VECTORS neon
#else
#define WICK_ABI_VECTORS generic
#endif

#if defined(EIGEN_DONT_ALIGN)
#define WICK_ABI_ALIGNMENT _align0
#elif !defined(EIGEN_MAX_ALIGN_BYTES)
#define WICK_ABI_ALIGNMENT
#elif EIGEN_MAX_ALIGN_BYTES == 0
#define WICK_ABI_ALIGNMENT _align0
#elif EIGEN_MAX_ALIGN_BYTES == 16
#define WICK_ABI_ALIGNMENT _align16
#elif EIGEN_MAX_ALIGN_BYTES == 32
#define WICK_ABI_ALIGNMENT _align32
#elif EIGEN_MAX_ALIGN_BYTES == 64
#define WICK_ABI_ALIGNMENT _align64
#else
#define WICK_ABI_ALIGNMENT _align
#endif

#if defined(WICK_COMPILED)
#define WICK_ABI_FORM _compiled
#else
#define WICK_ABI_FORM
#endif

#define WICK_ABI_JOINED(version, vectors, alignment, form) version##_##vectors##alignment##form
#define WICK_ABI_JOIN(version, vectors, alignment, form) WICK_ABI_JOINED(version, vectors, alignment, form)
#define WICK_ABI_NAMESPACE \
  WICK_ABI_JOIN(WICK_ABI_VERSION, WICK_ABI_VECTORS, WICK_ABI_ALIGNMENT, WICK_ABI_FORM)

// Includes WICK_KERNELS once for each level of vector instructions that the build has, each time in a
// namespace of its own and with:
//   WICK_LEVEL        that namespace
//   WICK_LEVEL_BYTES  size of its vectors
//   WICK_LEVEL_FUSED  whether it has fused multiply-add
//
// What is included must not include anything, and must not instantiate templates of others: such a function
// would be built for these instructions, and the linker might take it for all. WICK_CALL(f(x)) calls f of the
// level in force.

#if WICK_LOWEST_LEVEL == 1
#define WICK_LEVEL at_base
#define WICK_LEVEL_BYTES 16
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define WICK_LEVEL_FUSED 1
#else
#define WICK_LEVEL_FUSED 0
#endif
WICK_BEGIN_NAMESPACE
namespace detail::WICK_LEVEL {
#include WICK_KERNELS
}
WICK_END_NAMESPACE
#undef WICK_LEVEL
#undef WICK_LEVEL_BYTES
#undef WICK_LEVEL_FUSED
#endif

#define WICK_LEVEL_FUSED 1

#if WICK_LOWEST_LEVEL == 2 || (WICK_LOWEST_LEVEL < 2 && WICK_CHOOSES_LEVELS)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#elif WICK_CHOOSES_LEVELS
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define WICK_LEVEL at_avx2
#define WICK_LEVEL_BYTES 32
WICK_BEGIN_NAMESPACE
namespace detail::WICK_LEVEL {
#include WICK_KERNELS
}
WICK_END_NAMESPACE
#undef WICK_LEVEL
#undef WICK_LEVEL_BYTES
#if defined(__clang__)
#pragma clang attribute pop
#elif WICK_CHOOSES_LEVELS
#pragma GCC pop_options
#endif
#endif

#if WICK_LOWEST_LEVEL == 3 || WICK_CHOOSES_LEVELS
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)
#elif WICK_CHOOSES_LEVELS
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")
#endif
#define WICK_LEVEL at_avx512
#define WICK_LEVEL_BYTES 64
WICK_BEGIN_NAMESPACE
namespace detail::WICK_LEVEL {
#include WICK_KERNELS
}
WICK_END_NAMESPACE
#undef WICK_LEVEL
#undef WICK_LEVEL_BYTES
#if defined(__clang__)
#pragma clang attribute pop
#elif WICK_CHOOSES_LEVELS
#pragma GCC pop_options
#endif
#endif

#undef WICK_LEVEL_FUSED

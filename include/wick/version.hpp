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
// compiled header-only and hands the other half a tensor is not linked: "undefined reference to
// wick::v0_1_compiled::...". All files of a program need either wick::wick or wick::compiled. Flags such as
// -march may differ: no class depends on them, and kernels are chosen when the program runs.
#define WICK_ABI_VERSION v0_1

#if defined(WICK_COMPILED)
#define WICK_ABI_FORM _compiled
#else
#define WICK_ABI_FORM
#endif

// libstdc++ has other containers then, and classes with one inside another layout.
#if defined(_GLIBCXX_DEBUG)
#define WICK_ABI_CONTAINERS _debug
#else
#define WICK_ABI_CONTAINERS
#endif

#define WICK_ABI_JOINED(version, form, containers) version##form##containers
#define WICK_ABI_JOIN(version, form, containers) WICK_ABI_JOINED(version, form, containers)
#define WICK_ABI_NAMESPACE WICK_ABI_JOIN(WICK_ABI_VERSION, WICK_ABI_FORM, WICK_ABI_CONTAINERS)

// Around what every header declares. Alone on their lines, so that tools which read headers without a
// preprocessor find what is between them.
#define WICK_BEGIN_NAMESPACE namespace wick::inline WICK_ABI_NAMESPACE {
#define WICK_END_NAMESPACE }

// Before a function that is called rarely from code that is to stay short.
#if defined(__GNUC__)
#define WICK_NOINLINE [[gnu::noinline]]
#else
#define WICK_NOINLINE
#endif

// Before a function whose definition is in an .ipp file, see base/detail/compiled.hpp.
#ifdef WICK_COMPILED
#define WICK_INLINE
#else
#define WICK_INLINE inline
#endif

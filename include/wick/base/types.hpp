#pragma once

// Index, storage order and Eigen's map types: the one place that includes Eigen.
//
// Letters used in every comment of the library:
//   B = rows of a batch (samples)   In, Out = features   C = classes   N = elements

#include <wick/version.hpp>

// Macros of X.h, Arduino.h and termios.h whose names Eigen uses; afterwards they are back.
#pragma push_macro("Success")
#pragma push_macro("F")
#pragma push_macro("B1")
#undef Success
#undef F
#undef B1

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC bug 105593, in the intrinsics of AVX-512
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wclass-memaccess"
#endif
#endif
#include <Eigen/Core>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#pragma pop_macro("Success")
#pragma pop_macro("F")
#pragma pop_macro("B1")

#include <concepts>
#include <cstddef>
#include <type_traits>

#if !EIGEN_VERSION_AT_LEAST(3, 4, 0)
#error "wick needs Eigen 3.4 or newer"
#endif

WICK_BEGIN_NAMESPACE

/// Sizes and places, which may be negative: that of Eigen.
using Index = std::ptrdiff_t;

/// The scalars a network can compute in.
template <class T>
concept Floating = std::same_as<T, float> || std::same_as<T, double>;

/// Row-major matrix over borrowed memory; `T` may be const.
template <class T>
using MatrixMap =
    Eigen::Map<std::conditional_t<std::is_const_v<T>,
                                  const Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic,
                                                      Eigen::RowMajor>,
                                  Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>,
               Eigen::Unaligned>;

/// Element-wise view of memory as one long array; `T` may be const.
template <class T>
using ArrayMap = Eigen::Map<
    std::conditional_t<std::is_const_v<T>, const Eigen::Array<std::remove_const_t<T>, Eigen::Dynamic, 1>,
                       Eigen::Array<T, Eigen::Dynamic, 1>>,
    Eigen::Unaligned>;

WICK_END_NAMESPACE

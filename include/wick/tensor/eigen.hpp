#pragma once

// Tensors as Eigen's matrices and arrays, without copying: the one place that includes Eigen. matrix(),
// array(), view_of() and Tensor::from() of an expression need it; nothing else does.

#include <wick/base/types.hpp>
#include <wick/tensor/tensor.hpp>

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

#include <type_traits>

#if !EIGEN_VERSION_AT_LEAST(3, 4, 0)
#error "wick needs Eigen 3.4 or newer"
#endif

WICK_BEGIN_NAMESPACE

// base/types.hpp spells out what Eigen has as defaults.
static_assert(
    std::is_same_v<MatrixMap<float>,
                   Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>>);
static_assert(std::is_same_v<ArrayMap<float>, Eigen::Map<Eigen::Array<float, Eigen::Dynamic, 1>>>);

WICK_END_NAMESPACE

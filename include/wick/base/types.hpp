#pragma once

// Index, scalars, and the names of Eigen's maps.
//
// Letters used in every comment of the library:
//   B = rows of a batch (samples)   In, Out = features   C = classes   N = elements

#include <wick/version.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

// Declared only: reading Eigen takes longer than reading most of what includes this header.
namespace Eigen {  // NOLINT(readability-identifier-naming): theirs
template <class, int, int, int, int, int>
class Matrix;
template <class, int, int, int, int, int>
class Array;
template <int, int>
class Stride;
template <class, int, class>
class Map;
template <class>
class DenseBase;
template <class>
class PlainObjectBase;
}  // namespace Eigen

WICK_BEGIN_NAMESPACE

/// Sizes and places, which may be negative: that of Eigen.
using Index = std::ptrdiff_t;

/// The scalars a network can compute in.
template <class T>
concept Floating = std::same_as<T, float> || std::same_as<T, double>;

/// Row-major matrix over borrowed memory, an Eigen::Map; `T` may be const. tensor/eigen.hpp makes it
/// complete.
template <class T>
using MatrixMap = Eigen::Map<
    std::conditional_t<std::is_const_v<T>, const Eigen::Matrix<std::remove_const_t<T>, -1, -1, 1, -1, -1>,
                       Eigen::Matrix<T, -1, -1, 1, -1, -1>>,
    0, Eigen::Stride<0, 0>>;

/// Element-wise view of memory as one long array, an Eigen::Map; `T` may be const. tensor/eigen.hpp makes it
/// complete.
template <class T>
using ArrayMap = Eigen::Map<
    std::conditional_t<std::is_const_v<T>, const Eigen::Array<std::remove_const_t<T>, -1, 1, 0, -1, 1>,
                       Eigen::Array<T, -1, 1, 0, -1, 1>>,
    0, Eigen::Stride<0, 0>>;

WICK_END_NAMESPACE

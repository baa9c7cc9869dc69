#pragma once

// Layers over a block of rows that lie side by side in vectors, for each level of vector instructions.

#include <wick/kernels/row_block_kernels.hpp>
#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

template <class T>
[[nodiscard]] WICK_INLINE const RowBlockKernels<T>& row_block_kernels() noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/row_block.ipp>
#endif

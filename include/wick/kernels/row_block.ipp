#pragma once

// Definitions of kernels/row_block.hpp.

#include <wick/kernels/detail/row_block.hpp>
#include <wick/kernels/row_block.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE const RowBlockKernels<T>& row_block_kernels() noexcept {
  return WICK_CALL(row_block_kernels<T>);
}

#ifdef WICK_COMPILED
template const RowBlockKernels<float>& row_block_kernels<float>() noexcept;
template const RowBlockKernels<double>& row_block_kernels<double>() noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE

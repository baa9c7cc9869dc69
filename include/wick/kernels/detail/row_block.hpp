#pragma once

// The kernels of kernels/row_block.hpp, for each level.

#include <wick/kernels/detail/activation.hpp>
#include <wick/kernels/detail/log_softmax.hpp>
#include <wick/kernels/detail/product.hpp>
#include <wick/kernels/detail/vector.hpp>
#include <wick/kernels/row_block_kernels.hpp>

#define WICK_KERNELS <wick/kernels/at_level/row_block.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS

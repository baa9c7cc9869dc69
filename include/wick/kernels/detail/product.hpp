#pragma once

// The kernels of kernels/product.hpp, for each level.

#include <wick/kernels/detail/packing.hpp>
#include <wick/kernels/detail/vector.hpp>
#include <wick/kernels/product_parts.hpp>

#define WICK_KERNELS <wick/kernels/at_level/product.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS

#pragma once

// The kernels of kernels/muon.hpp, for each level.

#include <wick/kernels/detail/product.hpp>
#include <wick/kernels/detail/vector.hpp>
#include <wick/kernels/muon_product.hpp>

#define WICK_KERNELS <wick/kernels/at_level/muon.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS

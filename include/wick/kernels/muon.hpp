#pragma once

// What Muon computes of single elements, for each level of vector instructions. Sums of a product and another
// number are rounded once on every level.

#include <wick/kernels/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/muon.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS

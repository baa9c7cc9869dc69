#pragma once

// What a LayerNorm is made with.

#include <wick/version.hpp>

WICK_BEGIN_NAMESPACE

struct LayerNormOptions {
  double eps = 1e-5;               ///< added to variances
  bool elementwise_affine = true;  ///< with a weight
  bool bias = true;                ///< and a bias, if there is a weight
};

WICK_END_NAMESPACE

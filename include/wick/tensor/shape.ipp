#pragma once

// Definitions of tensor/shape.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/tensor/shape.hpp>

#include <cstddef>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::string Shape::str() const {
  std::string text = "[";
  for (std::size_t i = 0; i < rank_; ++i) {
    if (i != 0) text += ", ";
    text += std::to_string(dims_[i]);
  }
  return text + "]";
}

WICK_INLINE std::string Shape::torch_str() const { return "torch.Size(" + str() + ")"; }

WICK_INLINE void Shape::refuse(Index axis) const {
  throw IndexError("Shape: dimension " + std::to_string(axis) + " is out of range for " + str());
}

WICK_INLINE void Shape::refuse_rank(std::size_t rank) {
  throw ShapeError("Shape: at most " + std::to_string(max_rank) + " dimensions are supported, got " +
                   std::to_string(rank));
}

WICK_INLINE void Shape::refuse_dims() const {
  throw ShapeError("Shape: the dimensions of " + str() +
                   " must be >= 0 and their product must fit in 63 bits");
}

WICK_END_NAMESPACE

#pragma once

// x W^T, recorded.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/base/error.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// x W^T for x (..., In) and a parameter W (Out, In) of the model that is called. Throws ShapeError as
/// linear() with a bias does.
template <Floating T>
[[nodiscard]] Var<T> linear(const Var<T>& x, const Slot& weight) {
  const Var<T> w = x.tape().parameter(weight);
  const Shape from = x.shape();
  const Index out = weight.shape[0];
  const Index in = weight.shape[1];
  const Index cols = from.dim() == 0 ? 1 : from[-1];
  if (from.dim() == 0 || cols != in) {
    const Index rows = cols > 0 ? from.numel() / cols : 0;
    throw ShapeError("linear: mat1 and mat2 shapes cannot be multiplied (" + std::to_string(rows) + "x" +
                     std::to_string(cols) + " and " + std::to_string(in) + "x" + std::to_string(out) +
                     "): input " + from.str() + ", weight " + weight.shape.str());
  }
  if (from.dim() == 2) return product<Trans::no, Trans::yes>(x, w);
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(from.dims(), dims.begin());
  dims[from.dim() - 1] = out;
  return reshape(product<Trans::no, Trans::yes>(reshape(x, Shape{from.numel() / in, in}), w),
                 Shape(std::span<const Index>(dims.data(), from.dim())));
}

WICK_END_NAMESPACE

#pragma once

// Definitions of ops/arrange.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/arrange.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Shape with_ones_before(const Shape& shape, std::size_t more) {
  std::array<Index, Shape::max_rank> dims{};
  if (shape.dim() + more > Shape::max_rank) {
    throw ShapeError("expected at most " + std::to_string(Shape::max_rank) + " dimensions, got " +
                     std::to_string(shape.dim() + more));
  }
  dims.fill(1);
  std::ranges::copy(shape.dims(), dims.begin() + static_cast<std::ptrdiff_t>(more));
  return Shape(std::span<const Index>(dims.data(), shape.dim() + more));
}

}  // namespace detail

WICK_END_NAMESPACE

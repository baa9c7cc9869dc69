#pragma once

// Products along dimensions, and running ones, as operations of a program.

#include <wick/graph/extremes.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/sort.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Along a dimension, from its end if the number is 1.
template <Floating T>
inline constexpr Operation<T> cumprod_operation{
    .name = "cumprod",
    .shape =
        [](const ShapeCall& call) {
          check_attributes("cumprod", call, call.attributes.size() == 1);
          const Along along("cumprod", call.attributes[0], *call.in[0]);
          if (counts_samples(along.size)) refuse_samples("cumprod", *call.in[0]);
          return *call.in[0];
        },
    .run =
        [](const Call<T>& call) {
          running_to<Multiply, double>(call.in[0].data, Along("cumprod", call.attributes[0], *call.shape), 1,
                                       call.number == T(1), call.out);
        },
    .by_rows = 1,
    .uses_shapes = true};

/// Where a product runs.
struct RunningProduct {
  Index dim;
  bool from_end = false;
};
template <Floating T>
[[nodiscard]] Symbol<T> multiplied(RunningProduct how, const Symbol<T>& x) {
  const std::size_t axis = axis_of("cumprod", how.dim, x.dim());
  return x.tape().record(cumprod_operation<T>, {x}, how.from_end ? T(1) : T(0), {static_cast<Index>(axis)});
}

/// The dimension that a product is along, which stays with the size 1.
struct ProductAlong {
  std::size_t axis;
};
template <Floating T>
[[nodiscard]] Symbol<T> multiplied(ProductAlong how, const Symbol<T>& x) {
  return with_shape(extreme_operation<ProductOperation<T>, T>, x, resized(x.shape(), how.axis, 1));
}

}  // namespace detail

// Of variables and symbols.

/// Products of the elements up to each one along a dimension; in a program not along the samples. Throws
/// IndexError for a dimension that x does not have.
template <Recorded Value>
[[nodiscard]] Value cumprod(const Value& x, Index dim) {
  return multiplied(detail::RunningProduct{dim}, x);
}

/// The product of all elements, or of those along dimensions; 1 of nothing. Derivatives are right also where
/// elements are 0.
template <Recorded Value>
[[nodiscard]] Value prod(const Value& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  const Shape shape = x.shape();
  const unsigned mask = dim.mask("prod", shape.dim());
  const detail::SumShapes shapes(shape, mask);
  const bool whole = mask == (1U << shape.dim()) - 1;
  Value product = whole ? reshape(x, Shape{shape.numel()}) : x;
  if (whole) {
    product = multiplied(detail::ProductAlong{0}, product);
  } else {
    for (std::size_t d = 0; d < shape.dim(); ++d) {
      if ((mask >> d & 1U) != 0) product = multiplied(detail::ProductAlong{d}, product);
    }
  }
  return reshape(product, keepdim ? shapes.with_ones : shapes.without);
}

WICK_END_NAMESPACE

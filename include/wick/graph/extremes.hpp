#pragma once

// The largest and the least elements along dimensions, as operations of a program.

#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// in[0] reduced along the dimensions that have the size 1 in the result.
template <class Reduction, Floating T>
void run_extreme(const Call<T>& call) {
  const Shape& whole = *call.in[0].shape;
  unsigned mask = 0;
  for (std::size_t d = 0; d < whole.dim(); ++d) {
    if (size_from_end(*call.shape, whole.dim() - 1 - d) == 1) mask |= 1U << d;
  }
  if (mask == 0) {
    std::copy_n(call.in[0].data, whole.numel(), call.out);
    return;
  }
  reduce_to(TensorView<T>(call.out, *call.shape), Reduction{}, TensorView<const T>(call.in[0].data, whole),
            mask, AsItIs{});
}
/// Of the shape of the result, as sum_to_operation.
template <class Reduction, Floating T>
inline constexpr Operation<T> extreme_operation{.name = Reduction::name,
                                                .shape =
                                                    [](const ShapeCall& call) {
                                                      Shape to(call.attributes);
                                                      check_broadcasts(Reduction::name, to, *call.in[0]);
                                                      return to;
                                                    },
                                                .run = run_extreme<Reduction, T>,
                                                .uses_shapes = true};

template <class Reduction, Floating T>
[[nodiscard]] Symbol<T> extreme_to(Reduction /*which*/, const Symbol<T>& x, const Shape& shape) {
  return with_shape(extreme_operation<Reduction, T>, x, shape);
}

template <class Reduction, Recorded Value>
[[nodiscard]] Value extreme(Reduction which, const Value& x, const Axes& dim, bool keepdim) {
  const Shape shape = x.shape();
  const unsigned mask = dim.mask(Reduction::name, shape.dim());
  check_not_empty(Reduction::name, shape, mask, dim.is_all());
  const SumShapes shapes(shape, mask);
  const Value found = extreme_to(which, x, shapes.with_ones);
  return keepdim ? found : reshape(found, shapes.without);
}

}  // namespace detail

// Of variables and symbols.

/// The largest element, the least one; NaN if one is NaN. Several that are equal share the gradient, as in
/// PyTorch. Throws ShapeError or IndexError where there is none.
template <Recorded Value>
[[nodiscard]] Value amax(const Value& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  return detail::extreme(detail::LargestOperation<typename Value::Scalar>(), x, dim, keepdim);
}
template <Recorded Value>
[[nodiscard]] Value amin(const Value& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  return detail::extreme(detail::LeastOperation<typename Value::Scalar>(), x, dim, keepdim);
}
/// Of all elements. In parentheses for the sake of those whose max and min are macros.
template <Recorded Value>
[[nodiscard]] Value(max)(const Value& x) {
  return amax(x);
}
template <Recorded Value>
[[nodiscard]] Value(min)(const Value& x) {
  return amin(x);
}

WICK_END_NAMESPACE

#pragma once

// Running sums along a dimension, as an operation of a program.

#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/sort.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Of a dimension; from its end if the number is 1.
template <Floating T>
inline constexpr Operation<T> cumsum_operation{
    .name = "cumsum",
    .shape =
        [](const ShapeCall& call) {
          check_attributes("cumsum", call, call.attributes.size() == 1);
          const Along along("cumsum", call.attributes[0], *call.in[0]);
          if (counts_samples(along.size)) refuse_samples("cumsum", *call.in[0]);
          return *call.in[0];
        },
    .run =
        [](const Call<T>& call) {
          running_to<Add, double>(call.in[0].data, Along("cumsum", call.attributes[0], *call.shape), 0,
                                  call.number == T(1), call.out);
        },
    .by_rows = 1,
    .uses_shapes = true};

/// Where a sum runs.
struct RunningSum {
  Index dim;
  bool from_end = false;
};
template <Floating T>
[[nodiscard]] Symbol<T> summed(RunningSum how, const Symbol<T>& x) {
  const std::size_t axis = axis_of("cumsum", how.dim, x.dim());
  return x.tape().record(cumsum_operation<T>, {x}, how.from_end ? T(1) : T(0), {static_cast<Index>(axis)});
}

}  // namespace detail

// Of variables and symbols.

/// Sums of the elements up to each one along a dimension; in a program not along the samples. Throws
/// IndexError for a dimension that x does not have.
template <Recorded Value>
[[nodiscard]] Value cumsum(const Value& x, Index dim) {
  return summed(detail::RunningSum{dim}, x);
}

WICK_END_NAMESPACE

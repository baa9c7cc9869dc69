#pragma once

// Logarithms of running sums of exponentials, as an operation of a program.

#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/special.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Of a dimension.
template <Floating T>
inline constexpr Operation<T> logcumsumexp_operation{
    .name = "logcumsumexp",
    .shape =
        [](const ShapeCall& call) {
          check_attributes("logcumsumexp", call, call.attributes.size() == 1);
          const Along along("logcumsumexp", call.attributes[0], *call.in[0]);
          if (counts_samples(along.size)) refuse_samples("logcumsumexp", *call.in[0]);
          return *call.in[0];
        },
    .run =
        [](const Call<T>& call) {
          running_log_to(call.in[0].data, Along("logcumsumexp", call.attributes[0], *call.shape), call.out);
        },
    .by_rows = 1,
    .uses_shapes = true};

/// Where the sum runs.
struct RunningLog {
  Index dim;
};
template <Floating T>
[[nodiscard]] Symbol<T> summed(RunningLog how, const Symbol<T>& x) {
  return x.tape().record(logcumsumexp_operation<T>, {x}, T(0),
                         {static_cast<Index>(axis_of("logcumsumexp", how.dim, x.dim()))});
}

}  // namespace detail

// Of variables and symbols.

/// log(e^x_0 + ... + e^x_k) for each element along a dimension; in a program not along the samples. Throws
/// IndexError for a dimension that x does not have.
template <Recorded Value>
[[nodiscard]] Value logcumsumexp(const Value& x, Index dim) {
  return summed(detail::RunningLog{dim}, x);
}

WICK_END_NAMESPACE

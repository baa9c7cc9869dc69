#pragma once

// Variances, norms and the like, recorded: those of graph/statistics.hpp, and what they are made of.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/extremes.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/pow.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/select.hpp>
#include <wick/graph/statistics.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

// The root of 1 where there is nothing, taken away again: its derivative times that of a sum of powers is 0.
template <Floating T>
[[nodiscard]] Var<T> applied(FlatRoot root, const Var<T>& x) {
  const Var<T> zero = T(1) - sign(x);
  const Var<T> raised = x + zero;
  return (root.power == 0.5 ? sqrt(raised) : pow(raised, static_cast<T>(root.power))) - zero;
}

}  // namespace detail
WICK_END_NAMESPACE

#pragma once

// Running sums along a dimension, recorded: what cumsum() of graph/cumsum.hpp records on a tape.

#include <wick/autograd/tape.hpp>
#include <wick/graph/cumsum.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <Floating T>
[[nodiscard]] Var<T> summed(RunningSum how, const Var<T>& x);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/cumsum.ipp>
#endif

#pragma once

// Logarithms of running sums of exponentials, recorded: what logcumsumexp() of graph/logcumsumexp.hpp records
// on a tape.

#include <wick/autograd/tape.hpp>
#include <wick/graph/logcumsumexp.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <Floating T>
[[nodiscard]] Var<T> summed(RunningLog how, const Var<T>& x);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/logcumsumexp.ipp>
#endif

#pragma once

// Products along dimensions, and running ones, recorded: what prod() and cumprod() of graph/products.hpp
// record on a tape.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/products.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <Floating T>
[[nodiscard]] Var<T> multiplied(RunningProduct how, const Var<T>& x);
template <Floating T>
[[nodiscard]] Var<T> multiplied(ProductAlong how, const Var<T>& x);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/products.ipp>
#endif

#pragma once

// Random numbers of the shape of a variable. Those that are all the same are in graph/like.hpp.

#include <wick/autograd/tape.hpp>
#include <wick/graph/like.hpp>
#include <wick/random/distributions.hpp>

WICK_BEGIN_NAMESPACE

/// Uniform in [0, 1), or standard normal, for each element of x, drawn as dropout is from the generator of
/// the tape. No gradient goes through it: `mean + randn_like(deviation) * deviation`.
/// https://docs.pytorch.org/docs/stable/generated/torch.randn_like.html
template <Floating T>
[[nodiscard]] Var<T> rand_like(const Var<T>& x) {
  return x.tape().constant(rand<T>(x.shape(), x.tape().generator()));
}
template <Floating T>
[[nodiscard]] Var<T> randn_like(const Var<T>& x) {
  return x.tape().constant(randn<T>(x.shape(), x.tape().generator()));
}

WICK_END_NAMESPACE

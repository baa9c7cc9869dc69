#pragma once

// Elements kept within bounds, as operations of a program.

#include <wick/graph/operators.hpp>
#include <wick/graph/pairs.hpp>
#include <wick/ops/select.hpp>

WICK_BEGIN_NAMESPACE

// Of variables and symbols, beside others or numbers as bounds; they broadcast. An element that is its bound
// has the gradient, as in PyTorch; maximum() shares it. Throws ShapeError when the shapes do not fit.

/// The larger of x and the bound, the smaller one; NaN if one of both is NaN.
template <class Tx, class Low>
requires RecordedPair<Tx, Low>
[[nodiscard]] auto clamp_min(const Tx& x, const Low& low) {
  return detail::applied_pair(detail::ClampMin(), x, low);
}
template <class Tx, class High>
requires RecordedPair<Tx, High>
[[nodiscard]] auto clamp_max(const Tx& x, const High& high) {
  return detail::applied_pair(detail::ClampMax(), x, high);
}
/// min(max(x, low), high): `high` where low > high.
/// https://docs.pytorch.org/docs/stable/generated/torch.clamp.html
template <Recorded Value, class Low, class High>
requires RecordedPair<Value, Low> && RecordedPair<Value, High>
[[nodiscard]] Value clamp(const Value& x, const Low& low, const High& high) {
  return clamp_max(clamp_min(x, low), high);
}

WICK_END_NAMESPACE

#pragma once

// Values of the shape of another one: numbers that are the same for all samples.

#include <wick/graph/operators.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

// Of variables and symbols.

/// `value`, 0 or 1 for each element of x: a first hidden state, say. No gradient goes through it.
/// https://docs.pytorch.org/docs/stable/generated/torch.full_like.html
template <Recorded Value>
[[nodiscard]] Value full_like(const Value& x, typename Value::Scalar value) {
  return expand(x.tape().constant(TensorView<const typename Value::Scalar>(&value, Shape{})), x.shape());
}
template <Recorded Value>
[[nodiscard]] Value zeros_like(const Value& x) {
  return full_like(x, 0);
}
template <Recorded Value>
[[nodiscard]] Value ones_like(const Value& x) {
  return full_like(x, 1);
}

WICK_END_NAMESPACE

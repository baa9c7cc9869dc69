#pragma once

// Formulas of several operands that have names in PyTorch: of tensors and, with the headers of autograd/, of
// variables and symbols.

#include <wick/base/error.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/arrange.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/matmul.hpp>
#include <wick/tensor/tensor.hpp>

#include <numbers>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A number as a factor of x: of tensors it takes part in the promotion of types.
template <Shaped X>
[[nodiscard]] auto factor_for(const X& /*of_that_type*/, double value) {
  if constexpr (TensorOperand<X>) {
    return value;
  } else {
    return static_cast<typename X::Scalar>(value);
  }
}

}  // namespace detail

/// x + weight (y - x), from whichever end is nearer.
/// https://docs.pytorch.org/docs/stable/generated/torch.lerp.html
template <Shaped X, Shaped Y>
[[nodiscard]] auto lerp(const X& x, const Y& y, double weight) {
  const auto way = y - x;
  if (weight < 0.5) return x + way * detail::factor_for(x, weight);
  return y - way * detail::factor_for(x, 1 - weight);
}
/// The same with a weight for each element.
template <Shaped X, Shaped Y, Shaped Weight>
[[nodiscard]] auto lerp(const X& x, const Y& y, const Weight& weight) {
  return x + weight * (y - x);
}

/// x + value a b. https://docs.pytorch.org/docs/stable/generated/torch.addcmul.html
template <Shaped X, Shaped A, Shaped B>
[[nodiscard]] auto addcmul(const X& x, const A& a, const B& b, double value = 1) {
  return x + a * b * detail::factor_for(x, value);
}
/// x + value a / b. https://docs.pytorch.org/docs/stable/generated/torch.addcdiv.html
template <Shaped X, Shaped A, Shaped B>
[[nodiscard]] auto addcdiv(const X& x, const A& a, const B& b, double value = 1) {
  return x + a / b * detail::factor_for(x, value);
}

/// A matrix (N, K) times a vector (K). Throws ShapeError for others.
/// https://docs.pytorch.org/docs/stable/generated/torch.mv.html
template <Shaped A, Shaped X>
[[nodiscard]] auto mv(const A& a, const X& x) {
  const Shape matrix = a.shape();
  const Shape vector = x.shape();
  if (matrix.dim() != 2 || vector.dim() != 1 || matrix[1] != vector[0]) {
    throw ShapeError("mv: expected a matrix (N, K) and a vector (K), got " + matrix.str() + " and " +
                     vector.str());
  }
  return matmul(a, x);
}
/// beta x + alpha A B for matrices A and B and an x that broadcasts to their product. Throws ShapeError for
/// others. https://docs.pytorch.org/docs/stable/generated/torch.addmm.html
template <Shaped X, Shaped A, Shaped B>
[[nodiscard]] auto addmm(const X& x, const A& a, const B& b, double beta = 1, double alpha = 1) {
  return x * detail::factor_for(x, beta) + mm(a, b) * detail::factor_for(a, alpha);
}
/// beta x + alpha A v. https://docs.pytorch.org/docs/stable/generated/torch.addmv.html
template <Shaped X, Shaped A, Shaped V>
[[nodiscard]] auto addmv(const X& x, const A& a, const V& v, double beta = 1, double alpha = 1) {
  return x * detail::factor_for(x, beta) + mv(a, v) * detail::factor_for(a, alpha);
}
/// beta x + alpha u v^T for vectors u and v. https://docs.pytorch.org/docs/stable/generated/torch.addr.html
template <Shaped X, Shaped U, Shaped V>
[[nodiscard]] auto addr(const X& x, const U& u, const V& v, double beta = 1, double alpha = 1) {
  return x * detail::factor_for(x, beta) + outer(u, v) * detail::factor_for(u, alpha);
}

/// x - trunc(x). https://docs.pytorch.org/docs/stable/generated/torch.frac.html
template <Shaped X>
[[nodiscard]] auto frac(const X& x) {
  return x - trunc(x);
}
/// Degrees as radians, and back. https://docs.pytorch.org/docs/stable/generated/torch.deg2rad.html
template <Shaped X>
[[nodiscard]] auto deg2rad(const X& x) {
  return x * detail::factor_for(x, std::numbers::pi / 180);
}
template <Shaped X>
[[nodiscard]] auto rad2deg(const X& x) {
  return x * detail::factor_for(x, 180 / std::numbers::pi);
}

WICK_END_NAMESPACE

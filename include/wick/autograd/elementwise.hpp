#pragma once

// Arithmetic and functions of each element, recorded.

#include <wick/autograd/tape.hpp>
#include <wick/graph/operators.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

/// The sum, difference, product or quotient. Operands broadcast; those of equal shapes are fused with what
/// was put off before. Throws ShapeError: "The size of tensor a (2) must match the size of tensor b (3) at
/// non-singleton dimension 1".

template <Floating T>
[[nodiscard]] Var<T> add(const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> sub(const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> mul(const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> div(const Var<T>& x, const Var<T>& y);

/// The same with one number.
template <Floating T>
[[nodiscard]] Var<T> add(const Var<T>& x, std::type_identity_t<T> number);
template <Floating T>
[[nodiscard]] Var<T> mul(const Var<T>& x, std::type_identity_t<T> number);
template <Floating T>
[[nodiscard]] Var<T> div(const Var<T>& x, std::type_identity_t<T> number);

/// e^x
template <Floating T>
[[nodiscard]] Var<T> exp(const Var<T>& x);
/// The natural logarithm.
template <Floating T>
[[nodiscard]] Var<T> log(const Var<T>& x);
/// The hyperbolic tangent.
template <Floating T>
[[nodiscard]] Var<T> tanh(const Var<T>& x);
/// 1 / (1 + e^-x)
template <Floating T>
[[nodiscard]] Var<T> sigmoid(const Var<T>& x);
/// max(x, 0); its derivative at 0 is 0, as in PyTorch.
template <Floating T>
[[nodiscard]] Var<T> relu(const Var<T>& x);
/// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2: PyTorch's gelu(x, approximate='tanh').
template <Floating T>
[[nodiscard]] Var<T> gelu_tanh(const Var<T>& x);
/// x^2
template <Floating T>
[[nodiscard]] Var<T> square(const Var<T>& x);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/elementwise.ipp>
#endif

#pragma once

// Powers of elements, as operations of a program.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/pow.hpp>
#include <wick/tensor/tensor.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Operation<T> pow_reversed_operation{
    .name = "pow", .operands = 2, .apply = &apply_pairs_reversed<Power, T>};
template <Floating T>
inline constexpr Operation<T> pow_operation{
    .name = "pow", .operands = 2, .apply = &apply_pairs<Power, T>, .reversed = &pow_reversed_operation<T>};
template <Floating T>
inline constexpr Operation<T> pow_number_operation{
    .name = "pow_number",
    .apply = [](const Stretch<T>& s) { ToPower<T>{static_cast<double>(s.number)}.loop(s.in, s.n, s.out); }};

}  // namespace detail

/// What these compute is said at their namesakes in autograd/pow.hpp.

template <Floating T>
[[nodiscard]] Symbol<T> pow(const Symbol<T>& x, const Symbol<T>& p) {
  return detail::traced(detail::pow_operation<T>, x, p);
}
template <Floating T>
[[nodiscard]] Symbol<T> pow(const Symbol<T>& x, std::type_identity_t<T> p) {
  return x.tape().record(detail::pow_number_operation<T>, {x}, p);
}

// Of variables and symbols.

/// The powers of a number.
template <Recorded Value>
[[nodiscard]] Value pow(typename Value::Scalar x, const Value& p) {
  return pow(p.tape().constant(TensorView<const typename Value::Scalar>(&x, Shape{})), p);
}

WICK_END_NAMESPACE

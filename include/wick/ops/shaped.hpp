#pragma once

// What operations that are made of others have in common for tensors, variables and symbols.

#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A tensor, a view, a variable or a symbol.
template <class Tx>
concept Shaped = requires(const Tx& x) {
  { x.shape() } -> std::convertible_to<Shape>;
};

namespace detail {

/// The type of the numbers beside x: its elements', float for integers.
template <class Tx>
struct NumberBeside {
  using type = typename Tx::Scalar;
};
template <TensorOperand Tx>
struct NumberBeside<Tx> {
  using type = std::conditional_t<Floating<ElementOf<Tx>>, ElementOf<Tx>, float>;
};
template <Shaped Tx>
[[nodiscard]] auto number_for(const Tx& /*x*/, double number) {
  return static_cast<typename NumberBeside<Tx>::type>(number);
}

template <class Tx>
struct ElementBeside {
  using type = typename Tx::Scalar;
};
template <TensorOperand Tx>
struct ElementBeside<Tx> {
  using type = ElementOf<Tx>;
};

/// Two values one behind the other.
template <Shaped Tx>
[[nodiscard]] auto both_of(const Tx& x, const Tx& y, Index dim) {
  if constexpr (TensorOperand<Tx>) {
    return cat<ElementOf<Tx>>({x, y}, dim);
  } else {
    const std::array<Tx, 2> both{x, y};
    return cat(std::span<const Tx>(both), dim);
  }
}
/// A tensor beside x: itself, or as a value.
template <Shaped Tx, Element T>
[[nodiscard]] auto beside(const Tx& x, const Tensor<T>& tensor) {
  if constexpr (TensorOperand<Tx>) {
    return tensor;
  } else {
    return x.tape().constant(tensor);
  }
}

/// Slices of a dimension in the order of `index`.
template <Shaped Tx>
[[nodiscard]] auto slices_of(const Tx& x, Index dim, const std::vector<std::int64_t>& index) {
  return index_select(x, dim,
                      TensorView<const std::int64_t>(index.data(), Shape{static_cast<Index>(index.size())}));
}

/// A copy.
template <Shaped Tx>
[[nodiscard]] auto copy_of(const Tx& x) {
  if constexpr (TensorOperand<Tx>) {
    return Tensor<ElementOf<Tx>>(TensorView<const ElementOf<Tx>>(x.data(), x.shape()));
  } else {
    return x;
  }
}

/// [d0, d1, ...] as [sizes of `more` ones, d0, d1, ...].
[[nodiscard]] Shape with_ones_before(const Shape& shape, std::size_t more);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/shaped.ipp>
#endif

#pragma once

// The largest and the least elements, and where they are.

#include <wick/ops/axes.hpp>
#include <wick/ops/detail/reduce_loops.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <cstdint>

WICK_BEGIN_NAMESPACE

/// Values, and their indices along a dimension: `const auto [values, indices] = max(x, 1);`
template <Element T>
struct ValuesAndIndices {
  Tensor<T> values;              ///< the elements
  Tensor<std::int64_t> indices;  ///< where they are along the dimension
};

namespace detail {

struct IsLarger {
  template <class T>
  bool operator()(T a, T b) const noexcept {
    return a > b || (a != a && b == b);
  }
};
struct IsLess {
  template <class T>
  bool operator()(T a, T b) const noexcept {
    return a < b || (a != a && b == b);
  }
};

/// found(output, value, index) for the first element along a dimension that none is better than.
template <class Better, class T, class Found>
void find_along(const T* x, const Along& along, Found found) {
  const Better better;
  Index output = 0;
  for (Index o = 0; o < along.outer; ++o, x += along.size * along.inner) {
    for (Index i = 0; i < along.inner; ++i, ++output) {
      T best = x[i];
      Index at = 0;
      for (Index k = 1; k < along.size; ++k) {
        const T candidate = x[k * along.inner + i];
        if (better(candidate, best)) {
          best = candidate;
          at = k;
        }
      }
      found(output, best, at);
    }
  }
}

template <class Better, class Tx>
[[nodiscard]] Tensor<std::int64_t> index_of_all(const char* where, const Tx& x, bool keepdim) {
  check_not_empty(where, x.shape(), 0, true);
  const unsigned mask = (1U << x.dim()) - 1;
  Tensor<std::int64_t> out(reduced_shape(x.shape(), mask, keepdim));
  find_along<Better>(x.data(), Along(where, 0, Shape{x.numel()}),
                     [&](Index /*output*/, auto /*value*/, Index at) { out.data()[0] = at; });
  return out;
}
template <class Better, class Tx>
[[nodiscard]] Tensor<std::int64_t> index_along(const char* where, const Tx& x, Index dim, bool keepdim) {
  const unsigned mask = Axes(dim).mask(where, x.dim());
  check_not_empty(where, x.shape(), mask, false);
  Tensor<std::int64_t> out(reduced_shape(x.shape(), mask, keepdim));
  find_along<Better>(x.data(), Along(where, dim, x.shape()),
                     [&](Index output, auto /*value*/, Index at) { out.data()[output] = at; });
  return out;
}
template <class Better, class Tx>
[[nodiscard]] ValuesAndIndices<ElementOf<Tx>> extreme_along(const char* where, const Tx& x, Index dim,
                                                            bool keepdim) {
  const unsigned mask = Axes(dim).mask(where, x.dim());
  check_not_empty(where, x.shape(), mask, false);
  const Shape shape = reduced_shape(x.shape(), mask, keepdim);
  ValuesAndIndices<ElementOf<Tx>> out{Tensor<ElementOf<Tx>>(shape), Tensor<std::int64_t>(shape)};
  find_along<Better>(x.data(), Along(where, dim, x.shape()), [&](Index output, auto value, Index at) {
    out.values.data()[output] = value;
    out.indices.data()[output] = at;
  });
  return out;
}

template <class Ti>
concept Dimension = std::integral<Ti> && !std::same_as<Ti, bool>;

}  // namespace detail

/// Index of the largest element, of the least one: the first of several, or of a NaN, which counts as both.
/// Of all elements, in row-major order, or along one dimension.
///
/// Throws ShapeError or IndexError where there is no element, IndexError for a dimension that `x` does not
/// have.
template <detail::NumericOperand Tx>
[[nodiscard]] Tensor<std::int64_t> argmax(const Tx& x) {
  return detail::index_of_all<detail::IsLarger>("argmax", x, false);
}
template <detail::NumericOperand Tx>
[[nodiscard]] Tensor<std::int64_t> argmin(const Tx& x) {
  return detail::index_of_all<detail::IsLess>("argmin", x, false);
}
template <detail::NumericOperand Tx, detail::Dimension Ti>
[[nodiscard]] Tensor<std::int64_t> argmax(const Tx& x, Ti dim, bool keepdim = false) {
  return detail::index_along<detail::IsLarger>("argmax", x, static_cast<Index>(dim), keepdim);
}
template <detail::NumericOperand Tx, detail::Dimension Ti>
[[nodiscard]] Tensor<std::int64_t> argmin(const Tx& x, Ti dim, bool keepdim = false) {
  return detail::index_along<detail::IsLess>("argmin", x, static_cast<Index>(dim), keepdim);
}

// In parentheses for the sake of those whose max and min are macros.

/// The largest element of all, the least one; NaN if one is NaN. Throws ShapeError where there is none.
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>>(max)(const Tx& x) {
  detail::check_not_empty("max", x.shape(), 0, true);
  return amax(x);
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>>(min)(const Tx& x) {
  detail::check_not_empty("min", x.shape(), 0, true);
  return amin(x);
}
/// The same along one dimension, with the indices, as of argmax() and argmin().
template <TensorOperand Tx, detail::Dimension Ti>
[[nodiscard]] ValuesAndIndices<ElementOf<Tx>>(max)(const Tx& x, Ti dim, bool keepdim = false) {
  return detail::extreme_along<detail::IsLarger>("max", x, static_cast<Index>(dim), keepdim);
}
template <TensorOperand Tx, detail::Dimension Ti>
[[nodiscard]] ValuesAndIndices<ElementOf<Tx>>(min)(const Tx& x, Ti dim, bool keepdim = false) {
  return detail::extreme_along<detail::IsLess>("min", x, static_cast<Index>(dim), keepdim);
}

WICK_END_NAMESPACE

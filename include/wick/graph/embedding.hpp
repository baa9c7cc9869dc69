#pragma once

// Vectors of a table, looked up, as an operation of a program.

#include <wick/base/error.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The shape of the vectors for indices of shape x. Throws ShapeError unless the table is a matrix.
[[nodiscard]] Shape embedded_shape(const Shape& x, const Shape& table);

/// The index that a number is, -1 unless it is a whole one in [0, count).
template <Floating T>
[[nodiscard]] Index whole_index(T number, Index count) noexcept {
  constexpr Index half = (std::numeric_limits<Index>::max)() / 2 + 1;  // a power of two
  constexpr T most = static_cast<T>(half);
  if (!(number >= T(0) && number < most) || std::floor(number) != number) return -1;
  const auto index = static_cast<Index>(number);
  return index < count ? index : -1;
}

/// A program cannot stop halfway: what is no index becomes NaN.
template <Floating T>
inline constexpr Operation<T> embedding_operation{
    .name = "embedding",
    .operands = 2,
    .shape =
        [](const ShapeCall& call) {
          for (const Index n : call.in[1]->dims()) {
            if (counts_samples(n)) refuse_samples("embedding", *call.in[1]);
          }
          return embedded_shape(*call.in[0], *call.in[1]);
        },
    .run =
        [](const Call<T>& call) {
          const Operand<T>& table = call.in[1];
          const Index count = call.in[0].rows * call.in[0].cols;
          T* to = call.out;
          for (Index i = 0; i < count; ++i) {
            const Index at = whole_index(call.in[0].data[i], table.rows);
            if (at < 0) {
              to = std::fill_n(to, table.cols, std::numeric_limits<T>::quiet_NaN());
            } else {
              to = std::copy_n(table.data + at * table.cols, table.cols, to);
            }
          }
        },
    .by_rows = 1};

}  // namespace detail

/// Of a program: what is no whole number of a vector gives NaN.
template <Floating T>
[[nodiscard]] Symbol<T> embedding(const Symbol<T>& x, const Symbol<T>& weight) {
  return x.tape().record(detail::embedding_operation<T>, {x, weight});
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/embedding.ipp>
#endif

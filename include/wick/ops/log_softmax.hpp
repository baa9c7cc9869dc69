#pragma once

// Log-softmax over the last dimension and its derivative.

#include <wick/kernels/log_softmax.hpp>
#include <wick/ops/axes.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// log_softmax_forward() for a matrix of (rows, cols) without gaps.
template <Floating T>
void log_softmax_rows(Index rows, Index cols, const T* x, T* y) {
  if (cols > 0) detail::kernels::log_softmax_rows(rows, cols, x, y);
}

/// log_softmax_backward() for matrices of (rows, cols) without gaps.
template <Floating T>
void log_softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) {
  detail::kernels::log_softmax_backward_rows(rows, cols, y, dy, dx);
}

void check_equal_shapes(const char* where, const Shape& a, const Shape& b);

/// f along a dimension, f being along the last one.
template <class Value, class Function>
[[nodiscard]] auto along_dimension(const char* where, const Value& x, Index dim, const Function& f) {
  const std::size_t rank = x.shape().dim();
  const std::size_t axis = axis_of(where, dim, rank);
  if (axis + 1 >= rank) return f(x);
  return transpose(f(transpose(x, dim, -1)), dim, -1);
}

}  // namespace detail

/// y_bc = x_bc - max_b - log(sum_c' exp(x_bc' - max_b)), for (B, C) row by row.
///
/// Subtracting the row maximum first keeps logits of any finite size exact. `x` and
/// `y` may be the same memory. Throws ShapeError when shapes differ.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
template <Floating T>
void log_softmax_forward(TensorView<const T> x, TensorView<T> y) {
  detail::check_equal_shapes("log_softmax_forward", x.shape(), y.shape());
  detail::log_softmax_rows<T>(detail::matrix_rows(x.shape()), detail::matrix_cols(x.shape()), x.data(),
                              y.data());
}

/// dx_bc = dy_bc - exp(y_bc) * sum_c' dy_bc', given y from the forward pass. `dy`
/// and `dx` may be the same memory. Throws ShapeError when shapes differ.
template <Floating T>
void log_softmax_backward(TensorView<const T> y, TensorView<const T> dy, TensorView<T> dx) {
  detail::check_equal_shapes("log_softmax_backward", y.shape(), dy.shape());
  detail::check_equal_shapes("log_softmax_backward", y.shape(), dx.shape());
  detail::log_softmax_backward_rows<T>(detail::matrix_rows(y.shape()), detail::matrix_cols(y.shape()),
                                       y.data(), dy.data(), dx.data());
}

/// log(softmax(x)) over any dimension, of tensors, variables and symbols. Throws IndexError for a dimension
/// that x does not have.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
template <class Value>
[[nodiscard]] auto log_softmax(const Value& x, Index dim) {
  return detail::along_dimension("log_softmax", x, dim, [](const auto& v) { return log_softmax(v); });
}

/// Column of the largest element of each row; the first one on ties. Throws ShapeError unless `out` has one
/// element for each row, and there are columns or no rows.
template <Floating T>
void argmax_rows(TensorView<const T> x, TensorView<std::int64_t> out) {
  const Index rows = detail::matrix_rows(x.shape());
  const Index cols = detail::matrix_cols(x.shape());
  if (out.numel() != rows) {
    throw ShapeError("argmax_rows: expected " + std::to_string(rows) + " results for shape " +
                     x.shape().str() + ", got shape " + out.shape().str());
  }
  for (Index b = 0; b < rows; ++b) {
    const T* const row = x.data() + b * cols;
    Index best = 0;
    for (Index c = 1; c < cols; ++c) {
      if (row[c] > row[best]) best = c;
    }
    out.data()[b] = best;
  }
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/log_softmax.ipp>
#endif

#pragma once

// Softmax.

#include <wick/kernels/softmax.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/ops/map.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Of matrices of (rows, cols) without gaps.
template <Floating T>
void softmax_rows(Index rows, Index cols, const T* x, T* y) {
  detail::kernels::softmax_rows(rows, cols, x, y);
}
template <Floating T>
void softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) {
  detail::kernels::softmax_backward_rows(rows, cols, y, dy, dx);
}

}  // namespace detail

/// exp(x) divided by its sum, over the last dimension.
template <detail::FloatOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> softmax(const Tx& x) {
  const auto in = detail::view_of_operand(x);
  Tensor<ElementOf<Tx>> y(in.shape());
  const Index cols = detail::matrix_cols(in.shape());
  if (cols > 0) detail::softmax_rows(in.numel() / cols, cols, in.data(), y.data());
  return y;
}
/// The same over any dimension, of tensors, variables and symbols. Throws IndexError for a dimension that x
/// does not have. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
template <class Value>
[[nodiscard]] auto softmax(const Value& x, Index dim) {
  return detail::along_dimension("softmax", x, dim, [](const auto& v) { return softmax(v); });
}
/// softmax(-x). https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
template <class Value>
[[nodiscard]] auto softmin(const Value& x, Index dim) {
  return softmax(-x, dim);
}

WICK_END_NAMESPACE

#pragma once

// y = x W^T + b and its derivatives.

#include <wick/core/tensor.hpp>
#include <wick/ops/gemm.hpp>

namespace wick::inline WICK_ABI_NAMESPACE {

/// y = x W^T, then `finish(part, row, column, count)` on each finished stretch of a
/// row: `part` points to the `count` elements of y at (row, column).
///
/// x (B, In), W (Out, In), y (B, Out). The caller adds the bias in `finish`, while
/// the stretch is in the cache.
template <Floating T, class Finish>
void affine_forward(TensorView<const T> x, TensorView<const T> weight, TensorView<T> y,
                    GemmScratch<T>& scratch, Finish&& finish) {
  const Index batch = x.shape()[0];
  const Index in = weight.shape()[1];
  const Index out = weight.shape()[0];
  if (batch == 1) {
    gemv(out, in, weight.data(), x.data(), y.data());
    finish(y.data(), Index{0}, Index{0}, out);
    return;
  }
  gemm<Trans::no, Trans::yes>(
      batch, out, in, x.data(), weight.data(), y.data(), Accumulate::no, scratch, [&](const Tile& tile) {
        for (Index row = tile.row; row < tile.row_end; ++row) {
          finish(y.data() + row * out + tile.col, row, tile.col, tile.col_end - tile.col);
        }
      });
}

/// dW += dy^T x and db += column sums of dy.
///
/// dy (B, Out), x (B, In), dW (Out, In), db (Out).
template <Floating T>
void affine_backward_parameters(TensorView<const T> x, TensorView<const T> dy, TensorView<T> dweight,
                                TensorView<T> dbias, GemmScratch<T>& scratch) {
  const Index batch = x.shape()[0];
  const Index out = dweight.shape()[0];
  gemm<Trans::yes, Trans::no>(out, dweight.shape()[1], batch, dy.data(), x.data(), dweight.data(),
                              Accumulate::yes, scratch);
  ArrayMap<T> sums = dbias.array();
  for (Index row = 0; row < batch; ++row) sums += ArrayMap<const T>(dy.data() + row * out, dbias.numel());
}

/// dx = dy W, then `finish(part, row, column, count)` as in affine_forward.
///
/// dy (B, Out), W (Out, In), dx (B, In).
template <Floating T, class Finish>
void affine_backward_input(TensorView<const T> dy, TensorView<const T> weight, TensorView<T> dx,
                           GemmScratch<T>& scratch, Finish&& finish) {
  const Index in = weight.shape()[1];
  gemm<Trans::no, Trans::no>(dy.shape()[0], in, weight.shape()[0], dy.data(), weight.data(), dx.data(),
                             Accumulate::no, scratch, [&](const Tile& tile) {
                               for (Index row = tile.row; row < tile.row_end; ++row) {
                                 finish(dx.data() + row * in + tile.col, row, tile.col,
                                        tile.col_end - tile.col);
                               }
                             });
}

}  // namespace wick::inline WICK_ABI_NAMESPACE

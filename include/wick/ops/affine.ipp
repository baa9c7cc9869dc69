#pragma once

// Definitions of ops/affine.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/matrix_vector.hpp>
#include <wick/ops/affine.hpp>

#include <algorithm>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_affine(const char* where, const Shape& x, const Shape& w, const Shape& y) {
  if (x.dim() == 2 && w.dim() == 2 && y.dim() == 2 && x[1] == w[1] && y[1] == w[0] && x[0] == y[0]) return;
  throw ShapeError(std::string(where) + ": expected x (B, In), W (Out, In) and y (B, Out), got " + x.str() +
                   ", " + w.str() + " and " + y.str());
}

WICK_INLINE void check_bias(const char* where, const Shape& w, const Shape& b) {
  if (b.numel() == w[0]) return;
  throw ShapeError(std::string(where) + ": expected " + std::to_string(w[0]) + " biases, got shape " +
                   b.str());
}

/// Calls finish() for the stretches of a tile of y (rows, cols).
template <Floating T>
void finish_tile(const Tile& tile, Index cols, T* y, FinishStretch<T> finish) {
  const Index count = tile.col_end - tile.col;
  if (count == cols) return finish(y + tile.row * cols, tile.row, Index{0}, (tile.row_end - tile.row) * cols);
  for (Index row = tile.row; row < tile.row_end; ++row)
    finish(y + row * cols + tile.col, row, tile.col, count);
}

template <Floating T>
void affine_forward_with(Index batch, const T* x, const Affine<T>& layer, T* y, GemmScratch<T>& scratch,
                         FinishStretch<T> finish, FunctionRef<void()> beside) {
  const Index in = layer.in;
  const Index out = layer.out;
  if (out <= narrow_outputs || batch == 1) {
    if (beside) beside();
    constexpr Index rows_at_once = 16;
    parallel_for(scratch.pool(), (batch + rows_at_once - 1) / rows_at_once, [&](Index i) {
      const Index begin = i * rows_at_once;
      const Index rows = (std::min)(rows_at_once, batch - begin);
      T* const to = y + begin * out;
      if (out <= narrow_outputs) {
        detail::kernels::narrow_layer(rows, out, in, x + begin * in, layer.weight, layer.bias, to);
      } else {
        std::copy_n(layer.bias, out, to);
        gemv(out, in, layer.weight, x, to);
      }
      finish(to, begin, Index{0}, rows * out);
    });
    return;
  }
  if (is_small_layer<T>(batch, in, out)) {
    if (beside) beside();
    T* const room = scratch.shared_panel(small_layer_room<T>(batch, in, out));
    detail::kernels::small_layer(batch, in, out, x, layer.weight, layer.bias, y, room);
    finish(y, Index{0}, Index{0}, batch * out);
    return;
  }
  gemm_bias(
      batch, out, in, x, layer.weight, layer.bias, y, scratch,
      [&](const Tile& tile) { finish_tile(tile, out, y, finish); }, beside);
}

template <Floating T>
void affine_backward_input_with(Index batch, const T* dy, const Affine<T>& layer, T* dx,
                                GemmScratch<T>& scratch, FinishStretch<T> finish) {
  const Index in = layer.in;
  const Index out = layer.out;
  if (is_small_layer<T>(batch, in, out)) {
    const SmallProduct<T> product{.rows = batch,
                                  .cols = in,
                                  .depth = out,
                                  .left = dy,
                                  .row_step = out,
                                  .depth_step = 1,
                                  .right = layer.weight,
                                  .right_stride = in,
                                  .c = dx,
                                  .c_stride = in,
                                  .start = nullptr,
                                  .start_stride = 0};
    detail::kernels::small_product(product, scratch.shared_panel(product.edge_room(batch, out)));
    finish(dx, Index{0}, Index{0}, batch * in);
    return;
  }
  gemm<Trans::no, Trans::no>(batch, in, out, dy, layer.weight, dx, Accumulate::no, scratch,
                             [&](const Tile& tile) { finish_tile(tile, in, dx, finish); });
}

#ifdef WICK_COMPILED
template void affine_forward_with(Index, const float*, const Affine<float>&, float*, GemmScratch<float>&,
                                  FinishStretch<float>, FunctionRef<void()>);
template void affine_backward_input_with(Index, const float*, const Affine<float>&, float*,
                                         GemmScratch<float>&, FinishStretch<float>);
template void affine_forward_with(Index, const double*, const Affine<double>&, double*, GemmScratch<double>&,
                                  FinishStretch<double>, FunctionRef<void()>);
template void affine_backward_input_with(Index, const double*, const Affine<double>&, double*,
                                         GemmScratch<double>&, FinishStretch<double>);
#endif

}  // namespace detail

WICK_END_NAMESPACE

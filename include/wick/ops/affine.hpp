#pragma once

// y = x W^T + b and its derivatives.

#include <wick/core/tensor.hpp>
#include <wick/core/thread_pool.hpp>
#include <wick/kernels/sums.hpp>
#include <wick/ops/gemm.hpp>

#include <algorithm>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Layers with at most so many outputs are dot products, see gemm_narrow().
inline constexpr Index narrow_outputs = 16;

/// The parameters of y = b + x W^T where they lie: W (Out, In) and b (Out).
template <Floating T>
struct Affine {
  Index in, out;
  const T* weight;
  const T* bias;
};

/// y = b + x W^T, then `finish(part, row, column, count)` on each finished stretch of a
/// row: `part` points to the `count` elements of y at (row, column).
///
/// x (B, In), W (Out, In), b (Out), y (B, Out), each without gaps. Sums begin with the bias, as in
/// PyTorch. `finish` sees each stretch while it is in the cache. `beside()` is called once, by one thread
/// while others begin with the product, and has returned before the first call of `finish`: for what that
/// needs and only one thread can make.
template <Floating T, class Finish, class Beside = detail::Nothing>
void affine_forward(Index batch, const T* x, const Affine<T>& layer, T* y, GemmScratch<T>& scratch,
                    Finish&& finish, Beside&& beside = {}) {
  const Index in = layer.in;
  const Index out = layer.out;
  if (out <= narrow_outputs || batch == 1) {
    beside();
    constexpr Index stretch = 16;
    parallel_for(scratch.pool(), (batch + stretch - 1) / stretch, [&](Index i) {
      const Index begin = i * stretch;
      const Index end = (std::min)(begin + stretch, batch);
      T* const to = y + begin * out;
      for (Index row = begin; row < end; ++row) std::copy_n(layer.bias, out, y + row * out);
      if (out <= narrow_outputs) {
        gemm_narrow(end - begin, out, in, x + begin * in, layer.weight, to);
      } else {
        gemv(out, in, layer.weight, x, to);
      }
      for (Index row = begin; row < end; ++row) finish(y + row * out, row, Index{0}, out);
    });
    return;
  }
  gemm_bias(
      batch, out, in, x, layer.weight, layer.bias, y, scratch,
      [&](const Tile& tile) {
        for (Index row = tile.row; row < tile.row_end; ++row) {
          finish(y + row * out + tile.col, row, tile.col, tile.col_end - tile.col);
        }
      },
      beside);
}

namespace detail {

/// Throws ShapeError unless x is (B, In), y (B, Out) and w (Out, In).
inline void check_affine(const char* where, const Shape& x, const Shape& w, const Shape& y) {
  if (x.dim() == 2 && w.dim() == 2 && y.dim() == 2 && x[1] == w[1] && y[1] == w[0] && x[0] == y[0]) return;
  throw ShapeError(std::string(where) + ": expected x (B, In), W (Out, In) and y (B, Out), got " + x.str() +
                   ", " + w.str() + " and " + y.str());
}
inline void check_bias(const char* where, const Shape& w, const Shape& b) {
  if (b.numel() == w[0]) return;
  throw ShapeError(std::string(where) + ": expected " + std::to_string(w[0]) + " biases, got shape " +
                   b.str());
}

}  // namespace detail

/// The same for tensors of these shapes. Throws ShapeError for others.
template <Floating T, class Finish>
void affine_forward(TensorView<const T> x, TensorView<const T> weight, TensorView<const T> bias,
                    TensorView<T> y, GemmScratch<T>& scratch, Finish&& finish) {
  detail::check_affine("affine_forward", x.shape(), weight.shape(), y.shape());
  detail::check_bias("affine_forward", weight.shape(), bias.shape());
  const Affine<T> layer{weight.shape()[1], weight.shape()[0], weight.data(), bias.data()};
  affine_forward(x.shape()[0], x.data(), layer, y.data(), scratch, finish);
}

/// Makes room in `scratch` for affine_forward() with up to `batch` rows, which then allocates nothing.
template <Floating T>
void reserve_affine_forward(Index batch, const Affine<T>& layer, GemmScratch<T>& scratch) {
  if (layer.out > narrow_outputs) reserve_gemm_bias(batch, layer.out, layer.in, scratch);
}

/// sums_c = sum over rows of x_rc, or sums_c += it, for a (rows, cols) matrix whose rows begin `stride`
/// apart.
///
/// Rows are added in groups of 16 and the groups' sums then, which loses less to
/// rounding than one long sum and is the order of PyTorch's sum(0).
template <Floating T>
void column_sums(Index rows, Index cols, Index stride, const T* x, T* sums, Accumulate accumulate) {
  WICK_CALL(column_sums(rows, cols, stride, x, sums, accumulate == Accumulate::yes));
}

/// dW = dy^T x and db = column sums of dy, or the same added to what is there.
///
/// dy (B, Out), x (B, In), dW (Out, In), db (Out). Throws ShapeError for other shapes.
template <Floating T>
void affine_backward_parameters(TensorView<const T> x, TensorView<const T> dy, TensorView<T> dweight,
                                TensorView<T> dbias, GemmScratch<T>& scratch,
                                Accumulate accumulate = Accumulate::yes) {
  detail::check_affine("affine_backward_parameters", x.shape(), dweight.shape(), dy.shape());
  detail::check_bias("affine_backward_parameters", dweight.shape(), dbias.shape());
  const Index batch = x.shape()[0];
  const Index out = dweight.shape()[0];
  gemm<Trans::yes, Trans::no>(out, dweight.shape()[1], batch, dy.data(), x.data(), dweight.data(), accumulate,
                              scratch);
  constexpr Index stretch = 128;
  parallel_for(scratch.pool(), (out + stretch - 1) / stretch, [&](Index i) {
    const Index col = i * stretch;
    column_sums(batch, (std::min)(stretch, out - col), out, dy.data() + col, dbias.data() + col, accumulate);
  });
}

/// dx = dy W, then `finish(part, row, column, count)` as in affine_forward.
///
/// dy (B, Out), W (Out, In), dx (B, In). Throws ShapeError for other shapes.
template <Floating T, class Finish>
void affine_backward_input(TensorView<const T> dy, TensorView<const T> weight, TensorView<T> dx,
                           GemmScratch<T>& scratch, Finish&& finish) {
  detail::check_affine("affine_backward_input", dx.shape(), weight.shape(), dy.shape());
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

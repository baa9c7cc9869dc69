#pragma once

// y = x W^T + b and its derivatives.

#include <wick/base/function_ref.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/kernels/small_product.hpp>
#include <wick/kernels/sums.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <string>

WICK_BEGIN_NAMESPACE

/// Layers with at most so many outputs are dot products, see gemm_narrow().
inline constexpr Index narrow_outputs = 16;

/// The parameters of y = b + x W^T where they lie: W (Out, In) and b (Out).
template <Floating T>
struct Affine {
  /// Numbers of inputs and outputs.
  Index in, out;
  const T* weight;  ///< W, row after row
  const T* bias;    ///< b
};

namespace detail {

/// Whether the matrices of a layer are small enough to be multiplied as they lie, by one thread.
template <Floating T>
[[nodiscard]] constexpr bool is_small_layer(Index batch, Index in, Index out) noexcept {
  constexpr auto most = static_cast<Index>(16384 / sizeof(T));
  return batch > 0 && in > 0 && out > 0 && batch <= ProductPanels<T>::max_depth && in <= 128 && out <= 128 &&
         in * out <= most && batch * (std::max)(in, out) <= 2 * most;
}

/// Elements of scratch that such a layer needs.
template <Floating T>
[[nodiscard]] constexpr Index small_layer_room(Index batch, Index in, Index out) noexcept {
  return in * out + SmallProduct<T>::edge_room(batch, in);
}

/// Told of each finished stretch of a matrix, see affine_forward(); may be of nothing.
template <Floating T>
using FinishStretch = FunctionRef<void(T* part, Index row, Index column, Index count)>;

/// affine_forward() and affine_backward_input() for all callables.
template <Floating T>
void affine_forward_with(Index batch, const T* x, const Affine<T>& layer, T* y, GemmScratch<T>& scratch,
                         FinishStretch<T> finish, FunctionRef<void()> beside);
template <Floating T>
void affine_backward_input_with(Index batch, const T* dy, const Affine<T>& layer, T* dx,
                                GemmScratch<T>& scratch, FinishStretch<T> finish);

}  // namespace detail

/// y = b + x W^T, then `finish(part, row, column, count)` on each finished stretch: `part` points to the
/// `count` elements of y at (row, column), a part of a row or whole rows.
///
/// x (B, In), W (Out, In), b (Out), y (B, Out), each without gaps. Sums begin with the bias, as in
/// PyTorch. `finish` sees each stretch while it is in the cache. `beside()` is called once, by one thread
/// while others begin with the product, and has returned before the first call of `finish`: for what that
/// needs and only one thread can make.
template <Floating T, class Finish>
void affine_forward(Index batch, const T* x, const Affine<T>& layer, T* y, GemmScratch<T>& scratch,
                    Finish&& finish, FunctionRef<void()> beside = {}) {
  detail::affine_forward_with<T>(batch, x, layer, y, scratch, finish, beside);
}

namespace detail {

/// Throws ShapeError unless x is (B, In), y (B, Out) and w (Out, In).
void check_affine(const char* where, const Shape& x, const Shape& w, const Shape& y);
void check_bias(const char* where, const Shape& w, const Shape& b);

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
  if (layer.out <= narrow_outputs) return;
  reserve_gemm_bias(batch, layer.out, layer.in, scratch);
  if (!detail::is_small_layer<T>(1, layer.in, layer.out)) return;
  static_cast<void>(scratch.shared_panel(detail::small_layer_room<T>(batch, layer.in, layer.out)));
}

/// sums_c = sum over rows of x_rc, or sums_c += it, for a (rows, cols) matrix whose rows begin `stride`
/// apart.
///
/// Rows are added in groups of 16 and the groups' sums then, which loses less to
/// rounding than one long sum and is the order of PyTorch's sum(0).
template <Floating T>
void column_sums(Index rows, Index cols, Index stride, const T* x, T* sums, Accumulate accumulate) {
  detail::kernels::column_sums(rows, cols, stride, x, sums, accumulate == Accumulate::yes);
}

/// The derivatives by the parameters of y = b + x W^T where they lie: dW (Out, In) and db (Out).
template <Floating T>
struct AffineGrad {
  /// Numbers of inputs and outputs.
  Index in, out;
  T* weight;  ///< dW, row after row
  T* bias;    ///< db
};

/// dW = dy^T x and db = column sums of dy, or the same added to what is there.
///
/// dy (B, Out), x (B, In), dW (Out, In), db (Out), each without gaps.
template <Floating T>
void affine_backward_parameters(Index batch, const T* x, const T* dy, const AffineGrad<T>& grad,
                                GemmScratch<T>& scratch, Accumulate accumulate) {
  const Index in = grad.in;
  const Index out = grad.out;
  if (detail::is_small_layer<T>(batch, in, out)) {
    const bool add = accumulate == Accumulate::yes;
    const detail::SmallProduct<T> product{.rows = out,
                                          .cols = in,
                                          .depth = batch,
                                          .left = dy,
                                          .row_step = 1,
                                          .depth_step = out,
                                          .right = x,
                                          .right_stride = in,
                                          .c = grad.weight,
                                          .c_stride = in,
                                          .start = add ? grad.weight : nullptr,
                                          .start_stride = in};
    detail::kernels::small_product(product, scratch.shared_panel(product.edge_room(out, batch)));
    detail::kernels::column_sums(batch, out, out, dy, grad.bias, add);
    return;
  }
  gemm<Trans::yes, Trans::no>(out, in, batch, dy, x, grad.weight, accumulate, scratch);
  constexpr Index stretch = 128;
  parallel_for(scratch.pool(), (out + stretch - 1) / stretch, [&](Index i) {
    const Index col = i * stretch;
    column_sums(batch, (std::min)(stretch, out - col), out, dy + col, grad.bias + col, accumulate);
  });
}

/// The same for tensors of these shapes. Throws ShapeError for others.
template <Floating T>
void affine_backward_parameters(TensorView<const T> x, TensorView<const T> dy, TensorView<T> dweight,
                                TensorView<T> dbias, GemmScratch<T>& scratch,
                                Accumulate accumulate = Accumulate::yes) {
  detail::check_affine("affine_backward_parameters", x.shape(), dweight.shape(), dy.shape());
  detail::check_bias("affine_backward_parameters", dweight.shape(), dbias.shape());
  const AffineGrad<T> grad{dweight.shape()[1], dweight.shape()[0], dweight.data(), dbias.data()};
  affine_backward_parameters(x.shape()[0], x.data(), dy.data(), grad, scratch, accumulate);
}

/// dx = dy W, then `finish(part, row, column, count)` as in affine_forward.
///
/// dy (B, Out), W (Out, In), dx (B, In), each without gaps.
template <Floating T, class Finish>
void affine_backward_input(Index batch, const T* dy, const Affine<T>& layer, T* dx, GemmScratch<T>& scratch,
                           Finish&& finish) {
  detail::affine_backward_input_with<T>(batch, dy, layer, dx, scratch, finish);
}

/// The same for tensors of these shapes. Throws ShapeError for others.
template <Floating T, class Finish>
void affine_backward_input(TensorView<const T> dy, TensorView<const T> weight, TensorView<T> dx,
                           GemmScratch<T>& scratch, Finish&& finish) {
  detail::check_affine("affine_backward_input", dx.shape(), weight.shape(), dy.shape());
  const Affine<T> layer{weight.shape()[1], weight.shape()[0], weight.data(), nullptr};
  affine_backward_input(dy.shape()[0], dy.data(), layer, dx.data(), scratch, finish);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/affine.ipp>
#endif

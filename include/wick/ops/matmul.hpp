#pragma once

// Products of vectors, matrices and batches of matrices.

#include <wick/base/error.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/detail/overlap.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/ops/gemm_scratch.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What matmul() does: products of (rows, depth) and (depth, cols) for each index of the dimensions before.
struct MatmulShapes {
  Shape left;  ///< the dimensions before of each operand
  Shape right;
  Shape batch;  ///< those of the result
  Shape result;
  Index rows = 1;
  Index depth = 1;
  Index cols = 1;
};

[[nodiscard]] MatmulShapes matmul_shapes(const Shape& x, const Shape& y);

/// C = A B for (m, k) A and (k, n) B of integers, which wrap around.
template <std::integral T>
void integer_product(Index m, Index n, Index k, const T* a, const T* b, T* c) {
  std::fill_n(c, m * n, T(0));
  for (Index i = 0; i < m; ++i) {
    for (Index p = 0; p < k; ++p) {
      for (Index j = 0; j < n; ++j)
        c[i * n + j] = Add::apply(c[i * n + j], Multiply::apply(a[i * k + p], b[p * n + j]));
    }
  }
}

struct NoScratch {};
template <class T>
struct ScratchOf {
  using type = NoScratch;
};
template <Floating T>
struct ScratchOf<T> {
  using type = GemmScratch<T>;
};

template <Element T>
void matmul_to(TensorView<T> out, TensorView<const T> x, TensorView<const T> y, const MatmulShapes& m,
               typename ScratchOf<T>::type& scratch) {
  check_apart<T, T>("matmul", out, x);
  check_apart<T, T>("matmul", out, y);
  const auto product = [&](Index rows, const T* a, const T* b, T* c) {
    if constexpr (Floating<T>) {
      gemm<Trans::no, Trans::no>(rows, m.cols, m.depth, a, b, c, Accumulate::no, scratch);
    } else {
      integer_product(rows, m.cols, m.depth, a, b, c);
    }
  };
  // One matrix on the right: all rows on the left are one matrix too.
  if (m.right.numel() == 1 && m.batch == m.left)
    return product(m.batch.numel() * m.rows, x.data(), y.data(), out.data());
  const BroadcastLoops<2> loops(m.batch, {&m.left, &m.right});
  T* to = out.data();
  loops.for_each_run([&](const auto& offsets) {
    for (Index i = 0; i < loops.run(); ++i) {
      product(m.rows, x.data() + (offsets[0] + i * loops.step(0)) * m.rows * m.depth,
              y.data() + (offsets[1] + i * loops.step(1)) * m.depth * m.cols, to);
      to += m.rows * m.cols;
    }
  });
}

template <class Tx, class Ty>
concept Multipliable = TensorOperand<Tx> && TensorOperand<Ty> && std::same_as<ElementOf<Tx>, ElementOf<Ty>>;

void check_rank(const char* where, const char* which, const Shape& shape, std::size_t rank);

void check_dot(const Shape& x, const Shape& y);
void check_outer(const char* which, const Shape& shape);

void check_bmm(const Shape& x, const Shape& y);

}  // namespace detail

/// The matrix product, of one element type. Vectors are a row on the left and a column on the right, and are
/// none in the result; dimensions before the last two are batches, which broadcast.
///
/// Sums have the order of gemm(): no result depends on threads or on the other rows. Throws ShapeError: "mat1
/// and mat2 shapes cannot be multiplied (2x3 and 4x5)".
/// https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
template <class Tx, class Ty>
requires detail::Multipliable<Tx, Ty>
[[nodiscard]] Tensor<ElementOf<Tx>> matmul(const Tx& x, const Ty& y) {
  using T = ElementOf<Tx>;
  const detail::MatmulShapes m = detail::matmul_shapes(x.shape(), y.shape());
  Tensor<T> out(m.result);
  typename detail::ScratchOf<T>::type scratch;
  detail::matmul_to<T>(out, detail::view_of_operand(x), detail::view_of_operand(y), m, scratch);
  return out;
}
/// The same into `out`, with the memory and the threads of `scratch`: nothing is allocated once it has grown.
/// Throws Error when `out` overlaps an operand.
template <class Tx, class Ty>
requires detail::Multipliable<Tx, Ty> && Floating<ElementOf<Tx>>
void matmul_out(TensorView<ElementOf<Tx>> out, const Tx& x, const Ty& y,
                GemmScratch<ElementOf<Tx>>& scratch) {
  const detail::MatmulShapes m = detail::matmul_shapes(x.shape(), y.shape());
  if (!(out.shape() == m.result)) {
    throw ShapeError("matmul: output with shape " + out.shape().str() + " doesn't match the shape " +
                     m.result.str() + " of the result");
  }
  detail::matmul_to<ElementOf<Tx>>(out, detail::view_of_operand(x), detail::view_of_operand(y), m, scratch);
}

/// matmul() of two matrices.
template <class Tx, class Ty>
requires detail::Multipliable<Tx, Ty>
[[nodiscard]] Tensor<ElementOf<Tx>> mm(const Tx& x, const Ty& y) {
  detail::check_rank("mm", "mat1", x.shape(), 2);
  detail::check_rank("mm", "mat2", y.shape(), 2);
  return matmul(x, y);
}
/// matmul() of two batches of equally many matrices: (B, M, K) and (B, K, N).
template <class Tx, class Ty>
requires detail::Multipliable<Tx, Ty>
[[nodiscard]] Tensor<ElementOf<Tx>> bmm(const Tx& x, const Ty& y) {
  detail::check_bmm(x.shape(), y.shape());
  return matmul(x, y);
}
/// The sum of the products of two vectors.
template <class Tx, class Ty>
requires detail::Multipliable<Tx, Ty>
[[nodiscard]] Tensor<ElementOf<Tx>> dot(const Tx& x, const Ty& y) {
  detail::check_dot(x.shape(), y.shape());
  return matmul(x, y);
}
/// x_i y_j of two vectors.
template <TensorOperand Tx, TensorOperand Ty>
[[nodiscard]] auto outer(const Tx& x, const Ty& y) {
  detail::check_outer("self", x.shape());
  detail::check_outer("vec2", y.shape());
  return mul(TensorView<const ElementOf<Tx>>(x.data(), Shape{x.numel(), 1}), y);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/matmul.ipp>
#endif

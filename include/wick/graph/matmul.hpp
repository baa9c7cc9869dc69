#pragma once

// Products of matrices, as operations of a program.

#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/ops/matmul.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] void refuse_matmul(const Shape& a, const Shape& b, Index rows, Index depth, Index other,
                                Index cols);

/// (M, N) of op(A) op(B).
template <Trans TA, Trans TB>
[[nodiscard]] Shape product_shape(const Shape& a, const Shape& b) {
  if (a.dim() != 2 || b.dim() != 2) {
    throw ShapeError("product: expected two matrices, got shapes " + a.str() + " and " + b.str());
  }
  constexpr std::size_t row = TA == Trans::no ? 0 : 1;
  constexpr std::size_t col = TB == Trans::no ? 1 : 0;
  const Index depth = a.dims()[1 - row];
  if (b.dims()[1 - col] != depth) refuse_matmul(a, b, a.dims()[row], depth, b.dims()[1 - col], b.dims()[col]);
  return {a.dims()[row], b.dims()[col]};
}

template <Trans TA, Trans TB, Floating T>
inline constexpr Operation<T> product_operation{
    .name = TA == Trans::yes   ? "matmul_tn"
            : TB == Trans::yes ? "matmul_nt"
                               : "matmul",
    .operands = 2,
    .shape = [](const ShapeCall& call) { return product_shape<TA, TB>(*call.in[0], *call.in[1]); },
    .run =
        [](const Call<T>& call) {
          const Index depth = TA == Trans::no ? call.in[0].cols : call.in[0].rows;
          gemm<TA, TB>(call.rows, call.cols, depth, call.in[0].data, call.in[1].data, call.out,
                       Accumulate::no, *call.scratch);
        },
    .by_rows = TA == Trans::no ? 1 : 0,
    .uses_scratch = true};

/// The products of the matrices of (B, M, K) and (B, K, N).
template <Floating T>
inline constexpr Operation<T> bmm_operation{
    .name = "bmm",
    .operands = 2,
    .shape =
        [](const ShapeCall& call) {
          check_bmm(*call.in[0], *call.in[1]);
          return Shape{(*call.in[0])[0], (*call.in[0])[1], (*call.in[1])[2]};
        },
    .run =
        [](const Call<T>& call) {
          const Index rows = (*call.shape)[1];
          const Index depth = call.in[0].cols;
          for (Index i = 0; i < (*call.shape)[0]; ++i) {
            gemm<Trans::no, Trans::no>(rows, call.cols, depth, call.in[0].data + i * rows * depth,
                                       call.in[1].data + i * depth * call.cols,
                                       call.out + i * rows * call.cols, Accumulate::no, *call.scratch);
          }
        },
    .by_rows = 2,
    .uses_shapes = true,
    .uses_scratch = true};

/// Finds what records these products.
struct EachProduct {};
template <Floating T>
[[nodiscard]] Symbol<T> products(EachProduct /*which*/, const Symbol<T>& x, const Symbol<T>& y) {
  return x.tape().record(bmm_operation<T>, {x, y});
}

/// matmul() with batches on the right.
template <class Value>
[[nodiscard]] Value batched_matmul(const Value& x, const Value& y) {
  const MatmulShapes m = matmul_shapes(x.shape(), y.shape());
  const Index count = m.batch.numel();
  const auto matrices = [&](const Value& v, const Shape& before, Index rows, Index cols) {
    const auto with = [&](const Shape& in_front) {
      std::array<Index, Shape::max_rank> dims{};
      std::ranges::copy(in_front.dims(), dims.begin());
      if (in_front.dim() + 2 > dims.size()) {
        throw ShapeError("matmul: too many dimensions (shapes " + x.shape().str() + " and " +
                         y.shape().str() + ")");
      }
      dims[in_front.dim()] = rows;
      dims[in_front.dim() + 1] = cols;
      return Shape(std::span<const Index>(dims.data(), in_front.dim() + 2));
    };
    return reshape(expand(reshape(v, with(before)), with(m.batch)), Shape{count, rows, cols});
  };
  return reshape(
      products(EachProduct(), matrices(x, m.left, m.rows, m.depth), matrices(y, m.right, m.depth, m.cols)),
      m.result);
}

/// What matmul() of x (..., M, K) and y (K, N) takes: both as matrices, and the shape of the result.
struct FlatProduct {
  FlatProduct(const Shape& x, const Shape& y);
  Shape left, right, result;
};

}  // namespace detail

/// A B of two matrices, each of them transposed or not. See autograd/matmul.hpp.
template <Trans TA, Trans TB, Floating T>
[[nodiscard]] Symbol<T> product(const Symbol<T>& a, const Symbol<T>& b) {
  return a.tape().record(detail::product_operation<TA, TB, T>, {a, b});
}
/// The product of a matrix, or of several, and a matrix. See autograd/matmul.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> matmul(const Symbol<T>& x, const Symbol<T>& y) {
  if (y.dim() > 2) return detail::batched_matmul(x, y);
  const detail::FlatProduct flat(x.shape(), y.shape());
  const Symbol<T> left = reshape(x, flat.left);
  return reshape(product<Trans::no, Trans::no>(left, reshape(y, flat.right)), flat.result);
}

// Of variables and symbols.

/// The product of two matrices. Throws ShapeError for anything else.
template <Recorded Value>
[[nodiscard]] Value mm(const Value& x, const Value& y) {
  detail::check_rank("mm", "mat1", x.shape(), 2);
  detail::check_rank("mm", "mat2", y.shape(), 2);
  return matmul(x, y);
}
/// The products of the matrices of two batches, (B, M, K) and (B, K, N). Throws ShapeError for anything else.
template <Recorded Value>
[[nodiscard]] Value bmm(const Value& x, const Value& y) {
  detail::check_bmm(x.shape(), y.shape());
  return products(detail::EachProduct(), x, y);
}
/// sum_i x_i y_i, of two vectors. Throws ShapeError for other shapes.
template <Recorded Value>
[[nodiscard]] Value dot(const Value& x, const Value& y) {
  detail::check_dot(x.shape(), y.shape());
  return matmul(x, y);
}
/// x_i y_k, of two vectors. Throws ShapeError for other shapes.
template <Recorded Value>
[[nodiscard]] Value outer(const Value& x, const Value& y) {
  detail::check_outer("self", x.shape());
  detail::check_outer("vec2", y.shape());
  return reshape(x, Shape{x.numel(), 1}) * reshape(y, Shape{1, y.numel()});
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/matmul.ipp>
#endif

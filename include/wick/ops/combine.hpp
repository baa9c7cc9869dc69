#pragma once

// Formulas of several operands that have names in PyTorch: of tensors and, with the headers of autograd/, of
// variables and symbols.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/compare.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/matmul.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// x times a number, which takes part in the promotion of tensors' types.
template <Shaped Tx, Number Factor>
[[nodiscard]] auto scaled(const Tx& x, Factor factor) {
  if constexpr (TensorOperand<Tx>) {
    return x * factor;
  } else {
    return x * static_cast<typename Tx::Scalar>(factor);
  }
}

/// The same, where a factor of integers is cut to an integer.
template <Shaped Tx, Number Factor>
[[nodiscard]] auto scaled_alike(const Tx& x, Factor factor) {
  if constexpr (TensorOperand<Tx>) {
    return x * element_from<ElementOf<Tx>>(factor);
  } else {
    return scaled(x, factor);
  }
}

/// beta x + product, of the shape of the product; without what x holds where beta is 0.
template <Shaped Tx, Shaped Product, Number Beta>
[[nodiscard]] auto added_to(const char* where, const Tx& x, const Product& product, Beta beta) {
  auto sum = scaled_alike(x, beta) + product;
  if (!(Shape(sum.shape()) == Shape(product.shape()))) {
    throw ShapeError(std::string(where) + ": expected a tensor that broadcasts to " +
                     Shape(product.shape()).str() + ", got " + Shape(x.shape()).str());
  }
  if constexpr (std::is_same_v<decltype(sum), Product>) {
    if (beta == Beta(0)) return product;
  }
  return sum;
}

}  // namespace detail

/// x + weight (y - x), from whichever end is nearer.
/// https://docs.pytorch.org/docs/stable/generated/torch.lerp.html
template <Shaped Tx, Shaped Ty>
[[nodiscard]] auto lerp(const Tx& x, const Ty& y, double weight) {
  const auto way = y - x;
  if (weight < 0.5) return x + detail::scaled(way, weight);
  return y - detail::scaled(way, 1 - weight);
}
/// The same with a weight for each element.
template <Shaped Tx, Shaped Ty, Shaped Weight>
[[nodiscard]] auto lerp(const Tx& x, const Ty& y, const Weight& weight) {
  return x + weight * (y - x);
}

/// x + value a b. https://docs.pytorch.org/docs/stable/generated/torch.addcmul.html
template <Shaped Tx, Shaped Ta, Shaped Tb, Number Value = int>
[[nodiscard]] auto addcmul(const Tx& x, const Ta& a, const Tb& b, Value value = 1) {
  return x + detail::scaled(a * b, value);
}
/// x + value a / b. https://docs.pytorch.org/docs/stable/generated/torch.addcdiv.html
template <Shaped Tx, Shaped Ta, Shaped Tb, Number Value = int>
[[nodiscard]] auto addcdiv(const Tx& x, const Ta& a, const Tb& b, Value value = 1) {
  return x + detail::scaled(a / b, value);
}

/// A matrix (N, K) times a vector (K). Throws ShapeError for others.
/// https://docs.pytorch.org/docs/stable/generated/torch.mv.html
template <Shaped Ta, Shaped Tx>
[[nodiscard]] auto mv(const Ta& a, const Tx& x) {
  const Shape matrix = a.shape();
  const Shape vector = x.shape();
  if (matrix.dim() != 2 || vector.dim() != 1 || matrix[1] != vector[0]) {
    throw ShapeError("mv: expected a matrix (N, K) and a vector (K), got " + matrix.str() + " and " +
                     vector.str());
  }
  return matmul(a, x);
}
/// beta x + alpha A B for matrices A and B and an x that broadcasts to their product; with beta = 0 nothing
/// is read of x, as in the next two. Throws ShapeError for other shapes.
/// https://docs.pytorch.org/docs/stable/generated/torch.addmm.html
template <Shaped Tx, Shaped Ta, Shaped Tb, Number Beta = int, Number Alpha = int>
[[nodiscard]] auto addmm(const Tx& x, const Ta& a, const Tb& b, Beta beta = 1, Alpha alpha = 1) {
  return detail::added_to("addmm", x, detail::scaled_alike(mm(a, b), alpha), beta);
}
/// beta x + alpha A_i B_i for batches of matrices (B, N, K) and (B, K, M).
/// https://docs.pytorch.org/docs/stable/generated/torch.baddbmm.html
template <Shaped Tx, Shaped Ta, Shaped Tb, Number Beta = int, Number Alpha = int>
[[nodiscard]] auto baddbmm(const Tx& x, const Ta& a, const Tb& b, Beta beta = 1, Alpha alpha = 1) {
  return detail::added_to("baddbmm", x, detail::scaled_alike(bmm(a, b), alpha), beta);
}
/// beta x + alpha A v. https://docs.pytorch.org/docs/stable/generated/torch.addmv.html
template <Shaped Tx, Shaped Ta, Shaped Tv, Number Beta = int, Number Alpha = int>
[[nodiscard]] auto addmv(const Tx& x, const Ta& a, const Tv& v, Beta beta = 1, Alpha alpha = 1) {
  return detail::added_to("addmv", x, detail::scaled_alike(mv(a, v), alpha), beta);
}
/// beta x + alpha u v^T for vectors u and v. https://docs.pytorch.org/docs/stable/generated/torch.addr.html
template <Shaped Tx, Shaped Tu, Shaped Tv, Number Beta = int, Number Alpha = int>
[[nodiscard]] auto addr(const Tx& x, const Tu& u, const Tv& v, Beta beta = 1, Alpha alpha = 1) {
  return detail::added_to("addr", x, detail::scaled_alike(outer(u, v), alpha), beta);
}

/// The sums of products along the last dimensions of both: (..., K) and (.., K) to (..., ..). Throws
/// ShapeError unless those are equal. https://docs.pytorch.org/docs/stable/generated/torch.inner.html
template <Shaped Tx>
[[nodiscard]] auto inner(const Tx& x, const Tx& y) {
  const Shape left = x.shape();
  const Shape right = y.shape();
  if (left.dim() == 0 || right.dim() == 0) return detail::copy_of(x * y);
  if (left[-1] != right[-1]) {
    throw ShapeError("inner() the last dimension must match on both input tensors but got shapes " +
                     left.str() + " and " + right.str());
  }
  const auto rows = [](const Shape& s) {
    Index count = 1;
    for (const Index d : s.dims().first(s.dim() - 1)) count *= d;
    return Shape{count, s[-1]};
  };
  std::array<Index, 2 * Shape::max_rank> dims{};
  std::copy(left.dims().begin(), left.dims().end(), dims.begin());
  std::copy(right.dims().begin(), right.dims().end(),
            dims.begin() + static_cast<std::ptrdiff_t>(left.dim()) - 1);
  const Shape result(std::span<const Index>(dims.data(), left.dim() + right.dim() - 2));
  return detail::copy_of(
      reshape(matmul(reshape(x, rows(left)), transpose(reshape(y, rows(right)), 0, 1)), result));
}

/// x - trunc(x). https://docs.pytorch.org/docs/stable/generated/torch.frac.html
template <Shaped Tx>
[[nodiscard]] auto frac(const Tx& x) {
  return x - trunc(x);
}
/// Degrees as radians, and back. https://docs.pytorch.org/docs/stable/generated/torch.deg2rad.html
template <Shaped Tx>
[[nodiscard]] auto deg2rad(const Tx& x) {
  return detail::scaled(x, std::numbers::pi / 180);
}
template <Shaped Tx>
[[nodiscard]] auto rad2deg(const Tx& x) {
  return detail::scaled(x, 180 / std::numbers::pi);
}

/// x + alpha y and x - alpha y. https://docs.pytorch.org/docs/stable/generated/torch.add.html
template <Shaped Tx, Shaped Ty, Number Alpha>
[[nodiscard]] auto add(const Tx& x, const Ty& y, Alpha alpha) {
  return x + detail::scaled(y, alpha);
}
template <Shaped Tx, Shaped Ty, Number Alpha>
[[nodiscard]] auto sub(const Tx& x, const Ty& y, Alpha alpha) {
  return x - detail::scaled(y, alpha);
}
/// y - alpha x. https://docs.pytorch.org/docs/stable/generated/torch.rsub.html
template <Shaped Tx, Shaped Ty, Number Alpha = int>
[[nodiscard]] auto rsub(const Tx& x, const Ty& y, Alpha alpha = 1) {
  return y - detail::scaled(x, alpha);
}

/// The least and the largest element. https://docs.pytorch.org/docs/stable/generated/torch.aminmax.html
template <Shaped Tx>
[[nodiscard]] auto aminmax(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  return std::pair(amin(x, dim, keepdim), amax(x, dim, keepdim));
}
/// Variance and mean, and the root of the first.
/// https://docs.pytorch.org/docs/stable/generated/torch.var_mean.html
template <Shaped Tx>
[[nodiscard]] auto var_mean(const Tx& x, const Axes& dim = Axes::all(), const VarianceOptions& options = {}) {
  return std::pair(var(x, dim, options), mean(x, dim, options.keepdim));
}
template <Shaped Tx>
[[nodiscard]] auto std_mean(const Tx& x, const Axes& dim = Axes::all(), const VarianceOptions& options = {}) {
  return std::pair(std(x, dim, options), mean(x, dim, options.keepdim));
}

// Of tensors alone.

/// How many elements are not 0. https://docs.pytorch.org/docs/stable/generated/torch.count_nonzero.html
template <TensorOperand Tx>
[[nodiscard]] Tensor<std::int64_t> count_nonzero(const Tx& x, const Axes& dim = Axes::all()) {
  return sum(ne(x, ElementOf<Tx>(0)), dim);
}

/// How near is near enough.
struct CloseOptions {
  double rtol = 1e-5;      ///< the relative part
  double atol = 1e-8;      ///< the absolute part
  bool equal_nan = false;  ///< whether NaN is close to NaN
};

/// |x - y| <= atol + rtol |y|, element by element; infinities are close to themselves. Throws OptionError for
/// tolerances below 0. https://docs.pytorch.org/docs/stable/generated/torch.isclose.html
template <TensorOperand Tx, TensorOperand Ty>
requires std::is_same_v<ElementOf<Tx>, ElementOf<Ty>>
[[nodiscard]] Tensor<bool> isclose(const Tx& x, const Ty& y, const CloseOptions& options = {}) {
  if (!(options.rtol >= 0) || !(options.atol >= 0)) {
    throw OptionError("isclose: rtol and atol must be greater than or equal to zero, but got " +
                      python_repr(options.rtol) + " and " + python_repr(options.atol));
  }
  using T = ElementOf<Tx>;
  const auto is_close = [&](T a, T b) {
    if (a == b) return true;
    const auto p = static_cast<double>(a);
    const auto q = static_cast<double>(b);
    if (std::isnan(p) || std::isnan(q)) return options.equal_nan && std::isnan(p) && std::isnan(q);
    return is_finite(q) && std::abs(p - q) <= options.atol + std::abs(options.rtol * q);
  };
  return map(is_close, x, y);
}
/// Whether all elements are. https://docs.pytorch.org/docs/stable/generated/torch.allclose.html
template <TensorOperand Tx, TensorOperand Ty>
[[nodiscard]] bool allclose(const Tx& x, const Ty& y, const CloseOptions& options = {}) {
  return all(isclose(x, y, options)).item();
}

WICK_END_NAMESPACE

#pragma once

// Distances, lengths and angles between vectors: of tensors and, with the headers of autograd/, of variables
// and symbols.

#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/combine.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/select.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <string>

WICK_BEGIN_NAMESPACE

/// norm(x - y, p) of all elements. https://docs.pytorch.org/docs/stable/generated/torch.dist.html
template <Shaped Tx, Shaped Ty>
[[nodiscard]] auto dist(const Tx& x, const Ty& y, double p = 2) {
  return norm(x - y, p);
}

/// The norms of differences along the last dimension, each with eps added; p as of norm().
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
template <Shaped Tx, Shaped Ty>
[[nodiscard]] auto pairwise_distance(const Tx& x, const Ty& y, double p = 2, double eps = 1e-6,
                                     bool keepdim = false) {
  return norm(x - y + detail::number_for(x, eps), p, Axes(-1), keepdim);
}

/// The distance of each row of x (..., P, M) from each row of y (..., R, M): (..., P, R), p as of norm(). All
/// differences are in memory at once. Throws ShapeError for other shapes, OptionError for p < 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.cdist.html
template <Shaped Tx, Shaped Ty>
[[nodiscard]] auto cdist(const Tx& x, const Ty& y, double p = 2) {
  const Shape left = x.shape();
  const Shape right = y.shape();
  if (left.dim() < 2 || right.dim() < 2 || left[-1] != right[-1]) {
    throw ShapeError("cdist only supports at least 2D tensors with the same number of columns, got shapes " +
                     left.str() + " and " + right.str());
  }
  if (!(p >= 0)) throw OptionError("cdist only supports non-negative p values, got " + std::to_string(p));
  return norm(unsqueeze(x, -2) - unsqueeze(y, -3), left[-1] == 0 ? 2 : p, Axes(-1));
}

/// x y / (max(|x|, eps) max(|y|, eps)) along a dimension; both broadcast.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
template <Shaped Tx, Shaped Ty>
[[nodiscard]] auto cosine_similarity(const Tx& x, const Ty& y, Index dim = 1, double eps = 1e-8) {
  const Shape shape = broadcast_shapes("cosine_similarity", x.shape(), y.shape());
  const auto a = expand(x, shape);
  const auto b = expand(y, shape);
  const auto length = [&](const auto& v) {
    return maximum(norm(v, 2, Axes(dim), true), detail::number_for(v, eps));
  };
  return sum(a / length(a) * (b / length(b)), Axes(dim));
}

/// x / max(|x|_p, eps) along a dimension.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
template <Shaped Tx>
[[nodiscard]] auto normalize(const Tx& x, double p = 2, const Axes& dim = 1, double eps = 1e-12) {
  return x / maximum(norm(x, p, dim, true), detail::number_for(x, eps));
}

/// Each slice of a dimension, made shorter where its norm is above `maxnorm` so that it is that. Throws
/// ShapeError for fewer than two dimensions, OptionError for p <= 0 or maxnorm < 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.renorm.html
template <Shaped Tx>
[[nodiscard]] auto renorm(const Tx& x, double p, Index dim, double maxnorm) {
  const std::size_t rank = x.shape().dim();
  if (!(p > 0)) throw OptionError("renorm: non-positive-norm not supported, got " + std::to_string(p));
  if (rank < 2) {
    throw ShapeError("renorm: input needs at least 2 dimensions, got " + std::to_string(rank) +
                     " dimensions");
  }
  if (!(maxnorm >= 0)) {
    throw OptionError("renorm: expected maxnorm to be >= 0 but got " + std::to_string(maxnorm));
  }
  const std::size_t axis = detail::axis_of("renorm", dim, rank);
  std::array<Index, Shape::max_rank> others{};
  std::size_t count = 0;
  for (std::size_t d = 0; d < rank; ++d) {
    if (d != axis) others[count++] = static_cast<Index>(d);
  }
  const auto length = norm(x, p, Axes(std::span<const Index>(others.data(), count)), true);
  return x * minimum(detail::number_for(x, maxnorm) / (length + detail::number_for(x, 1e-7)),
                     detail::number_for(x, 1));
}

WICK_END_NAMESPACE

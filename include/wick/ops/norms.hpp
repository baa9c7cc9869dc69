#pragma once

// Normalisation and products by layers of PyTorch, as functions: of tensors and, with the headers of
// autograd/, of variables and symbols. The modules of their names are faster.

#include <wick/base/error.hpp>
#include <wick/ops/arrange.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/matmul.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The last dimensions of x, whose sizes are `normalized`. Throws ShapeError where x ends in others.
[[nodiscard]] Axes normalized_axes(const char* where, const Shape& x, const Shape& normalized);
void check_norm_weight(const char* where, const char* what, const Shape& got, const Shape& normalized);

}  // namespace detail

/// x W^T and x W^T + b of tensors x (..., In), W (Out, In) or (In), b (Out), of integers too. Throws
/// ShapeError for others. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
template <TensorOperand Tx, TensorOperand Tw>
[[nodiscard]] auto linear(const Tx& x, const Tw& weight) {
  return matmul(x, t(weight));
}
template <TensorOperand Tx, TensorOperand Tw, TensorOperand Tb>
[[nodiscard]] auto linear(const Tx& x, const Tw& weight, const Tb& bias) {
  auto y = matmul(x, t(weight));
  if (!(broadcast_shapes("linear", y.shape(), bias.shape()) == y.shape()))
    throw ShapeError("linear: a bias of shape " + bias.shape().str() + " for results of shape " +
                     y.shape().str());
  return std::move(y) + bias;
}

/// (x - mean) / sqrt(variance + eps) over the last dimensions, whose sizes are `normalized`; the variance is
/// that of all elements. Throws ShapeError where x ends in others.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
template <Shaped Tx>
[[nodiscard]] auto layer_norm(const Tx& x, const Shape& normalized, double eps = 1e-5) {
  const Axes axes = detail::normalized_axes("layer_norm", x.shape(), normalized);
  const auto centred = x - mean(x, axes, true);
  return centred * rsqrt(mean(square(centred), axes, true) + detail::number_for(x, eps));
}
/// The same times a weight plus a bias, both of these sizes.
template <Shaped Tx>
[[nodiscard]] auto layer_norm(const Tx& x, const Shape& normalized, const Tx& weight, const Tx& bias,
                              double eps = 1e-5) {
  detail::check_norm_weight("layer_norm", "weight", weight.shape(), normalized);
  detail::check_norm_weight("layer_norm", "bias", bias.shape(), normalized);
  return layer_norm(x, normalized, eps) * weight + bias;
}

/// x / sqrt(mean of x^2 + eps) over the last dimensions, whose sizes are `normalized`; eps is the distance of
/// 1 from the next number of the type unless it is given. Throws ShapeError where x ends in others.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
template <Shaped Tx>
[[nodiscard]] auto rms_norm(const Tx& x, const Shape& normalized,
                            double eps = static_cast<double>(
                                std::numeric_limits<typename detail::NumberBeside<Tx>::type>::epsilon())) {
  const Axes axes = detail::normalized_axes("rms_norm", x.shape(), normalized);
  return x * rsqrt(mean(square(x), axes, true) + detail::number_for(x, eps));
}
/// The same times a weight of the sizes.
template <Shaped Tx>
[[nodiscard]] auto rms_norm(const Tx& x, const Shape& normalized, const Tx& weight,
                            double eps = static_cast<double>(
                                std::numeric_limits<typename detail::NumberBeside<Tx>::type>::epsilon())) {
  detail::check_norm_weight("rms_norm", "weight", weight.shape(), normalized);
  return rms_norm(x, normalized, eps) * weight;
}

/// (x - mean) / sqrt(variance + eps) of groups of the channels of x (N, C, ...). Throws ShapeError where the
/// channels do not make so many groups.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
template <Shaped Tx>
[[nodiscard]] auto group_norm(const Tx& x, Index groups, double eps = 1e-5) {
  const Shape shape = x.shape();
  if (shape.dim() < 2) {
    throw ShapeError("group_norm: Expected at least 2 dimensions for input tensor but received " +
                     std::to_string(shape.dim()));
  }
  const Index channels = shape[1];
  if (groups < 1 || channels % groups != 0) {
    throw ShapeError(
        "group_norm: Expected number of channels in input to be divisible by num_groups, but got input of "
        "shape " +
        shape.str() + " and num_groups=" + std::to_string(groups));
  }
  Index size = channels / groups;
  for (const Index d : shape.dims().subspan(2)) size *= d;
  if (shape[0] * size == 1) {
    throw ShapeError("group_norm: Expected more than 1 value per channel when training, got input size " +
                     shape.str());
  }
  const auto values = detail::copy_of(reshape(x, Shape{shape[0], groups, size}));
  const auto centred = values - mean(values, -1, true);
  return detail::copy_of(
      reshape(centred * rsqrt(mean(square(centred), -1, true) + detail::number_for(x, eps)), shape));
}
/// The same times a weight for each channel, plus a bias.
template <Shaped Tx>
[[nodiscard]] auto group_norm(const Tx& x, Index groups, const Tx& weight, const Tx& bias,
                              double eps = 1e-5) {
  const auto normal = group_norm(x, groups, eps);
  const Shape shape = x.shape();
  const Shape channels{shape[1]};
  if (!(Shape(weight.shape()) == channels) || !(Shape(bias.shape()) == channels)) {
    throw ShapeError(
        "group_norm: Expected weight and bias to be vectors of size equal to the number of channels, "
        "but got shapes " +
        Shape(weight.shape()).str() + " and " + Shape(bias.shape()).str() + " for " + shape.str());
  }
  std::array<Index, Shape::max_rank> dims{};
  dims.fill(1);
  dims[0] = shape[1];
  const Shape along(std::span<const Index>(dims.data(), shape.dim() - 1));
  return normal * reshape(weight, along) + reshape(bias, along);
}

namespace detail {

/// A vector with a number for each channel of x (N, C, ...), to be used beside x.
template <Shaped Tx>
[[nodiscard]] auto by_channels(const Tx& vector, const Shape& x) {
  if (x.dim() < 2 || !(Shape(vector.shape()) == Shape{x[1]})) {
    throw ShapeError("batch_norm: expected an input (N, C, ...) and vectors of C elements, but got shapes " +
                     x.str() + " and " + Shape(vector.shape()).str());
  }
  std::array<Index, Shape::max_rank> dims{};
  dims.fill(1);
  dims[0] = x[1];
  return reshape(vector, Shape(std::span<const Index>(dims.data(), x.dim() - 1)));
}

}  // namespace detail

/// (x - mean) / sqrt(variance + eps) of x (N, C, ...), where mean and variance are those of each channel in
/// this batch, as in training. Throws ShapeError for fewer dimensions and for one value per channel.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
template <Shaped Tx>
[[nodiscard]] auto batch_norm(const Tx& x, double eps = 1e-5) {
  const Shape shape = x.shape();
  if (shape.dim() < 2) {
    throw ShapeError("batch_norm: Expected at least 2 dimensions for input tensor but received " +
                     std::to_string(shape.dim()));
  }
  if (shape.numel() == shape[1]) {
    throw ShapeError("batch_norm: Expected more than 1 value per channel when training, got input size " +
                     shape.str());
  }
  std::array<Index, Shape::max_rank> others{0};
  std::iota(others.begin() + 1, others.end(), Index{2});
  const Axes axes(std::span<const Index>(others.data(), shape.dim() - 1));
  const auto centred = x - mean(x, axes, true);
  return centred * rsqrt(mean(square(centred), axes, true) + detail::number_for(x, eps));
}
/// The same with an average and a variance for each channel that are given, as when nothing is trained.
template <Shaped Tx>
[[nodiscard]] auto batch_norm(const Tx& x, const Tx& average, const Tx& variance, double eps = 1e-5) {
  const Shape shape = x.shape();
  const auto centred = x - detail::by_channels(average, shape);
  return centred * rsqrt(detail::by_channels(variance, shape) + detail::number_for(x, eps));
}
/// And times a weight for each channel, plus a bias.
template <Shaped Tx>
[[nodiscard]] auto batch_norm(const Tx& x, const Tx& average, const Tx& variance, const Tx& weight,
                              const Tx& bias, double eps = 1e-5) {
  const Shape shape = x.shape();
  const auto of_weight = detail::by_channels(weight, shape);
  return batch_norm(x, average, variance, eps) * of_weight + detail::by_channels(bias, shape);
}

/// x^T W_o y for each output o, of x (..., I), y (..., J) and a weight (O, I, J): (..., O). Throws ShapeError
/// for other shapes. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
template <Shaped Tx>
[[nodiscard]] auto bilinear(const Tx& x, const Tx& y, const Tx& weight) {
  const Shape left = x.shape();
  const Shape right = y.shape();
  const Shape of = weight.shape();
  if (of.dim() != 3 || left.dim() == 0 || left.dim() != right.dim() || left[-1] != of[1] ||
      right[-1] != of[2] ||
      !(detail::resized(left, left.dim() - 1, 1) == detail::resized(right, right.dim() - 1, 1))) {
    throw ShapeError("bilinear(): expected inputs (..., I) and (..., J) and a weight (O, I, J), got " +
                     left.str() + ", " + right.str() + " and " + of.str());
  }
  Index rows = 1;
  for (const Index d : left.dims().first(left.dim() - 1)) rows *= d;
  const auto by_rows = detail::copy_of(permute(weight, {1, 0, 2}));
  const auto products = matmul(reshape(x, Shape{rows, of[1]}), reshape(by_rows, Shape{of[1], of[0] * of[2]}));
  const auto sums = sum(reshape(products, Shape{rows, of[0], of[2]}) * reshape(y, Shape{rows, 1, of[2]}), -1);
  const Shape result = detail::resized(left, left.dim() - 1, of[0]);
  if constexpr (TensorOperand<Tx>) {
    return to<ElementOf<Tx>>(reshape(sums, result));  // sums of integers are of another type
  } else {
    return reshape(sums, result);
  }
}
template <Shaped Tx>
[[nodiscard]] auto bilinear(const Tx& x, const Tx& y, const Tx& weight, const Tx& bias) {
  if (!(Shape(bias.shape()) == Shape{Shape(weight.shape())[0]})) {
    throw ShapeError("bilinear(): expected a bias for each output of a weight of " +
                     Shape(weight.shape()).str() + ", got " + Shape(bias.shape()).str());
  }
  return bilinear(x, y, weight) + bias;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/norms.ipp>
#endif

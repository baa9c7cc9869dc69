#pragma once

// Binary cross-entropy.

#include <wick/loss/loss_function.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <optional>

WICK_BEGIN_NAMESPACE

template <Floating T = float>
struct BCELossOptions {
  /// Of a shape that broadcasts to that of the elements, such as one for each label; all 1 when absent.
  std::optional<Tensor<T>> weight = std::nullopt;  ///< what becomes of the losses of elements
  Reduction reduction = Reduction::mean;           ///< what becomes of the losses of elements
};
template <Floating T = float>
struct BCEWithLogitsLossOptions {
  std::optional<Tensor<T>> weight = std::nullopt;  ///< as in BCELossOptions
  Reduction reduction = Reduction::mean;           ///< what becomes of the losses of elements
  /// What the part of yes is multiplied by: more than 1 for rare labels. It broadcasts as `weight` does.
  std::optional<Tensor<T>> pos_weight = std::nullopt;
};

/// binary_cross_entropy() as a value, of probabilities x and targets in [0, 1] of the same shape.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
template <Floating T = float>
class BCELoss : public LossFunction<BCELoss<T>, BCELossOptions<T>> {
 public:
  using LossFunction<BCELoss, BCELossOptions<T>>::LossFunction;
  static constexpr const char* name = "BCELoss";
  static auto compute(const BCELossOptions<T>& options, const auto& x, const auto& target)
      -> decltype(binary_cross_entropy(x, target, options)) {
    return binary_cross_entropy(x, target, options);
  }
};

/// binary_cross_entropy_with_logits() as a value, for binary and multi-label classification: variables x, any
/// numbers, and targets in [0, 1] of the same shape. What it is called with has to be known: include
/// autograd/binary_cross_entropy.hpp.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
template <Floating T = float>
class BCEWithLogitsLoss : public LossFunction<BCEWithLogitsLoss<T>, BCEWithLogitsLossOptions<T>> {
 public:
  using LossFunction<BCEWithLogitsLoss, BCEWithLogitsLossOptions<T>>::LossFunction;
  static constexpr const char* name = "BCEWithLogitsLoss";
  static auto compute(const BCEWithLogitsLossOptions<T>& options, const auto& x, const auto& target)
      -> decltype(binary_cross_entropy_with_logits(x, target, options)) {
    return binary_cross_entropy_with_logits(x, target, options);
  }
};

WICK_END_NAMESPACE

#pragma once

// Binary cross-entropy.

#include <wick/loss/nll.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// binary_cross_entropy_with_logits() as a value, for binary and multi-label classification: variables x, any
/// numbers, and targets in [0, 1] of the same shape. What it is called with has to be known: include
/// autograd/binary_cross_entropy.hpp.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
class BCEWithLogitsLoss {
 public:
  explicit BCEWithLogitsLoss(Reduction reduction = Reduction::mean) noexcept : reduction_(reduction) {}

  [[nodiscard]] Reduction reduction() const noexcept { return reduction_; }

  /// Throws ShapeError unless the shapes are equal.
  template <class Input, class Target>
  [[nodiscard]] auto operator()(const Input& x, const Target& target) const
      -> decltype(binary_cross_entropy_with_logits(x, target, Reduction())) {
    return binary_cross_entropy_with_logits(x, target, reduction_);
  }

  friend std::ostream& operator<<(std::ostream& out, const BCEWithLogitsLoss&) {
    return out << "BCEWithLogitsLoss()";
  }

 private:
  Reduction reduction_;
};

WICK_END_NAMESPACE

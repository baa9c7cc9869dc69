#pragma once

// The mean squared error.

#include <wick/loss/nll.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// mse_loss() as a value: (x - target)^2, its mean or sum, or each element's, for variables x and targets of
/// the same shape. What it is called with has to be known: include autograd/losses.hpp.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
class MSELoss {
 public:
  /// Says what becomes of the squares.
  explicit MSELoss(Reduction reduction = Reduction::mean) noexcept : reduction_(reduction) {}

  /// What becomes of the squares.
  [[nodiscard]] Reduction reduction() const noexcept { return reduction_; }

  /// Throws ShapeError unless the shapes are equal: nothing broadcasts here.
  template <class Input, class Target>
  [[nodiscard]] auto operator()(const Input& x, const Target& target) const
      -> decltype(mse_loss(x, target, Reduction())) {
    return mse_loss(x, target, reduction_);
  }

  friend std::ostream& operator<<(std::ostream& out, const MSELoss&) { return out << "MSELoss()"; }

 private:
  Reduction reduction_;
};

WICK_END_NAMESPACE

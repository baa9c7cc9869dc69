#pragma once

// Several dimensions as one.

#include <wick/nn/scope.hpp>
#include <wick/ops/shapes.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// The same elements with the dimensions from start_dim to end_dim as one: (B, C, H, W) -> (B, C H W).
/// Negative numbers count from the end. Calls throw IndexError for dimensions that the input does not have,
/// ShapeError for those in the wrong order.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html
class Flatten {
 public:
  /// From start_dim to end_dim, both included.
  explicit Flatten(Index start_dim = 1, Index end_dim = -1) noexcept : start_(start_dim), end_(end_dim) {}
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  explicit Flatten(const Scope<T>& scope, Index start_dim = 1, Index end_dim = -1)
      : Flatten(start_dim, end_dim) {
    id_ = scope.is("Flatten", extra_repr());
  }

  /// y for a variable x; see autograd/broadcast.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = reshape(x, detail::flattened_shape(x.shape(), start_, end_));
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return "start_dim=" + std::to_string(start_) + ", end_dim=" + std::to_string(end_);
  }
  friend std::ostream& operator<<(std::ostream& out, const Flatten& f) {
    return out << "Flatten(" << f.extra_repr() << ")";
  }

 private:
  Index start_;
  Index end_;
  ModuleId id_;
};

WICK_END_NAMESPACE

#pragma once

// One dimension as several.

#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Dimension `dim` as several of these sizes, whose product it is: (B, 6) -> (B, 2, 3). One size may be -1
/// and follows from the others. A negative dimension counts from the end.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
class Unflatten {
 public:
  /// Throws ShapeError without sizes, for negative ones other than one -1, and for more elements than Index
  /// can count.
  Unflatten(Index dim, std::vector<Index> unflattened_size);
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  Unflatten(const Scope<T>& scope, Index dim, std::vector<Index> unflattened_size)
      : Unflatten(dim, std::move(unflattened_size)) {
    id_ = scope.is("Unflatten", extra_repr());
  }

  /// Throws IndexError for a dimension that x does not have, ShapeError for one of another size.
  template <class Input>
  [[nodiscard]] auto operator()(const Input& x) const {
    auto y = reshape(x, unflattened(x.shape()));
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const;
  friend std::ostream& operator<<(std::ostream& out, const Unflatten& u) {
    return out << "Unflatten(" << u.extra_repr() << ")";
  }

 private:
  [[nodiscard]] Shape unflattened(const Shape& shape) const;

  Index dim_;
  std::vector<Index> sizes_;
  Index known_ = 0;  ///< product of the sizes that are not -1
  ModuleId id_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/unflatten.ipp>
#endif

#pragma once

// One dimension as several.

#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/axes.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// Dimension `dim` as several of these sizes, whose product it is: (B, 6) -> (B, 2, 3). A negative dimension
/// counts from the end. https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
class Unflatten {
 public:
  Unflatten(Index dim, const Shape& unflattened_size) : dim_(dim), sizes_(unflattened_size) {}
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  Unflatten(const Scope<T>& scope, Index dim, const Shape& unflattened_size)
      : Unflatten(dim, unflattened_size) {
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
  [[nodiscard]] std::string extra_repr() const {
    std::string sizes;
    for (const Index size : sizes_.dims()) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
    return "dim=" + std::to_string(dim_) + ", unflattened_size=(" + sizes + (sizes_.dim() == 1 ? ",)" : ")");
  }
  friend std::ostream& operator<<(std::ostream& out, const Unflatten& u) {
    return out << "Unflatten(" << u.extra_repr() << ")";
  }

 private:
  [[nodiscard]] Shape unflattened(const Shape& shape) const {
    const auto axis = static_cast<std::ptrdiff_t>(detail::axis_of("unflatten", dim_, shape.dim()));
    if (shape.dim() == 0 || sizes_.numel() != shape[axis]) {
      throw ShapeError("unflatten: Provided sizes " + sizes_.str() +
                       " don't multiply up to the size of dim " + std::to_string(axis) + " (" +
                       std::to_string(shape.dim() == 0 ? 1 : shape[axis]) + ") in the input tensor");
    }
    std::array<Index, 2 * Shape::max_rank> dims{};
    auto at = std::copy_n(shape.dims().begin(), axis, dims.begin());
    at = std::ranges::copy(sizes_.dims(), at).out;
    at = std::copy(shape.dims().begin() + axis + 1, shape.dims().end(), at);
    return Shape(std::span<const Index>(dims.begin(), at));
  }

  Index dim_;
  Shape sizes_;
  ModuleId id_;
};

WICK_END_NAMESPACE

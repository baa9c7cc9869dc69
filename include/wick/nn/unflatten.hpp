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
  Unflatten(Index dim, std::vector<Index> unflattened_size) : dim_(dim), sizes_(std::move(unflattened_size)) {
    std::vector<Index> known(sizes_);
    if (const auto unknown = std::ranges::find(known, -1); unknown != known.end()) known.erase(unknown);
    const auto numel = checked_numel(known);
    if (sizes_.empty() || !numel || sizes_.size() > Shape::max_rank) {
      throw ShapeError("unflatten: unflattened_size must be at most " + std::to_string(Shape::max_rank) +
                       " sizes >= 0, one of which may be -1, got " + detail::list_text(sizes_));
    }
    known_ = static_cast<Index>(*numel);
  }
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
  [[nodiscard]] std::string extra_repr() const {
    std::string sizes;
    for (const Index size : sizes_) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
    return "dim=" + std::to_string(dim_) + ", unflattened_size=(" + sizes + (sizes_.size() == 1 ? ",)" : ")");
  }
  friend std::ostream& operator<<(std::ostream& out, const Unflatten& u) {
    return out << "Unflatten(" << u.extra_repr() << ")";
  }

 private:
  [[nodiscard]] Shape unflattened(const Shape& shape) const {
    const std::size_t axis = detail::axis_of("unflatten", dim_, shape.dim());
    const Index size = shape.dim() == 0 ? 1 : shape.dims()[axis];
    const bool infers = std::ranges::count(sizes_, -1) != 0;
    if (shape.dim() == 0 || (infers ? known_ == 0 || size % known_ != 0 : size != known_)) {
      throw ShapeError("unflatten: Provided sizes " + detail::list_text(sizes_) +
                       " don't multiply up to the size of dim " + std::to_string(axis) + " (" +
                       std::to_string(size) + ") in the input tensor");
    }
    std::array<Index, 2 * Shape::max_rank> dims{};
    const auto before = shape.dims().first(axis);
    const auto behind = shape.dims().subspan(axis + 1);
    auto at = std::ranges::copy(before, dims.begin()).out;
    at = std::ranges::transform(sizes_, at, [&](Index n) { return n == -1 ? size / known_ : n; }).out;
    at = std::ranges::copy(behind, at).out;
    return Shape(std::span<const Index>(dims.begin(), at));
  }

  Index dim_;
  std::vector<Index> sizes_;
  Index known_ = 0;  ///< product of the sizes that are not -1
  ModuleId id_;
};

WICK_END_NAMESPACE

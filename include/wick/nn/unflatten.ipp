#pragma once

// Definitions of nn/unflatten.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/unflatten.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE Unflatten::Unflatten(Index dim, std::vector<Index> unflattened_size)
    : dim_(dim), sizes_(std::move(unflattened_size)) {
  std::vector<Index> known(sizes_);
  if (const auto unknown = std::ranges::find(known, -1); unknown != known.end()) known.erase(unknown);
  const auto numel = checked_numel(known);
  if (sizes_.empty() || !numel || sizes_.size() > Shape::max_rank) {
    throw ShapeError("unflatten: unflattened_size must be at most " + std::to_string(Shape::max_rank) +
                     " sizes >= 0, one of which may be -1, got " + detail::list_text(sizes_));
  }
  known_ = static_cast<Index>(*numel);
}

WICK_INLINE std::string Unflatten::extra_repr() const {
  std::string sizes;
  for (const Index size : sizes_) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
  return "dim=" + std::to_string(dim_) + ", unflattened_size=(" + sizes + (sizes_.size() == 1 ? ",)" : ")");
}

WICK_INLINE Shape Unflatten::unflattened(const Shape& shape) const {
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

WICK_END_NAMESPACE

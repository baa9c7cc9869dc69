#pragma once

// Definitions of nn/detail/normalized_shape.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/detail/normalized_shape.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void NormalizedShape::check_input(const char* module, const Shape& x) const {
  const auto dims = shape_.dims();
  if (x.dim() >= dims.size() && std::ranges::equal(x.dims().last(dims.size()), dims)) return;
  std::string sizes;
  for (const Index n : dims) sizes += ", " + std::to_string(n);
  throw ShapeError(std::string(module) + ": Given normalized_shape=" + shape_.str() +
                   ", expected input with shape [*" + sizes + "], but got input of size " + x.str());
}

WICK_INLINE std::string NormalizedShape::str() const {
  std::string text;
  for (const Index n : shape_.dims()) text += (text.empty() ? "" : ", ") + std::to_string(n);
  return "(" + text + (is_one() ? ",)" : ")");
}

WICK_INLINE bool NormalizedShape::is_sound() const noexcept {
  return shape_.dim() > 0 && std::ranges::all_of(shape_.dims(), [](Index n) { return n > 0; });
}

WICK_INLINE void NormalizedShape::refuse(const std::string& module) const {
  throw OptionError(module + ": Expected normalized_shape to be at least 1-dimensional, of sizes >= 1, got " +
                    shape_.str());
}

}  // namespace detail

WICK_END_NAMESPACE

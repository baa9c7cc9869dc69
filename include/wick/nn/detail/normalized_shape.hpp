#pragma once

// The dimensions over which LayerNorm and RMSNorm normalise.

#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <string>

WICK_BEGIN_NAMESPACE
namespace detail {

[[nodiscard]] inline const char* python_bool(bool value) noexcept { return value ? "True" : "False"; }

/// The last dimensions of samples, over which LayerNorm and RMSNorm normalise.
class NormalizedShape {
 public:
  /// Throws OptionError unless there are dimensions, each of at least 1.
  template <Floating T>
  NormalizedShape(const Scope<T>& scope, const char* module, const Shape& shape) : shape_(shape) {
    const bool sound = shape.dim() > 0 && std::ranges::all_of(shape.dims(), [](Index n) { return n > 0; });
    if (sound) return;
    throw OptionError(scope.described(module) +
                      ": Expected normalized_shape to be at least 1-dimensional, of sizes >= 1, got " +
                      shape.str());
  }
  operator const Shape&() const noexcept { return shape_; }  // NOLINT(google-explicit-constructor): it is one
  [[nodiscard]] bool is_one() const noexcept { return shape_.dim() == 1; }

  /// Throws ShapeError unless x ends with these dimensions.
  void check_input(const char* module, const Shape& x) const {
    const auto dims = shape_.dims();
    if (x.dim() >= dims.size() && std::ranges::equal(x.dims().last(dims.size()), dims)) return;
    std::string sizes;
    for (const Index n : dims) sizes += ", " + std::to_string(n);
    throw ShapeError(std::string(module) + ": Given normalized_shape=" + shape_.str() +
                     ", expected input with shape [*" + sizes + "], but got input of size " + x.str());
  }
  /// x with these dimensions as one.
  template <class Value>
  [[nodiscard]] Value as_rows(const Value& x) const {
    return is_one() ? x : flatten(x, -static_cast<Index>(shape_.dim()), -1);
  }
  /// What print() begins with, `(5, 3)`.
  [[nodiscard]] std::string str() const {
    std::string text;
    for (const Index n : shape_.dims()) text += (text.empty() ? "" : ", ") + std::to_string(n);
    return "(" + text + (is_one() ? ",)" : ")");
  }

 private:
  Shape shape_;
};

}  // namespace detail
WICK_END_NAMESPACE

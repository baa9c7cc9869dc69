#pragma once

// The dimensions over which LayerNorm and RMSNorm normalise.

#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>
#include <wick/tensor/shape.hpp>

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
    if (!is_sound()) refuse(scope.described(module));
  }
  operator const Shape&() const noexcept { return shape_; }  // NOLINT(google-explicit-constructor): it is one
  [[nodiscard]] bool is_one() const noexcept { return shape_.dim() == 1; }

  /// Throws ShapeError unless x ends with these dimensions.
  void check_input(const char* module, const Shape& x) const;
  /// x with these dimensions as one.
  template <class Value>
  [[nodiscard]] Value as_rows(const Value& x) const {
    return is_one() ? x : flatten(x, -static_cast<Index>(shape_.dim()), -1);
  }
  /// What print() begins with, `(5, 3)`.
  [[nodiscard]] std::string str() const;

 private:
  [[nodiscard]] bool is_sound() const noexcept;
  [[noreturn]] void refuse(const std::string& module) const;

  Shape shape_;
};

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/detail/normalized_shape.ipp>
#endif

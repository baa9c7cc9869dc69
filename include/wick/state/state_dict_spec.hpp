#pragma once

// What a model expects of a state dict.

#include <wick/tensor/dtype.hpp>
#include <wick/tensor/shape.hpp>

#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What a model expects of a state dict.
struct StateDictSpec {
  /// One tensor of the model.
  struct Tensor {
    std::string name;  ///< in full: `output.weight`
    Shape shape;       ///< of the tensor
  };
  std::string class_name;       ///< for the message, e.g. `Network`
  std::vector<Tensor> tensors;  ///< in model order
  /// Paths of modules in model order, e.g. `hidden_layers`, `output`, `dropout`. Needed
  /// for modules without tensors, and for the others only to say which come before
  /// those: strays are reported module by module.
  std::vector<std::string> modules{};
};

namespace detail {

/// PyTorch would discard the imaginary parts of complex tensors with a warning: all parameters here are real.
[[nodiscard]] inline std::string complex_problem(const std::string& name, DType dtype) {
  return "While copying the parameter named \"" + name + "\", expected real numbers, got torch." +
         std::string(name_of(dtype)) + ": casting complex values to real would discard the imaginary part.";
}

/// Whether load_state_dict copies a tensor of shape `found` into one of shape
/// `wanted`: PyTorch still takes the one-element vectors that it once wrote for scalars.
inline bool loadable(const Shape& found, const Shape& wanted) noexcept {
  return found == wanted || (wanted.dim() == 0 && found.dim() == 1 && found.numel() == 1);
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Activation functions of one number beside ReLU and tanh. What each one computes is said in
// ops/activations.hpp.

#include <wick/version.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

// One class for each function, whose name is that in programs and messages. `Activation` below has the
// function and its derivative for vectors; autograd/activations.ipp the second derivative.

struct LeakyRelu {
  static constexpr const char* name = "leaky_relu";
};
struct Elu {
  static constexpr const char* name = "elu";
};
struct Selu {
  static constexpr const char* name = "selu";
};
struct Celu {
  static constexpr const char* name = "celu";
};
struct Silu {
  static constexpr const char* name = "silu";
};
struct Gelu {
  static constexpr const char* name = "gelu";
};
struct Mish {
  static constexpr const char* name = "mish";
};
/// Of beta 1.
struct Softplus {
  static constexpr const char* name = "softplus";
};
struct LogSigmoid {
  static constexpr const char* name = "log_sigmoid";
};
struct HardtanhMin {
  static constexpr const char* name = "hardtanh_min";
};
struct HardtanhMax {
  static constexpr const char* name = "hardtanh_max";
};
struct Hardsigmoid {
  static constexpr const char* name = "hardsigmoid";
};
struct Hardswish {
  static constexpr const char* name = "hardswish";
};
struct Hardshrink {
  static constexpr const char* name = "hardshrink";
};
struct Softshrink {
  static constexpr const char* name = "softshrink";
};
// For losses.

/// Like hardtanh_min, with the derivative 1 at the bound.
struct AtLeast {
  static constexpr const char* name = "at_least";
};
/// Of a difference.
struct Huber {
  static constexpr const char* name = "huber";
};

}  // namespace detail

WICK_END_NAMESPACE

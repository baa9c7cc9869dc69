#pragma once

// The activations between layers that a file can name.

#include <wick/base/error.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// What is applied to each element between layers.
enum class Activation {
  relu,       ///< max(x, 0), see ReLU
  tanh,       ///< see Tanh
  sigmoid,    ///< 1 / (1 + e^-x), see Sigmoid
  gelu_tanh,  ///< see GELU
  identity,   ///< x itself
};

namespace detail {

struct ActivationName {
  Activation activation;
  std::string_view name;   ///< in files
  std::string_view type;   ///< of the module in PyTorch
  std::string_view extra;  ///< printed in its parentheses
};
inline constexpr std::array<ActivationName, 5> activation_names{{
    {Activation::relu, "relu", "ReLU", ""},
    {Activation::tanh, "tanh", "Tanh", ""},
    {Activation::sigmoid, "sigmoid", "Sigmoid", ""},
    {Activation::gelu_tanh, "gelu_tanh", "GELU", "approximate='tanh'"},
    {Activation::identity, "identity", "Identity", ""},
}};

/// Throws OptionError for a number that is none of them.
[[nodiscard]] inline const ActivationName& names_of(Activation activation) {
  for (const ActivationName& names : activation_names) {
    if (names.activation == activation) return names;
  }
  throw OptionError("Activation: there is none with the number " +
                    std::to_string(static_cast<int>(activation)));
}

}  // namespace detail

/// The name in files: `gelu_tanh`. Throws OptionError for a number that is no activation.
[[nodiscard]] inline std::string_view activation_name(Activation activation) {
  return detail::names_of(activation).name;
}
/// The activation of this name, or nothing.
[[nodiscard]] inline std::optional<Activation> activation_named(std::string_view name) noexcept {
  for (const auto& names : detail::activation_names) {
    if (names.name == name) return names.activation;
  }
  return std::nullopt;
}

namespace detail {

/// y for a variable or a symbol x; see autograd/elementwise.hpp.
template <class Input>
[[nodiscard]] Input apply_activation(Activation activation, const Input& x) {
  switch (activation) {
    case Activation::relu:
      return relu(x);
    case Activation::tanh:
      return tanh(x);
    case Activation::sigmoid:
      return sigmoid(x);
    case Activation::gelu_tanh:
      return gelu_tanh(x);
    case Activation::identity:
      break;
  }
  return x;
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// An activation that is chosen when the program runs.

#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>

#include <array>
#include <optional>
#include <ostream>
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

/// Applies an activation; in a model's print it is what it applies, such as `Tanh()`.
class ActivationLayer {
 public:
  /// Throws OptionError for a number that is no activation.
  explicit ActivationLayer(Activation activation) : names_(&detail::names_of(activation)) {}
  /// As a part of a model that has it in its modules.
  template <Floating T>
  ActivationLayer(const Scope<T>& scope, Activation activation)
      : names_(&detail::names_of(activation)), id_(scope.is(names_->type, names_->extra)) {}

  /// What it applies.
  [[nodiscard]] Activation activation() const noexcept { return names_->activation; }

  /// y for a variable x; see autograd/elementwise.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    switch (activation()) {
      case Activation::relu:
        return id_.returned(relu(x));
      case Activation::tanh:
        return id_.returned(tanh(x));
      case Activation::sigmoid:
        return id_.returned(sigmoid(x));
      case Activation::gelu_tanh:
        return id_.returned(gelu_tanh(x));
      case Activation::identity:
        break;
    }
    return id_.returned(x);
  }

  friend std::ostream& operator<<(std::ostream& out, const ActivationLayer& layer) {
    return out << layer.names_->type << '(' << layer.names_->extra << ')';
  }

 private:
  const detail::ActivationName* names_;
  ModuleId id_;
};

WICK_END_NAMESPACE

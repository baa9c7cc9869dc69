#pragma once

// An activation that is chosen when the program runs.

#include <wick/nn/activation_function.hpp>
#include <wick/nn/scope.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

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
    return id_.returned(detail::apply_activation(activation(), x));
  }

  friend std::ostream& operator<<(std::ostream& out, const ActivationLayer& layer) {
    return out << layer.names_->type << '(' << layer.names_->extra << ')';
  }

 private:
  const detail::ActivationName* names_;
  ModuleId id_;
};

WICK_END_NAMESPACE

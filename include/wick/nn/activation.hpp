#pragma once

// An activation that is chosen when the program runs.

#include <wick/nn/activation_function.hpp>
#include <wick/nn/scope.hpp>

#include <ostream>
#include <string>

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
  /// The same of a module, which is not empty.
  template <Floating T>
  ActivationLayer(const Scope<T>& scope, const ModuleActivation& module)
      : module_(module), id_(scope.is(std::string(module.type()), module.extra_repr())) {}

  /// What it applies, unless it is a module.
  [[nodiscard]] Activation activation() const noexcept { return names_->activation; }
  /// The module that it applies, if any.
  [[nodiscard]] const ModuleActivation& module() const noexcept { return module_; }

  /// y for a variable x; see autograd/elementwise.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    return id_.returned(detail::apply_activation(activation(), module_, x));
  }

  friend std::ostream& operator<<(std::ostream& out, const ActivationLayer& layer) {
    if (!layer.module_.empty())
      return out << layer.module_.type() << '(' << layer.module_.extra_repr() << ')';
    return out << layer.names_->type << '(' << layer.names_->extra << ')';
  }

 private:
  const detail::ActivationName* names_ = detail::activation_names.data();
  ModuleActivation module_;
  ModuleId id_;
};

WICK_END_NAMESPACE

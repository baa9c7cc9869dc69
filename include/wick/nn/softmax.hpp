#pragma once

// Modules that compute along a dimension: softmax, softmin and the gated linear unit.

#include <wick/nn/scope.hpp>
#include <wick/ops/activations.hpp>
#include <wick/ops/softmax.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// What these have in common: a dimension, and that a class names itself (`name`) and calls its function in
/// `apply(x, dim)`.
template <class Module>
class DimensionModule {
 public:
  /// Negative dimensions count from the end.
  explicit DimensionModule(Index dim) noexcept : dim_(dim) {}
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  DimensionModule(const Scope<T>& scope, Index dim) : dim_(dim), id_(scope.is(Module::name, extra_repr())) {}

  /// y for a tensor, variable or symbol x. Throws IndexError for a dimension that x does not have.
  template <class Input>
  [[nodiscard]] auto operator()(const Input& x) const {
    auto y = Module::apply(x, dim_);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const { return "dim=" + std::to_string(dim_); }
  friend std::ostream& operator<<(std::ostream& out, const Module& m) {
    return out << Module::name << "(" << m.extra_repr() << ")";
  }

 private:
  Index dim_;
  ModuleId id_;
};

/// exp(x) divided by its sum over the dimension.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
class Softmax : public DimensionModule<Softmax> {
 public:
  using DimensionModule::DimensionModule;
  static constexpr const char* name = "Softmax";
  static auto apply(const auto& x, Index dim) { return softmax(x, dim); }
};

/// Softmax of -x. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html
class Softmin : public DimensionModule<Softmin> {
 public:
  using DimensionModule::DimensionModule;
  static constexpr const char* name = "Softmin";
  static auto apply(const auto& x, Index dim) { return softmin(x, dim); }
};

/// The first half of the dimension times the sigmoid of the second.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html
class GLU : public DimensionModule<GLU> {
 public:
  /// Negative dimensions count from the end.
  explicit GLU(Index dim = -1) noexcept : DimensionModule(dim) {}
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  explicit GLU(const Scope<T>& scope, Index dim = -1) : DimensionModule(scope, dim) {}
  static constexpr const char* name = "GLU";
  static auto apply(const auto& x, Index dim) { return glu(x, dim); }
};

WICK_END_NAMESPACE

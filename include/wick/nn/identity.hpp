#pragma once

// Nothing, where a module is wanted.

#include <wick/nn/scope.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// y = x. https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html
class Identity {
 public:
  Identity() = default;
  /// As a part of a model that has it in its modules.
  template <Floating T>
  explicit Identity(const Scope<T>& scope) : id_(scope.is("Identity")) {}

  /// x itself, of any kind.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    id_.tell(x);
    return x;
  }

  friend std::ostream& operator<<(std::ostream& out, const Identity&) { return out << "Identity()"; }

 private:
  ModuleId id_;
};

WICK_END_NAMESPACE

#pragma once

// Where a module adds its parameters.

#include <wick/random/generator.hpp>
#include <wick/state/parameter_block.hpp>

#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

/// A model under construction, as one of its modules sees it: the block of parameters, the prefix of their
/// names, and the generator that their values are drawn from.
///
/// A module passes `scope / "up"` on to its member `up`. Parameters are named, laid out and drawn in the
/// order in which modules are constructed, which is that of the members.
template <Floating T = float>
class Scope {
 public:
  Scope(ParameterBlock<T>& block, Generator& generator, std::string prefix = {})
      : block_(&block), generator_(&generator), prefix_(std::move(prefix)) {}
  /// For parameters that are loaded next: nothing is drawn, they are zero.
  explicit Scope(ParameterBlock<T>& block, std::string prefix = {})
      : block_(&block), generator_(nullptr), prefix_(std::move(prefix)) {}

  [[nodiscard]] Scope operator/(const std::string& name) const {
    Scope inner(*this);
    inner.prefix_ = path(name);
    return inner;
  }
  /// Of element `i` of a list.
  [[nodiscard]] Scope operator/(Index i) const { return *this / std::to_string(i); }

  [[nodiscard]] ParameterBlock<T>& block() const noexcept { return *block_; }
  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
  /// Whether values are drawn.
  [[nodiscard]] bool draws() const noexcept { return generator_ != nullptr; }
  [[nodiscard]] Generator& generator() const noexcept { return *generator_; }

  /// Adds a parameter of this name below the prefix, filled with `value`.
  Slot add(const std::string& name, const Shape& shape, T value = T(0)) const {
    const Slot slot = block_->add(path(name), shape);
    if (draws()) block_->value(slot).fill(value);
    return slot;
  }

 private:
  [[nodiscard]] std::string path(const std::string& name) const {
    return prefix_.empty() ? name : prefix_ + "." + name;
  }

  ParameterBlock<T>* block_;
  Generator* generator_;
  std::string prefix_;
};

WICK_END_NAMESPACE

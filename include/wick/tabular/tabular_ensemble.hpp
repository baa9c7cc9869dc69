#pragma once

// Several networks for the rows of tables that predict together.

#include <wick/autograd.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/module_list.hpp>
#include <wick/nn/scope.hpp>
#include <wick/tabular/tabular_network.hpp>

WICK_BEGIN_NAMESPACE

/// Networks of one size whose answers are averaged: of classes the log of the mean of their probabilities,
/// else the mean of their numbers. It predicts like any model, and trains as a whole.
template <Floating T = float>
class TabularEnsemble {
 public:
  using Scalar = T;

  /// `members` networks, >= 1. `classes` says what the outputs are. Throws OptionError as TabularNetwork
  /// does.
  TabularEnsemble(const Scope<T>& scope, Index members, bool classes, const TabularSizes& sizes,
                  const TabularNetworkOptions& options = {})
      : classes_(classes), members_(scope / "members", members, sizes, options) {
    if (members < 1) {
      throw OptionError("TabularEnsemble: expected members >= 1, got " + std::to_string(members));
    }
    scope.is("TabularEnsemble");
  }

  /// x (B, features) -> (B, outputs): log-probabilities, or numbers.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    // One network by itself: more accurate than the log of its probabilities.
    if (members_.size() == 1) return classes_ ? log_softmax(members_[0](x), 1) : members_[0](x);
    Input sum = answer(members_[0], x);
    for (Index i = 1; i < members_.size(); ++i) sum = sum + answer(members_[i], x);
    const Input mean = sum * (T(1) / static_cast<T>(members_.size()));
    // Its log-softmax is the log of a mean of probabilities, as these have the sum 1; by it others see
    // classes.
    return classes_ ? log_softmax(log(mean + static_cast<T>(1e-30)), 1) : mean;
  }

  /// The networks.
  [[nodiscard]] const ModuleList<TabularNetwork<T>>& members() const noexcept { return members_; }
  /// Whether the outputs are those of classes.
  [[nodiscard]] bool classes() const noexcept { return classes_; }

 private:
  template <class Input>
  [[nodiscard]] Input answer(const TabularNetwork<T>& member, const Input& x) const {
    const Input y = member(x);
    return classes_ ? softmax(y, 1) : y;
  }

  bool classes_;
  ModuleList<TabularNetwork<T>> members_;
};

WICK_END_NAMESPACE

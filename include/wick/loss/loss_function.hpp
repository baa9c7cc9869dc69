#pragma once

// What losses as values have in common.

#include <wick/version.hpp>

#include <ostream>
#include <utility>

WICK_BEGIN_NAMESPACE

/// A function of variables and its options, as a value that is called with variables and targets. A loss
/// names itself (`name`) and calls its function in `compute(options, inputs...)`; the function is found by
/// what it is called with, so the header that records it has to be included.
template <class Loss, class Options>
class LossFunction {
 public:
  /// Nothing is checked before the call.
  explicit LossFunction(Options options = {}) : options_(std::move(options)) {}

  /// What it was made with.
  [[nodiscard]] const Options& options() const noexcept { return options_; }

  /// Throws what the function throws.
  template <class... Inputs, class Itself = Loss>  // complete when this is called
  [[nodiscard]] auto operator()(const Inputs&... inputs) const
      -> decltype(Itself::compute(std::declval<const Options&>(), inputs...)) {
    return Itself::compute(options_, inputs...);
  }

  friend std::ostream& operator<<(std::ostream& out, const Loss&) { return out << Loss::name << "()"; }

 private:
  Options options_;
};

WICK_END_NAMESPACE

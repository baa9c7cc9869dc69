#pragma once

// Cross-entropy of scores and classes.

#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <ostream>
#include <utility>

WICK_BEGIN_NAMESPACE

/// cross_entropy() as a value: NLLLoss of the log-softmax of variables x (B, C), for classes (B). What it is
/// called with has to be known: include autograd/losses.hpp.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
template <Floating T = float>
class CrossEntropyLoss {
 public:
  /// Throws OptionError as NLLLoss does.
  explicit CrossEntropyLoss(NLLLossOptions<T> options = {}) : nll_(std::move(options)) {}

  [[nodiscard]] const NLLLossOptions<T>& options() const noexcept { return nll_.options(); }

  /// Throws ShapeError when shapes do not fit, and IndexError for a target outside [0, C) that is not
  /// ignore_index.
  template <class Input>
  [[nodiscard]] auto operator()(const Input& x, const TensorArg<std::int64_t>& target) const
      -> decltype(cross_entropy(x, target, NLLLossOptions<T>())) {
    return cross_entropy(x, target, options());
  }

  friend std::ostream& operator<<(std::ostream& out, const CrossEntropyLoss&) {
    return out << "CrossEntropyLoss()";
  }

 private:
  NLLLoss<T> nll_;
};

WICK_END_NAMESPACE

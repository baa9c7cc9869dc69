#pragma once

// Cross-entropy of scores and classes.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/loss/loss_function.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <optional>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

void check_label_smoothing(double smoothing);

}  // namespace detail

template <Floating T = float>
struct CrossEntropyLossOptions {
  /// One weight for each class, which may be negative as in PyTorch; all 1 when absent.
  std::optional<Tensor<T>> weight = std::nullopt;
  /// Rows with this target count for nothing. Of classes only.
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of rows
  /// The part of each row's target that is spread over all classes; in [0, 1].
  double label_smoothing = 0.0;
};

/// cross_entropy() as a value: of variables x (B, C) and classes (B), or the probabilities of all classes (B,
/// C). What it is called with has to be known: include autograd/losses.hpp.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
template <Floating T = float>
class CrossEntropyLoss : public LossFunction<CrossEntropyLoss<T>, CrossEntropyLossOptions<T>> {
 public:
  /// Throws OptionError as NLLLoss does, and for label_smoothing outside of [0, 1].
  explicit CrossEntropyLoss(CrossEntropyLossOptions<T> options = {})
      : LossFunction<CrossEntropyLoss, CrossEntropyLossOptions<T>>(checked(std::move(options))) {}

  static constexpr const char* name = "CrossEntropyLoss";
  static auto compute(const CrossEntropyLossOptions<T>& options, const auto& x, const auto& target)
      -> decltype(cross_entropy(x, target, options)) {
    return cross_entropy(x, target, options);
  }

 private:
  static CrossEntropyLossOptions<T>&& checked(CrossEntropyLossOptions<T>&& options) {
    static_cast<void>(NLLLoss<T>({.weight = options.weight}));
    detail::check_label_smoothing(options.label_smoothing);
    return std::move(options);
  }
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/loss/cross_entropy.ipp>
#endif

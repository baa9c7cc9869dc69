#pragma once

// Negative log-likelihood on log-probabilities.

#include <wick/base/error.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <utility>

WICK_BEGIN_NAMESPACE

/// How a loss combines the values of its rows.
enum class Reduction {
  mean,  ///< weighted mean
  sum,   ///< weighted sum
  none,  ///< one value for each row
};

template <Floating T = float>
struct NLLLossOptions {
  /// One weight for each class, which may be negative as in PyTorch; all 1 when absent.
  std::optional<Tensor<T>> weight = std::nullopt;
  /// Rows with this target count for nothing.
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of rows
};

namespace detail {

/// See NLLLoss::check_batch(); `weight` is null where there is none.
void check_nll_batch(const Shape& log_probs, TensorView<const std::int64_t> target, const Shape* weight,
                     std::int64_t ignore_index);

}  // namespace detail

/// loss_b = -w[t_b] * logp[b, t_b], for log-probabilities (B, C) and targets (B).
///
/// mean: sum_b loss_b / sum_b w[t_b]; NaN when no row counts. sum: sum_b loss_b.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
template <Floating T = float>
class NLLLoss {
 public:
  /// Throws OptionError for a weight tensor that is not one-dimensional or has an
  /// entry that is not finite.
  explicit NLLLoss(NLLLossOptions<T> options = {});

  /// What it was made with.
  [[nodiscard]] const NLLLossOptions<T>& options() const noexcept { return options_; }

  /// The loss of a batch, for Reduction::mean and Reduction::sum.
  ///
  /// Throws ShapeError when shapes do not fit, IndexError for a target outside
  /// [0, C) that is not ignore_index, OptionError for Reduction::none.
  [[nodiscard]] T operator()(TensorArg<T> log_probs, TensorArg<std::int64_t> target) const;

  /// nll_loss() of log-probabilities on a tape, with these options and any reduction; include
  /// autograd/losses.hpp. Throws what that throws.
  template <class Input>
  [[nodiscard]] auto operator()(const Input& log_probs, const TensorArg<std::int64_t>& target) const
      -> decltype(nll_loss(log_probs, target, NLLLossOptions<T>())) {
    return nll_loss(log_probs, target, options_);
  }

  /// loss_b for every row, whatever the reduction; 0 for ignored rows.
  [[nodiscard]] Tensor<T> values(TensorArg<T> log_probs, TensorArg<std::int64_t> target) const;

  /// Sets grad (B, C) to the derivative of the loss by log_probs.
  ///
  /// For Reduction::none `upstream` (B) holds the derivative by each row's loss; it
  /// must be empty otherwise. Throws as operator() does.
  void backward(TensorArg<T> log_probs, TensorArg<std::int64_t> target, TensorView<T> grad,
                TensorArg<T> upstream = {}) const;

  /// The same into a tensor, which gets the shape of log_probs: the last batch of a pass may be smaller.
  void backward(TensorArg<T> log_probs, TensorArg<std::int64_t> target, Tensor<T>& grad,
                TensorArg<T> upstream = {}) const;

  /// Throws what operator() throws for shapes and targets that do not fit, with the weight and ignore_index
  /// of any options.
  template <class Options>
  static void check_batch(const Shape& log_probs, TensorView<const std::int64_t> target,
                          const Options& options) {
    detail::check_nll_batch(log_probs, target, options.weight ? &options.weight->shape() : nullptr,
                            options.ignore_index);
  }

  friend std::ostream& operator<<(std::ostream& out, const NLLLoss&) { return out << "NLLLoss()"; }

 private:
  /// Null when all are 1.
  [[nodiscard]] const T* class_weights() const noexcept {
    return options_.weight ? options_.weight->data() : nullptr;
  }

  /// backward() once the other arguments were found to fit; throws for `upstream`.
  void write_gradient(Index classes, TensorView<const std::int64_t> target, T* grad,
                      TensorView<const T> upstream) const;

  void check_batch(const Shape& log_probs, TensorView<const std::int64_t> target) const {
    check_batch(log_probs, target, options_);
  }

  NLLLossOptions<T> options_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/loss/nll.ipp>
#endif

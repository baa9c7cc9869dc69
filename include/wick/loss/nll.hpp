#pragma once

// Negative log-likelihood on log-probabilities.

#include <wick/base/number.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
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

/// loss_b = -w[t_b] * logp[b, t_b], for log-probabilities (B, C) and targets (B).
///
/// mean: sum_b loss_b / sum_b w[t_b]; NaN when no row counts. sum: sum_b loss_b.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
template <Floating T = float>
class NLLLoss {
 public:
  /// Throws OptionError for a weight tensor that is not one-dimensional or has an
  /// entry that is not finite.
  explicit NLLLoss(NLLLossOptions<T> options = {}) : options_(std::move(options)) {
    if (!options_.weight) return;
    if (options_.weight->dim() != 1) {
      throw OptionError("NLLLoss: weight must have one dimension, got shape " +
                        options_.weight->shape().str());
    }
    for (const T w : options_.weight->span()) {
      if (!std::isfinite(w)) {
        throw OptionError("NLLLoss: weights must be finite, got " + python_repr(static_cast<double>(w)));
      }
    }
  }

  /// What it was made with.
  [[nodiscard]] const NLLLossOptions<T>& options() const noexcept { return options_; }

  /// The loss of a batch, for Reduction::mean and Reduction::sum.
  ///
  /// Throws ShapeError when shapes do not fit, IndexError for a target outside
  /// [0, C) that is not ignore_index, OptionError for Reduction::none.
  [[nodiscard]] T operator()(TensorArg<T> log_probs, TensorArg<std::int64_t> target) const {
    if (options_.reduction == Reduction::none) {
      throw OptionError("NLLLoss: reduction none gives one value for each row; call values()");
    }
    check_batch(log_probs.shape(), target);
    const Index classes = log_probs.shape()[1];
    const std::int64_t ignored = options_.ignore_index;
    const T* const weights = class_weights();
    double total = 0;
    double total_weight = 0;
    for (Index b = 0; b < target.numel(); ++b) {
      const std::int64_t t = target.data()[b];
      if (t == ignored) continue;
      const double w = weights == nullptr ? 1 : static_cast<double>(weights[t]);
      total -= w * static_cast<double>(log_probs.data()[b * classes + t]);
      total_weight += w;
    }
    return static_cast<T>(options_.reduction == Reduction::mean ? total / total_weight : total);
  }

  /// nll_loss() of log-probabilities on a tape, with these options and any reduction; include
  /// autograd/losses.hpp. Throws what that throws.
  template <class Input>
  [[nodiscard]] auto operator()(const Input& log_probs, const TensorArg<std::int64_t>& target) const
      -> decltype(nll_loss(log_probs, target, NLLLossOptions<T>())) {
    return nll_loss(log_probs, target, options_);
  }

  /// loss_b for every row, whatever the reduction; 0 for ignored rows.
  [[nodiscard]] Tensor<T> values(TensorArg<T> log_probs, TensorArg<std::int64_t> target) const {
    check_batch(log_probs.shape(), target);
    const Index classes = log_probs.shape()[1];
    const T* const weights = class_weights();
    Tensor<T> losses(Shape{target.numel()});
    for (Index b = 0; b < target.numel(); ++b) {
      const std::int64_t t = target.data()[b];
      const bool counts = t != options_.ignore_index;
      const T w = counts && weights != nullptr ? weights[t] : T(1);
      losses.data()[b] = counts ? -w * log_probs.data()[b * classes + t] : T(0);
    }
    return losses;
  }

  /// Sets grad (B, C) to the derivative of the loss by log_probs.
  ///
  /// For Reduction::none `upstream` (B) holds the derivative by each row's loss; it
  /// must be empty otherwise. Throws as operator() does.
  void backward(TensorArg<T> log_probs, TensorArg<std::int64_t> target, TensorView<T> grad,
                TensorArg<T> upstream = {}) const {
    check_batch(log_probs.shape(), target);
    if (!(grad.shape() == log_probs.shape())) {
      throw ShapeError("NLLLoss::backward: expected a gradient of shape " + log_probs.shape().str() +
                       ", got " + grad.shape().str());
    }
    write_gradient(log_probs.shape()[1], target, grad.data(), upstream);
  }

  /// The same into a tensor, which gets the shape of log_probs: the last batch of a pass may be smaller.
  void backward(TensorArg<T> log_probs, TensorArg<std::int64_t> target, Tensor<T>& grad,
                TensorArg<T> upstream = {}) const {
    check_batch(log_probs.shape(), target);
    grad.resize(log_probs.shape());
    write_gradient(log_probs.shape()[1], target, grad.data(), upstream);
  }

  /// Throws what operator() throws for shapes and targets that do not fit, with the weight and ignore_index
  /// of any options.
  template <class Options>
  static void check_batch(const Shape& log_probs, TensorView<const std::int64_t> target,
                          const Options& options) {
    if (log_probs.dim() != 2 || target.dim() != 1) {
      throw ShapeError("NLLLoss: expected log-probabilities (B, C) and targets (B), got " + log_probs.str() +
                       " and " + target.shape().str());
    }
    if (log_probs[0] != target.numel()) {
      throw ShapeError("NLLLoss: Expected input batch_size (" + std::to_string(log_probs[0]) +
                       ") to match target batch_size (" + std::to_string(target.numel()) + ").");
    }
    const Index classes = log_probs[1];
    if (options.weight && options.weight->numel() != classes) {
      throw ShapeError(
          "NLLLoss: weight tensor should be defined either for all " + std::to_string(classes) +
          " classes or no classes but got weight tensor of shape: " + options.weight->shape().str());
    }
    const std::int64_t ignored = options.ignore_index;
    for (Index b = 0; b < target.numel(); ++b) {
      const std::int64_t t = target.data()[b];
      if ((t < 0 || t >= classes) && t != ignored) {
        throw IndexError("NLLLoss: Target " + std::to_string(t) + " is out of bounds: row " +
                         std::to_string(b) + " must hold a class in [0, " + std::to_string(classes) +
                         ") or ignore_index (" + std::to_string(options.ignore_index) + ")");
      }
    }
  }

  friend std::ostream& operator<<(std::ostream& out, const NLLLoss&) { return out << "NLLLoss()"; }

 private:
  /// Null when all are 1.
  [[nodiscard]] const T* class_weights() const noexcept {
    return options_.weight ? options_.weight->data() : nullptr;
  }

  /// backward() once the other arguments were found to fit; throws for `upstream`.
  void write_gradient(Index classes, TensorView<const std::int64_t> target, T* grad,
                      TensorView<const T> upstream) const {
    const Index rows = target.numel();
    const bool none = options_.reduction == Reduction::none;
    if (upstream.numel() != (none ? rows : 0)) {
      throw ShapeError("NLLLoss::backward: expected " + std::to_string(none ? rows : 0) +
                       " upstream derivatives, got shape " + upstream.shape().str());
    }
    const std::int64_t* const targets = target.data();
    const std::int64_t ignored = options_.ignore_index;
    const T* const weights = class_weights();
    double scale = 1;
    if (options_.reduction == Reduction::mean) {
      double total = 0;
      if (weights == nullptr) {
        total = static_cast<double>(rows - std::count(targets, targets + rows, ignored));
      } else {
        for (Index b = 0; b < rows; ++b) {
          if (targets[b] != ignored) total += static_cast<double>(weights[targets[b]]);
        }
      }
      scale = 1 / total;
    }
    std::fill_n(grad, rows * classes, T(0));
    for (Index b = 0; b < rows; ++b) {
      const std::int64_t t = targets[b];
      if (t == ignored) continue;
      const double up = none ? static_cast<double>(upstream.data()[b]) : scale;
      const double w = weights == nullptr ? 1 : static_cast<double>(weights[t]);
      grad[b * classes + t] = static_cast<T>(-w * up);
    }
  }

  void check_batch(const Shape& log_probs, TensorView<const std::int64_t> target) const {
    check_batch(log_probs, target, options_);
  }

  NLLLossOptions<T> options_;
};

WICK_END_NAMESPACE

#pragma once

// The share of samples whose class is among the best scores.

#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

WICK_BEGIN_NAMESPACE

/// The share of samples whose class is one of those with the k largest scores, each by its weight. Of equal
/// scores the later class is the better one, as in scikit-learn's top_k_accuracy_score().
class TopKAccuracy {
 public:
  /// Throws OptionError unless k >= 1.
  explicit TopKAccuracy(Index k) : k_(k), name_("Top-" + std::to_string(k) + " accuracy") {
    if (k < 1) throw OptionError("TopKAccuracy: k must be >= 1, got " + std::to_string(k));
  }

  [[nodiscard]] const std::string& name() const& noexcept { return name_; }
  [[nodiscard]] std::string name() && noexcept { return std::move(name_); }

  /// Scores (B, C) and classes (B). Throws ShapeError, and IndexError for a class that is not in [0, C).
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets) {
    detail::check_classes(scores, targets, "TopKAccuracy");
    add(scores, targets, detail::SampleWeights<T>());
  }
  /// The same with weights (B), finite and >= 0; throws OptionError for others.
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    detail::check_classes(scores, targets, "TopKAccuracy");
    add(scores, targets, detail::SampleWeights<T>(weights, targets.numel(), "TopKAccuracy"));
  }
  /// NaN for no samples.
  [[nodiscard]] double result() const noexcept { return right_ / total_; }

 private:
  template <Floating T>
  void add(TensorView<const T> scores, TensorArg<std::int64_t> targets,
           const detail::SampleWeights<T>& weights) {
    const Index classes = scores.size(1);
    for (Index b = 0; b < targets.numel(); ++b) {
      const T* const row = scores.data() + b * classes;
      const auto target = static_cast<Index>(targets.data()[b]);
      Index better = 0;
      for (Index c = 0; c < classes; ++c) {
        if (row[c] > row[target] || (row[c] == row[target] && c > target)) ++better;
      }
      if (better < k_) right_ += weights[b];
      total_ += weights[b];
    }
  }

  Index k_;
  std::string name_;
  double right_ = 0;
  double total_ = 0;
};

WICK_END_NAMESPACE

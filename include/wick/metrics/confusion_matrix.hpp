#pragma once

// How often each class is taken for which.

#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Counts, over batches, of the samples of class `target` that were taken for class `predicted`, or the sums
/// of their weights. It grows to the classes that come; scikit-learn's confusion_matrix with labels 0 to C
/// - 1.
class ConfusionMatrix {
 public:
  /// `threshold` is for binary scores: 0 for logits, 0.5 for probabilities.
  explicit ConfusionMatrix(double threshold = 0) noexcept : threshold_(threshold) {}

  /// Scores (B, C), of which the largest is predicted, the first of equal ones, and classes (B), each < C.
  /// Throws ShapeError and IndexError.
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets) {
    detail::check_classes(scores, targets, where);
    add_scores(scores, targets, detail::SampleWeights<T>());
  }
  /// The same with weights (B), finite and >= 0; throws OptionError for others.
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    detail::check_classes(scores, targets, where);
    add_scores(scores, targets, detail::SampleWeights<T>(weights, targets.numel(), where));
  }
  /// Binary scores and targets, 0 or 1, of one shape: class 1 is predicted above the threshold, as
  /// BinaryAccuracy does, and meant by targets above 1/2. Throws ShapeError.
  template <Floating T>
  void accumulate(TensorView<const T> scores, std::type_identity_t<TensorArg<T>> targets) {
    detail::check_equal_shapes<T>(scores, targets, where);
    reserve(2);
    for (Index i = 0; i < scores.numel(); ++i) {
      const bool predicted = static_cast<double>(scores.data()[i]) > threshold_;
      add(targets.data()[i] > T(0.5) ? 1 : 0, predicted ? 1 : 0, 1);
    }
  }
  /// Predicted classes (B). Throws ShapeError, and IndexError for a negative class or one of more than
  /// 10,000.
  void accumulate(TensorArg<std::int64_t> predicted, TensorArg<std::int64_t> targets);
  void accumulate(TensorArg<std::int64_t> predicted, TensorArg<std::int64_t> targets,
                  TensorArg<double> weights);

  /// Classes so far.
  [[nodiscard]] Index classes() const noexcept { return classes_; }
  /// Samples of class `target` taken for `predicted`. Throws IndexError.
  [[nodiscard]] double at(Index target, Index predicted) const;
  /// All of them, (C, C); row `target`.
  [[nodiscard]] Tensor<double> counts() const;
  /// Whether there was a sample of this class, or one taken for it, whatever its weight. Throws IndexError.
  [[nodiscard]] bool has_class(Index i) const;

  /// Samples of a class. Throws IndexError.
  [[nodiscard]] double targets(Index i) const;
  /// Samples taken for a class. Throws IndexError.
  [[nodiscard]] double predictions(Index i) const;
  /// All samples.
  [[nodiscard]] double total() const noexcept;
  /// Those that were right.
  [[nodiscard]] double right() const noexcept;
  /// right() / total(), each sample by its weight; NaN for no samples.
  [[nodiscard]] double accuracy() const noexcept { return right() / total(); }

 private:
  static constexpr const char* where = "ConfusionMatrix";
  static constexpr Index most_classes = 10'000;

  template <Floating T>
  void add_scores(TensorView<const T> scores, TensorArg<std::int64_t> targets,
                  const detail::SampleWeights<T>& weights) {
    const Index width = scores.size(1);
    reserve(width);
    for (Index b = 0; b < targets.numel(); ++b) {
      add(targets.data()[b], detail::largest_of(scores.data() + b * width, width), weights[b]);
    }
  }
  void add_classes(TensorArg<std::int64_t> predicted, TensorArg<std::int64_t> targets,
                   const detail::SampleWeights<double>& weights);

  void reserve(Index classes);
  void add(std::int64_t target, std::int64_t predicted, double weight);

  double threshold_;
  Index classes_ = 0;
  std::vector<double> counts_;
  std::vector<bool> has_class_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/metrics/confusion_matrix.ipp>
#endif

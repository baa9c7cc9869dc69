#pragma once

// What a confusion matrix says: precision, recall, F1, balanced accuracy, correlation, kappa.
// Source of the definitions, and of what is said where they are undefined: scikit-learn,
// https://scikit-learn.org/stable/modules/model_evaluation.html

#include <wick/metrics/confusion_matrix.hpp>
#include <wick/metrics/metric.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// How the values of classes become one.
enum class Average {
  binary,    ///< that of class 1
  micro,     ///< of all samples together
  macro,     ///< the mean over the classes
  weighted,  ///< the mean over the classes, each as often as it is a target
};

namespace detail {

/// A metric that is made of a confusion matrix; takes what ConfusionMatrix takes.
class OfConfusions {
 public:
  explicit OfConfusions(double threshold) noexcept : matrix_(threshold) {}

  /// One more batch. Throws what ConfusionMatrix::accumulate() throws.
  template <class... Arguments>
  requires requires(ConfusionMatrix& matrix, const Arguments&... arguments) {
    matrix.accumulate(arguments...);
  }
  void accumulate(const Arguments&... arguments) { matrix_.accumulate(arguments...); }

  /// The counts so far.
  [[nodiscard]] const ConfusionMatrix& matrix() const& noexcept { return matrix_; }
  void matrix() const&& = delete;

 protected:
  /// a / b, or 0 where there is nothing to divide by.
  [[nodiscard]] static double ratio(double a, double b) noexcept { return b == 0 ? 0 : a / b; }
  [[nodiscard]] static double none() noexcept { return std::numeric_limits<double>::quiet_NaN(); }

  /// `value(right, targets, predictions)` of classes, averaged. Classes that neither were meant nor predicted
  /// do not count. NaN without samples.
  template <class Value>
  [[nodiscard]] double averaged(Average average, Value value) const {
    const Index classes = matrix_.classes();
    if (classes == 0) return none();
    if (average == Average::binary) {
      return classes < 2 ? value(0.0, 0.0, 0.0)
                         : value(matrix_.at(1, 1), matrix_.targets(1), matrix_.predictions(1));
    }
    if (average == Average::micro) return value(matrix_.right(), matrix_.total(), matrix_.total());
    double sum = 0;
    double weights = 0;
    for (Index i = 0; i < classes; ++i) {
      if (!matrix_.has_class(i)) continue;
      const double targets = matrix_.targets(i);
      const double weight = average == Average::macro ? 1 : targets;
      sum += weight * value(matrix_.at(i, i), targets, matrix_.predictions(i));
      weights += weight;
    }
    return ratio(sum, weights);
  }

 private:
  ConfusionMatrix matrix_;
};

/// One with an average.
class OfConfusionsByClass : public OfConfusions {
 public:
  /// `threshold` is for binary scores, see ConfusionMatrix.
  explicit OfConfusionsByClass(Average average, double threshold) noexcept
      : OfConfusions(threshold), average_(average) {}

 protected:
  [[nodiscard]] Average average() const noexcept { return average_; }

 private:
  Average average_;
};

}  // namespace detail

/// Of the samples that were taken for a class, the share that are of it; 0 where none were. For scores or
/// predicted classes, see ConfusionMatrix::accumulate().
class Precision : public detail::OfConfusionsByClass {
 public:
  /// `threshold` is for binary scores, see ConfusionMatrix.
  explicit Precision(Average average = Average::macro, double threshold = 0) noexcept
      : OfConfusionsByClass(average, threshold) {}
  [[nodiscard]] static const char* name() noexcept { return "Precision"; }
  /// In [0, 1].
  [[nodiscard]] double result() const {
    return averaged(average(),
                    [](double right, double, double predictions) { return ratio(right, predictions); });
  }
};

/// Of the samples of a class, the share that were taken for it; 0 where there are none.
class Recall : public detail::OfConfusionsByClass {
 public:
  /// `threshold` is for binary scores, see ConfusionMatrix.
  explicit Recall(Average average = Average::macro, double threshold = 0) noexcept
      : OfConfusionsByClass(average, threshold) {}
  [[nodiscard]] static const char* name() noexcept { return "Recall"; }
  /// In [0, 1].
  [[nodiscard]] double result() const {
    return averaged(average(), [](double right, double targets, double) { return ratio(right, targets); });
  }
};

/// The harmonic mean of precision and recall, 2 right / (targets + predictions); 0 where there are none.
class F1Score : public detail::OfConfusionsByClass {
 public:
  /// `threshold` is for binary scores, see ConfusionMatrix.
  explicit F1Score(Average average = Average::macro, double threshold = 0) noexcept
      : OfConfusionsByClass(average, threshold) {}
  [[nodiscard]] static const char* name() noexcept { return "F1"; }
  /// In [0, 1].
  [[nodiscard]] double result() const;
};

/// The mean over the classes that are targets of their recalls, in [0, 1].
class BalancedAccuracy : public detail::OfConfusions {
 public:
  /// `threshold` is for binary scores, see ConfusionMatrix.
  explicit BalancedAccuracy(double threshold = 0) noexcept : OfConfusions(threshold) {}
  [[nodiscard]] static const char* name() noexcept { return "Balanced accuracy"; }
  /// NaN without samples.
  [[nodiscard]] double result() const;
};

/// Matthews' correlation of targets and predictions, in [-1, 1]; 0 where either is one class alone. Of
/// several classes it is that of Gorodkin (2004).
class MatthewsCorrelation : public detail::OfConfusions {
 public:
  /// `threshold` is for binary scores, see ConfusionMatrix.
  explicit MatthewsCorrelation(double threshold = 0) noexcept : OfConfusions(threshold) {}
  [[nodiscard]] static const char* name() noexcept { return "MCC"; }
  /// NaN without samples.
  [[nodiscard]] double result() const;
};

/// How far apart two classes are for CohenKappa.
enum class KappaWeights {
  none,       ///< all alike
  linear,     ///< by the difference of their numbers
  quadratic,  ///< by its square
};

/// Cohen's kappa: 1 - disagreement / the disagreement that chance would make, at most 1.
class CohenKappa : public detail::OfConfusions {
 public:
  /// `weights` of disagreements; `threshold` is for binary scores, see ConfusionMatrix.
  explicit CohenKappa(KappaWeights weights = KappaWeights::none, double threshold = 0) noexcept
      : OfConfusions(threshold), weights_(weights) {}
  [[nodiscard]] static const char* name() noexcept { return "Kappa"; }
  /// NaN without samples, and where all samples are of one class and taken for it.
  [[nodiscard]] double result() const;

 private:
  KappaWeights weights_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/metrics/classification.ipp>
#endif

#pragma once

// How well scores put one class before the others: areas under curves.
// Source of the definitions: scikit-learn, https://scikit-learn.org/stable/modules/model_evaluation.html

#include <wick/metrics/classification.hpp>
#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/metrics/probabilities.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Samples that have a score, by falling scores: at each different one, the weights of those that are of the
/// class and those that are not, up to there.
struct RankedClass {
  std::vector<double> hits;
  std::vector<double> misses;
};

/// Keeps all scores until the result is asked for.
class OfRanks {
 public:
  OfRanks(const char* where, Scores kind, Average average);

  /// Scores (B, C) and classes (B). Throws ShapeError, also for another C than before, and IndexError for a
  /// class that is not in [0, C).
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets) {
    check_classes(scores, targets, where_);
    add(scores, targets, SampleWeights<T>());
  }
  /// The same with weights (B), finite and >= 0; throws OptionError for others.
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    check_classes(scores, targets, where_);
    add(scores, targets, SampleWeights<T>(weights, targets.numel(), where_));
  }
  /// Scores of class 1 and targets, 0 or 1, of one shape. Throws ShapeError.
  template <Floating T>
  void accumulate(TensorView<const T> scores, std::type_identity_t<TensorArg<T>> targets) {
    check_equal_shapes<T>(scores, targets, where_);
    add_binary<T>(scores, targets, SampleWeights<T>());
  }
  /// The same with a weight for each row.
  template <Floating T>
  void accumulate(TensorView<const T> scores, std::type_identity_t<TensorArg<T>> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    check_equal_shapes<T>(scores, targets, where_);
    add_binary<T>(scores, targets, SampleWeights<T>(weights, rows_of(scores), where_));
  }

 protected:
  /// The mean over classes of `area(ranked)`. NaN for no samples and where a score is NaN.
  template <class Area>
  [[nodiscard]] double averaged(Area area) const {
    if (targets_.empty() || has_nan_) return std::numeric_limits<double>::quiet_NaN();
    if (width_ == 1) return area(ranked(0, 1));
    double sum = 0;
    double weights = 0;
    for (std::size_t c = 0; c < width_; ++c) {
      const RankedClass ranks = ranked(c, static_cast<std::int64_t>(c));
      const double weight = average_ == Average::macro ? 1 : ranks.hits.empty() ? 0 : ranks.hits.back();
      if (weight > 0) sum += weight * area(ranks);
      weights += weight;
    }
    return sum / weights;
  }

 private:
  void set_width(std::size_t width);
  void add_score(double score);

  template <Floating T>
  void add(TensorView<const T> scores, TensorArg<std::int64_t> targets, const SampleWeights<T>& weights) {
    const Index classes = scores.size(1);
    // Two classes are one question.
    set_width(classes == 2 ? 1 : static_cast<std::size_t>(classes));
    for (Index b = 0; b < targets.numel(); ++b) {
      const T* const row = scores.data() + b * classes;
      if (classes == 2) {
        add_score(kind_ == Scores::logits ? static_cast<double>(row[1]) - static_cast<double>(row[0])
                                          : static_cast<double>(row[1]));
      } else {
        probabilities_of(row, classes, kind_, row_);
        for (const double p : row_) add_score(p);
      }
      targets_.push_back(targets.data()[b]);
      weights_.push_back(weights[b]);
    }
  }
  template <Floating T>
  void add_binary(TensorView<const T> scores, TensorArg<T> targets, const SampleWeights<T>& weights) {
    set_width(1);
    const Index rows = rows_of(scores);
    const Index width = rows == 0 ? 0 : scores.numel() / rows;
    for (Index i = 0; i < scores.numel(); ++i) {
      add_score(static_cast<double>(scores.data()[i]));
      targets_.push_back(targets.data()[i] > T(0.5) ? 1 : 0);
      weights_.push_back(weights[i / width]);
    }
  }

  /// By the scores in `column`; those of class `positive` are hits.
  [[nodiscard]] RankedClass ranked(std::size_t column, std::int64_t positive) const;

  const char* where_;
  Scores kind_;
  Average average_;
  std::size_t width_ = 0;
  bool has_nan_ = false;
  std::vector<double> scores_;
  std::vector<std::int64_t> targets_;
  std::vector<double> weights_;
  std::vector<double> row_;
};

}  // namespace detail

/// The area under the ROC curve: the chance that a sample of class 1 has a higher score than one that is not,
/// equal scores counting as half. Of more than two classes the mean of each one against the others, by the
/// probabilities that the scores stand for. All scores are kept until the result is asked for, which sorts
/// them. scikit-learn's roc_auc_score(), with multi_class="ovr".
class RocAuc : public detail::OfRanks {
 public:
  /// `kind` is that of scores of classes; those of class 1 alone may have any scale. Throws OptionError for
  /// Average::binary and Average::micro.
  explicit RocAuc(Scores kind = Scores::log_probabilities, Average average = Average::macro)
      : OfRanks("RocAuc", kind, average) {}
  [[nodiscard]] static const char* name() noexcept { return "ROC-AUC"; }
  /// NaN where a class has no samples, or all of them.
  [[nodiscard]] double result() const;
};

/// The area under the curve of precision and recall, as the average precision: the sum of the precision at
/// each score times what the recall gains there. Of more than two classes the mean of each one against the
/// others. All scores are kept until the result is asked for. scikit-learn's average_precision_score().
class AveragePrecision : public detail::OfRanks {
 public:
  /// See RocAuc.
  explicit AveragePrecision(Scores kind = Scores::log_probabilities, Average average = Average::macro)
      : OfRanks("AveragePrecision", kind, average) {}
  [[nodiscard]] static const char* name() noexcept { return "PR-AUC"; }
  /// 0 where a class has no samples.
  [[nodiscard]] double result() const;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/metrics/ranking.ipp>
#endif

#pragma once

// What scores and probabilities do at each threshold: ROC curves, precision and recall, calibration.
// Source of the definitions: scikit-learn, https://scikit-learn.org/stable/modules/model_evaluation.html and
// https://scikit-learn.org/stable/modules/calibration.html

#include <wick/base/detail/compiled.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The share of class 1 that scores of at least each threshold find, against the share of class 0 that they
/// find as well.
struct RocCurve {
  std::string name = {};                         ///< such as the class
  std::vector<double> false_positive_rate = {};  ///< ascending, in [0, 1]; NaN without samples of class 0
  std::vector<double> true_positive_rate = {};   ///< as many, ascending; NaN without samples of class 1
  std::vector<double> thresholds = {};           ///< as many, descending; the first is infinite
  /// The area under the curve: the chance that a sample of class 1 has the higher score, in [0, 1].
  double area = 0;
};

/// Of the samples whose score is at least each threshold, the share that is of class 1, against the share of
/// class 1 that they are.
struct PrecisionRecallCurve {
  std::string name = {};                ///< such as the class
  std::vector<double> precision = {};   ///< in [0, 1]; the last one is 1
  std::vector<double> recall = {};      ///< as many, descending; the last one is 0
  std::vector<double> thresholds = {};  ///< one fewer, ascending
  /// Sum of the precision at each threshold times what the recall gains there, in [0, 1].
  double average_precision = 0;
};

/// How often class 1 comes true where its probability is in each of some bins.
struct CalibrationCurve {
  std::string name = {};               ///< such as the class
  std::vector<double> predicted = {};  ///< mean probability in each bin that is not empty
  std::vector<double> observed = {};   ///< as many: the share of class 1
  std::vector<double> counts = {};     ///< as many: samples
};

/// Where the bins of calibration_curve() end.
enum class CalibrationBins {
  uniform,   ///< all equally wide
  quantile,  ///< about as many samples in each
};

namespace detail {

/// Samples of a question of yes and no, checked.
class ScoredSamples {
 public:
  /// Throws ShapeError, IndexError and OptionError for what roc_curve() throws them for; `where` is its name.
  template <Floating T>
  ScoredSamples(const char* where, TensorView<const T> scores, TensorArg<std::int64_t> targets,
                TensorArg<double> weights)
      : scores_(scores.data(), scores.data() + scores.numel()) {
    demand(where, scores.shape(), targets, weights);
  }

  [[nodiscard]] const std::vector<double>& scores() const& noexcept { return scores_; }
  [[nodiscard]] const std::vector<std::int64_t>& targets() const& noexcept { return targets_; }
  [[nodiscard]] const std::vector<double>& weights() const& noexcept { return weights_; }
  void scores() const&& = delete;
  void targets() const&& = delete;
  void weights() const&& = delete;

 private:
  void demand(const char* where, const Shape& shape, TensorArg<std::int64_t> targets,
              TensorArg<double> weights);

  std::vector<double> scores_;
  std::vector<std::int64_t> targets_;
  std::vector<double> weights_;
};

[[nodiscard]] RocCurve roc_curve_of(const ScoredSamples& samples, bool drop_intermediate);
[[nodiscard]] PrecisionRecallCurve precision_recall_curve_of(const ScoredSamples& samples,
                                                             bool drop_intermediate);
[[nodiscard]] CalibrationCurve calibration_curve_of(const ScoredSamples& samples, Index bins,
                                                    CalibrationBins strategy);

}  // namespace detail

/// The ROC curve of scores (B), any finite numbers of which larger ones mean class 1, and targets (B), 0 or
/// 1. Without `drop_intermediate` the points on straight lines stay. `weights` (B), finite and >= 0, say how
/// much each sample counts; those of weight 0 are not there. scikit-learn's roc_curve(). Throws ShapeError
/// for other shapes and no samples, IndexError for other targets, OptionError for other scores and weights.
template <Floating T>
[[nodiscard]] RocCurve roc_curve(TensorView<const T> scores, TensorArg<std::int64_t> targets,
                                 TensorArg<double> weights = {}, bool drop_intermediate = true) {
  return detail::roc_curve_of(detail::ScoredSamples("roc_curve", scores, targets, weights),
                              drop_intermediate);
}
template <Floating T>
[[nodiscard]] RocCurve roc_curve(const Tensor<T>& scores, TensorArg<std::int64_t> targets,
                                 TensorArg<double> weights = {}, bool drop_intermediate = true) {
  return roc_curve<T>(scores.view(), targets, weights, drop_intermediate);
}

/// The curve of precision and recall, of what roc_curve() takes; the recall is 1 where class 1 has no
/// samples. With `drop_intermediate` points between others of the same recall are left out. scikit-learn's
/// precision_recall_curve(). Throws as roc_curve() does.
template <Floating T>
[[nodiscard]] PrecisionRecallCurve precision_recall_curve(TensorView<const T> scores,
                                                          TensorArg<std::int64_t> targets,
                                                          TensorArg<double> weights = {},
                                                          bool drop_intermediate = false) {
  return detail::precision_recall_curve_of(
      detail::ScoredSamples("precision_recall_curve", scores, targets, weights), drop_intermediate);
}
template <Floating T>
[[nodiscard]] PrecisionRecallCurve precision_recall_curve(const Tensor<T>& scores,
                                                          TensorArg<std::int64_t> targets,
                                                          TensorArg<double> weights = {},
                                                          bool drop_intermediate = false) {
  return precision_recall_curve<T>(scores.view(), targets, weights, drop_intermediate);
}

/// How well probabilities (B) of class 1, in [0, 1], are those with which targets (B), 0 or 1, are 1: in each
/// of `bins` >= 1 bins that is not empty. scikit-learn's calibration_curve(). Throws as roc_curve() does,
/// OptionError for other probabilities and bins.
template <Floating T>
[[nodiscard]] CalibrationCurve calibration_curve(TensorView<const T> probabilities,
                                                 TensorArg<std::int64_t> targets, Index bins = 10,
                                                 CalibrationBins strategy = CalibrationBins::uniform) {
  return detail::calibration_curve_of(detail::ScoredSamples("calibration_curve", probabilities, targets, {}),
                                      bins, strategy);
}
template <Floating T>
[[nodiscard]] CalibrationCurve calibration_curve(const Tensor<T>& probabilities,
                                                 TensorArg<std::int64_t> targets, Index bins = 10,
                                                 CalibrationBins strategy = CalibrationBins::uniform) {
  return calibration_curve<T>(probabilities.view(), targets, bins, strategy);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/report/curves.ipp>
#endif

#pragma once

// How good predicted probabilities are: log loss, Brier score, calibration.

#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What a model gives for each class.
enum class Scores {
  logits,             ///< any numbers; softmax makes probabilities of a row, sigmoid of a number by itself
  log_probabilities,  ///< as LogSoftmax gives them
  probabilities,      ///< in [0, 1]; those of a row need not be 1 together
};

namespace detail {

/// The probability that a number by itself stands for.
[[nodiscard]] inline double probability_of(double score, Scores kind) noexcept {
  switch (kind) {
    case Scores::logits:
      return score >= 0 ? 1 / (1 + std::exp(-score)) : std::exp(score) / (1 + std::exp(score));
    case Scores::log_probabilities:
      return std::exp(score);
    case Scores::probabilities:
      break;
  }
  return score;
}

/// The probabilities of a row of `count` scores.
template <Floating T>
void probabilities_of(const T* scores, Index count, Scores kind, std::vector<double>& out) {
  out.assign(scores, scores + count);
  if (kind == Scores::probabilities) return;
  double largest = 0;
  if (kind == Scores::logits) {
    largest = out.front();
    for (const double p : out) largest = (std::max)(largest, p);
  }
  double sum = 0;
  for (double& p : out) sum += p = std::exp(p - largest);
  if (kind == Scores::logits) {
    for (double& p : out) p /= sum;
  }
}

/// A mean over samples of what `Rule` says of the probabilities of each. The rule has
/// add(probabilities, target, smallest) for classes, and add_binary(probability, target, smallest), with the
/// smallest difference from 1 that the scores' type knows.
template <class Rule>
class OfProbabilities {
 public:
  explicit OfProbabilities(Scores kind) noexcept : kind_(kind) {}

  /// Scores (B, C) and classes (B). Throws ShapeError, and IndexError for a class that is not in [0, C).
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets) {
    check_classes(scores, targets, Rule::where);
    add(scores, targets, SampleWeights<T>());
  }
  /// The same with weights (B), finite and >= 0; throws OptionError for others.
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    check_classes(scores, targets, Rule::where);
    add(scores, targets, SampleWeights<T>(weights, targets.numel(), Rule::where));
  }
  /// Scores of class 1 and targets, 0 or 1, of one shape. Throws ShapeError.
  template <Floating T>
  void accumulate(TensorView<const T> scores, std::type_identity_t<TensorArg<T>> targets) {
    check_equal_shapes<T>(scores, targets, Rule::where);
    add_binary<T>(scores, targets, SampleWeights<T>());
  }
  /// The same with a weight for each row.
  template <Floating T>
  void accumulate(TensorView<const T> scores, std::type_identity_t<TensorArg<T>> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    check_equal_shapes<T>(scores, targets, Rule::where);
    add_binary<T>(scores, targets, SampleWeights<T>(weights, rows_of(scores), Rule::where));
  }

 protected:
  [[nodiscard]] Rule& rule() noexcept { return rule_; }
  [[nodiscard]] const Rule& rule() const noexcept { return rule_; }

 private:
  template <Floating T>
  void add(TensorView<const T> scores, TensorArg<std::int64_t> targets, const SampleWeights<T>& weights) {
    const Index classes = scores.size(1);
    for (Index b = 0; b < targets.numel(); ++b) {
      probabilities_of(scores.data() + b * classes, classes, kind_, row_);
      rule_.add(row_, static_cast<std::size_t>(targets.data()[b]), weights[b],
                static_cast<double>(std::numeric_limits<T>::epsilon()));
    }
  }
  template <Floating T>
  void add_binary(TensorView<const T> scores, TensorArg<T> targets, const SampleWeights<T>& weights) {
    const Index rows = rows_of(scores);
    const Index width = rows == 0 ? 0 : scores.numel() / rows;
    for (Index i = 0; i < scores.numel(); ++i) {
      rule_.add_binary(probability_of(static_cast<double>(scores.data()[i]), kind_),
                       targets.data()[i] > T(0.5), weights[i / width],
                       static_cast<double>(std::numeric_limits<T>::epsilon()));
    }
  }

  Scores kind_;
  Rule rule_;
  std::vector<double> row_;
};

struct LogLossRule {
  static constexpr const char* where = "LogLoss";
  double sum = 0;
  double total = 0;

  void add(const std::vector<double>& row, std::size_t target, double weight, double smallest) {
    sum += -weight * std::log(std::clamp(row[target], smallest, 1 - smallest));
    total += weight;
  }
  void add_binary(double p, bool target, double weight, double smallest) {
    sum += -weight * std::log(std::clamp(target ? p : 1 - p, smallest, 1 - smallest));
    total += weight;
  }
};

struct BrierRule {
  static constexpr const char* where = "BrierScore";
  double sum = 0;
  double total = 0;

  void add(const std::vector<double>& row, std::size_t target, double weight, double /*smallest*/);
  void add_binary(double p, bool target, double weight, double /*smallest*/) {
    const double off = p - (target ? 1 : 0);
    sum += weight * off * off;
    total += weight;
  }
};

struct CalibrationRule {
  static constexpr const char* where = "CalibrationError";
  struct Bin {
    double weight = 0;
    double confidence = 0;
    double right = 0;
  };
  std::vector<Bin> bins;

  void add(const std::vector<double>& row, std::size_t target, double weight, double /*smallest*/);
  void add_binary(double p, bool target, double weight, double /*smallest*/);
};

}  // namespace detail

/// The mean over samples of -log(p), where p is the probability of the sample's class; a smaller one is
/// better. Probabilities are kept from 0 and 1 by the epsilon of their type, as in scikit-learn's log_loss().
class LogLoss : public detail::OfProbabilities<detail::LogLossRule> {
 public:
  static constexpr bool larger_is_better = false;
  /// `kind` says what the model gives.
  explicit LogLoss(Scores kind = Scores::log_probabilities) noexcept : OfProbabilities(kind) {}
  [[nodiscard]] static const char* name() noexcept { return "Log loss"; }
  /// NaN for no samples.
  [[nodiscard]] double result() const noexcept { return rule().sum / rule().total; }
};

/// The mean over samples of the squared distance of the probabilities from those that are sure and right, in
/// [0, 2], and of half of it for two classes, in [0, 1]; a smaller one is better. scikit-learn's
/// brier_score_loss().
class BrierScore : public detail::OfProbabilities<detail::BrierRule> {
 public:
  static constexpr bool larger_is_better = false;
  /// `kind` says what the model gives.
  explicit BrierScore(Scores kind = Scores::log_probabilities) noexcept : OfProbabilities(kind) {}
  [[nodiscard]] static const char* name() noexcept { return "Brier score"; }
  /// NaN for no samples.
  [[nodiscard]] double result() const noexcept { return rule().sum / rule().total; }
};

/// The expected calibration error: samples are put into bins by the probability of the class that is
/// predicted, (0, 1/n], (1/n, 2/n] and so on; it is the mean over samples of how far the mean probability in
/// their bin is from the share that is right; a smaller one is better. Of binary scores it is the probability
/// of class 1 and its share. Source: Naeini, Cooper and Hauskrecht, AAAI 2015.
class CalibrationError : public detail::OfProbabilities<detail::CalibrationRule> {
 public:
  static constexpr bool larger_is_better = false;
  /// Throws OptionError unless 1 <= bins <= 10,000.
  explicit CalibrationError(Scores kind = Scores::log_probabilities, Index bins = 10);
  [[nodiscard]] static const char* name() noexcept { return "Calibration error"; }
  /// NaN for no samples.
  [[nodiscard]] double result() const noexcept;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/metrics/probabilities.ipp>
#endif

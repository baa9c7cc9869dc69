#pragma once

// What a metric is, and the results of several.

#include <wick/base/error.hpp>
#include <wick/base/types.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A value that is measured over the batches of an evaluation, such as Accuracy:
///
///     struct Bias {
///       static std::string name() { return "Bias"; }
///       void accumulate(wick::TensorArg<float> predictions, wick::TensorArg<float> targets);
///       double result() const;
///     };
///
/// An evaluation begins with a copy of the metric that it was given, so nothing has to be reset. What
/// accumulate() takes is what the model gives and the targets of the batch, or the batch itself.
template <class Type>
concept Metric = std::copyable<Type> && requires(const Type& metric) {
  { metric.name() } -> std::convertible_to<std::string_view>;
  { metric.result() } -> std::convertible_to<double>;
};

/// A metric that is given what a model predicts and what was expected.
template <class Type, class Predictions, class Targets>
concept MetricOfPredictions = Metric<Type> &&
    requires(Type& metric, const Predictions& predictions, const Targets& targets) {
  metric.accumulate(predictions, targets);
};

/// A metric that is given the whole batch, and makes of it what it likes.
template <class Type, class Batch>
concept MetricOfBatch = Metric<Type> && requires(Type& metric, const Batch& batch) {
  metric.accumulate(batch);
};

/// Given to train() or evaluate() in the place of metrics: measure nothing but the loss.
struct NoMetrics {};

/// Results of metrics by their names, in the order in which the metrics were given. Copies allocate nothing.
class MetricValues {
 public:
  static constexpr std::size_t most = 8;  ///< metrics at a time

  /// What is known of a metric without its value.
  struct Description {
    std::string name;              ///< what it is called by
    bool larger_is_better = true;  ///< which is the best of several values
  };

  MetricValues() = default;
  /// All of them 0. Throws OptionError for more than `most`, and for two of one name.
  explicit MetricValues(std::vector<Description> descriptions);

  /// Number of metrics.
  [[nodiscard]] std::size_t size() const noexcept { return descriptions_ ? descriptions_->size() : 0; }
  /// Whether there is none.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// Of metric i. Throws IndexError unless i < size().
  [[nodiscard]] const Description& description(std::size_t i) const {
    demand(i);
    return (*descriptions_)[i];
  }
  /// What metric i is called by. Throws IndexError unless i < size().
  [[nodiscard]] const std::string& name(std::size_t i) const { return description(i).name; }
  /// The value of metric i. Throws IndexError unless i < size().
  [[nodiscard]] double& value(std::size_t i) {
    demand(i);
    return values_[i];
  }
  [[nodiscard]] double value(std::size_t i) const {
    demand(i);
    return values_[i];
  }

  /// The place of a name, or size() if it is not there.
  [[nodiscard]] std::size_t find(std::string_view name) const noexcept;
  /// Throws IndexError for a name that is not there.
  [[nodiscard]] double operator[](std::string_view name) const;
  /// ` (there are "Accuracy" and so on)`, for messages.
  [[nodiscard]] std::string known() const;

  /// Whether names and values are equal; NaN is not.
  friend bool operator==(const MetricValues& a, const MetricValues& b) noexcept { return a.equals(b); }

 private:
  void demand(std::size_t i) const {
    if (i >= size()) refuse(i);
  }
  [[noreturn]] void refuse(std::size_t i) const;
  [[nodiscard]] bool equals(const MetricValues& other) const noexcept;

  std::shared_ptr<const std::vector<Description>> descriptions_;
  std::array<double, most> values_{};
};

namespace detail {

void add_description(std::vector<MetricValues::Description>& to, std::string_view name,
                     bool larger_is_better);

/// A metric for which a smaller result is better says so.
template <Metric Type>
[[nodiscard]] constexpr bool larger_is_better() noexcept {
  if constexpr (requires {
                  { Type::larger_is_better } -> std::convertible_to<bool>;
                }) {
    return Type::larger_is_better;
  } else {
    return true;
  }
}

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/metrics/metric.ipp>
#endif

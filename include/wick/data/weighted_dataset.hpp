#pragma once

// Samples that count for more or less than others.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/data/dataset.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Samples for one step, and how much each counts. With such batches train(), fit() and evaluate() expect a
/// criterion with Reduction::none, and use weighted() of its values: the mean by the weights.
template <class T, class Target = std::int64_t>
struct WeightedBatch {
  Tensor<T> inputs;        ///< (B, ...) one row per sample
  Tensor<Target> targets;  ///< (B) class indices, or (B, ...) numbers
  Tensor<T> weights;       ///< (B)
};

namespace detail {

template <Floating Scalar, class Target, class T>
inline constexpr bool is_batch_of<WeightedBatch<Scalar, Target>, T> = std::is_same_v<Scalar, T>;

}  // namespace detail

/// A TensorDataset with a weight for each sample:
///
///     wick::WeightedDataset data(features, classes, weights);
///     wick::DataLoader loader(data, {.batch_size = 64, .shuffle = true});
///     wick::fit(model, loader, validation_loader,
///               wick::CrossEntropyLoss<float>({.reduction = wick::Reduction::none}), optimizer, options);
///
/// Training and validation batches are of one type: data without weights of their own get ones.
template <class T, class Target = std::int64_t>
class WeightedDataset {
 public:
  /// What collate() fills.
  using Batch = WeightedBatch<T, Target>;

  /// As TensorDataset, with weights (B). Throws ShapeError for other shapes, and OptionError for weights that
  /// are negative or not finite.
  WeightedDataset(Tensor<T> features, Tensor<Target> labels, Tensor<T> weights)
      : data_(std::move(features), std::move(labels)), weights_(std::move(weights)) {
    if (!(weights_.shape() == Shape{data_.size()})) {
      throw ShapeError("WeightedDataset: expected weights of shape [" + std::to_string(data_.size()) +
                       "], one for each sample, got " + weights_.shape().str());
    }
    for (Index i = 0; i < weights_.numel(); ++i) {
      const T weight = weights_.data()[i];
      if (!(weight >= T(0)) || !is_finite(weight)) {
        throw OptionError("WeightedDataset: weights must be finite and >= 0, got " +
                          python_repr(static_cast<double>(weight)) + " for sample " + std::to_string(i));
      }
    }
  }

  /// Number of samples.
  [[nodiscard]] Index size() const noexcept { return data_.size(); }
  /// A row for each sample.
  [[nodiscard]] const Tensor<T>& features() const& noexcept { return data_.features(); }
  /// Classes or numbers.
  [[nodiscard]] const Tensor<Target>& labels() const& noexcept { return data_.labels(); }
  /// How much each sample counts.
  [[nodiscard]] const Tensor<T>& weights() const& noexcept { return weights_; }

  /// Rows `indices` of each tensor. Throws IndexError.
  void collate(std::span<const Index> indices, Batch& batch) const {
    const Index n = size();
    for (const Index i : indices) detail::check_sample_index(i, n, "WeightedDataset");
    detail::gather_rows(data_.features(), n, indices, batch.inputs);
    detail::gather_rows(data_.labels(), n, indices, batch.targets);
    detail::gather_rows(weights_, n, indices, batch.weights);
  }

 private:
  TensorDataset<T, Target> data_;
  Tensor<T> weights_;
};

WICK_END_NAMESPACE

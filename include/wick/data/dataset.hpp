#pragma once

// What a DataLoader needs of a dataset, and the dataset that is two tensors.

#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Samples for one step: `auto& [images, labels] = batch`.
template <Floating T>
struct Batch {
  Tensor<T> inputs;              ///< (B, ...) one row per sample
  Tensor<std::int64_t> targets;  ///< (B) class indices
};

/// A dataset of numbered samples that can gather any of them into a batch.
///
/// collate() resizes the tensors of the batch, which keep their memory, so batches
/// that are not larger than an earlier one cost no allocation. It throws IndexError
/// for an index outside [0, size()).
template <class Data, class T>
concept DatasetFor = Floating<T> &&
    requires(const Data& dataset, std::span<const Index> indices, Batch<T>& batch) {
  { dataset.size() } -> std::convertible_to<Index>;
  dataset.collate(indices, batch);
};

namespace detail {

inline void check_sample_index(Index index, Index size, const char* where) {
  if (index < 0 || index >= size) {
    throw IndexError(std::string(where) + ": index " + std::to_string(index) +
                     " is out of range for a dataset of " + std::to_string(size) + " samples");
  }
}

}  // namespace detail

/// Features and their labels, like torch.utils.data.TensorDataset.
template <Floating T>
class TensorDataset {
 public:
  /// features: (B, ...) of rank >= 1; labels: (B). Throws ShapeError otherwise.
  TensorDataset(Tensor<T> features, Tensor<std::int64_t> labels)
      : features_(std::move(features)), labels_(std::move(labels)) {
    if (features_.dim() < 1) {
      throw ShapeError("TensorDataset: features need at least one dimension, got shape " +
                       features_.shape().str());
    }
    if (labels_.dim() != 1 || labels_.size(0) != features_.size(0)) {
      throw ShapeError("TensorDataset: expected labels of shape [" + std::to_string(features_.size(0)) +
                       "] for features of shape " + features_.shape().str() + ", got " +
                       labels_.shape().str());
    }
  }

  [[nodiscard]] Index size() const noexcept { return labels_.numel(); }
  [[nodiscard]] const Tensor<T>& features() const& noexcept { return features_; }
  [[nodiscard]] Tensor<T> features() && noexcept { return std::move(features_); }
  [[nodiscard]] const Tensor<std::int64_t>& labels() const& noexcept { return labels_; }
  [[nodiscard]] Tensor<std::int64_t> labels() && noexcept { return std::move(labels_); }

  /// Rows `indices` of the features and labels. Throws IndexError.
  void collate(std::span<const Index> indices, Batch<T>& batch) const {
    for (const Index i : indices) detail::check_sample_index(i, size(), "TensorDataset");
    const auto count = static_cast<Index>(indices.size());
    std::array<Index, Shape::max_rank> dims{};
    std::ranges::copy(features_.shape().dims(), dims.begin());
    dims[0] = count;
    batch.inputs.resize(Shape(std::span<const Index>(dims.data(), features_.dim())));
    batch.targets.resize(Shape{count});
    const Index row = size() == 0 ? 0 : features_.numel() / size();
    for (Index b = 0; b < count; ++b) {
      const Index i = indices[static_cast<std::size_t>(b)];
      std::copy_n(features_.data() + i * row, row, batch.inputs.data() + b * row);
      batch.targets.data()[b] = labels_.data()[i];
    }
  }

 private:
  Tensor<T> features_;
  Tensor<std::int64_t> labels_;
};

WICK_END_NAMESPACE

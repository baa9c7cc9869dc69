#pragma once

// What a DataLoader needs of a dataset, and the dataset that is tensors.

#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Samples for one step: `auto& [images, labels] = batch`.
template <class T, class Target = std::int64_t>
struct Batch {
  Tensor<T> inputs;        ///< (B, ...) one row per sample
  Tensor<Target> targets;  ///< (B) class indices, or (B, ...) numbers
};

namespace detail {

template <class Data, class T>
struct BatchOf {
  using Type = Batch<T>;
};
template <class Data, class T>
requires requires { typename Data::Batch; }
struct BatchOf<Data, T> {
  using Type = typename Data::Batch;
};

/// Whether a batch is of scalar type T: that of its first tensor, if that has one.
template <class Batch, class T>
inline constexpr bool is_batch_of = true;
template <Floating Scalar, class Target, class T>
inline constexpr bool is_batch_of<wick::Batch<Scalar, Target>, T> = std::is_same_v<Scalar, T>;
template <Floating Scalar, class... More, class T>
inline constexpr bool is_batch_of<std::tuple<Tensor<Scalar>, More...>, T> = std::is_same_v<Scalar, T>;

}  // namespace detail

/// What a dataset gathers: its type `Batch` if it has one, which may be anything with a default, and
/// otherwise wick::Batch<T>.
template <class Data, class T>
using BatchOf = typename detail::BatchOf<Data, T>::Type;

/// A dataset of numbered samples that can gather any of them into a batch.
///
/// collate() resizes the tensors of the batch, which keep their memory, so batches
/// that are not larger than an earlier one cost no allocation. It throws IndexError
/// for an index outside [0, size()).
template <class Data, class T>
concept DatasetFor = Floating<T> && detail::is_batch_of<BatchOf<Data, T>, T> &&
    requires(const Data& dataset, std::span<const Index> indices, BatchOf<Data, T>& batch) {
  { dataset.size() } -> std::convertible_to<Index>;
  dataset.collate(indices, batch);
};

namespace detail {

void check_sample_index(Index index, Index size, const char* where);

}  // namespace detail

namespace detail {

/// Asks for the memory of a row that is read soon, so that it is on its way meanwhile: rows of a shuffled
/// pass are anywhere.
inline void fetch_ahead([[maybe_unused]] const void* row, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef __GNUC__
  constexpr std::size_t line = 64;
  constexpr std::size_t most = 2048;  // the processor goes on by itself
  const auto* const begin = static_cast<const std::byte*>(row);
  for (std::size_t at = 0; at < (std::min)(bytes, most); at += line) __builtin_prefetch(begin + at);
#endif
}

/// Rows `indices` of `from`, which has `size` of them.
template <class T>
void gather_rows(const Tensor<T>& from, Index size, std::span<const Index> indices, Tensor<T>& to) {
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(from.shape().dims(), dims.begin());
  dims[0] = static_cast<Index>(indices.size());
  to.resize(Shape(std::span<const Index>(dims.data(), from.dim())));
  const Index row = size == 0 ? 0 : from.numel() / size;
  const std::size_t bytes = static_cast<std::size_t>(row) * sizeof(T);
  constexpr std::size_t ahead = 8;
  T* out = to.data();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (i + ahead < indices.size()) fetch_ahead(from.data() + indices[i + ahead] * row, bytes);
    out = std::copy_n(from.data() + indices[i] * row, row, out);
  }
}

}  // namespace detail

/// Features and what is expected for them, like torch.utils.data.TensorDataset: classes (int64, the default),
/// numbers, and any tensors more. Sample i is row i of each tensor.
///
/// Batches of two tensors have members `inputs` and `targets`; batches of more are tuples:
/// `auto& [prices, places, sold] = batch`.
template <class T, class Target = std::int64_t, class... More>
class TensorDataset {
 public:
  /// What collate() fills.
  using Batch = std::conditional_t<sizeof...(More) == 0, wick::Batch<T, Target>,
                                   std::tuple<Tensor<T>, Tensor<Target>, Tensor<More>...>>;

  /// features: (B, ...) of rank >= 1; classes: (B); other tensors: (B, ...). Throws ShapeError otherwise.
  TensorDataset(Tensor<T> features, Tensor<Target> labels, Tensor<More>... more)
      : tensors_(std::move(features), std::move(labels), std::move(more)...) {
    const Shape& shape = this->features().shape();
    if (shape.dim() < 1) {
      throw ShapeError("TensorDataset: features need at least one dimension, got shape " + shape.str());
    }
    const auto check_labels = [&]<class Label>(const Tensor<Label>& labels_of) {
      const bool classes = sizeof...(More) == 0 && std::is_integral_v<Label>;
      if (labels_of.dim() >= 1 && labels_of.size(0) == shape[0] && (!classes || labels_of.dim() == 1)) return;
      throw ShapeError("TensorDataset: expected labels of shape [" + std::to_string(shape[0]) +
                       (classes ? "]" : ", ...]") + " for features of shape " + shape.str() + ", got " +
                       labels_of.shape().str());
    };
    std::apply([&](const auto& /*features*/, const auto&... others) { (check_labels(others), ...); },
               tensors_);
  }

  /// Number of samples.
  [[nodiscard]] Index size() const noexcept { return features().size(0); }
  /// The first tensor, a row for each sample.
  [[nodiscard]] const Tensor<T>& features() const& noexcept { return std::get<0>(tensors_); }
  [[nodiscard]] Tensor<T> features() && noexcept { return std::get<0>(std::move(tensors_)); }
  /// The second one: classes or numbers.
  [[nodiscard]] const Tensor<Target>& labels() const& noexcept { return std::get<1>(tensors_); }
  [[nodiscard]] Tensor<Target> labels() && noexcept { return std::get<1>(std::move(tensors_)); }

  /// Rows `indices` of each tensor. Throws IndexError.
  void collate(std::span<const Index> indices, Batch& batch) const {
    const Index n = size();
    for (const Index i : indices) detail::check_sample_index(i, n, "TensorDataset");
    if constexpr (sizeof...(More) == 0) {
      detail::gather_rows(std::get<0>(tensors_), n, indices, batch.inputs);
      detail::gather_rows(std::get<1>(tensors_), n, indices, batch.targets);
    } else {
      const auto gather = [&]<std::size_t... At>(std::index_sequence<At...>) {
        (detail::gather_rows(std::get<At>(tensors_), n, indices, std::get<At>(batch)), ...);
      };
      gather(std::make_index_sequence<2 + sizeof...(More)>());
    }
  }

 private:
  std::tuple<Tensor<T>, Tensor<Target>, Tensor<More>...> tensors_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/dataset.ipp>
#endif

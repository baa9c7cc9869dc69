#pragma once

// Batches of mixtures of samples.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/data/dataset.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Standard gamma, with the draws of PyTorch. Source: G. Marsaglia, W. W. Tsang, "A simple method for
/// generating gamma variables", ACM TOMS 26 (2000).
double draw_gamma(double alpha, Generator& generator);

}  // namespace detail

/// A dataset whose batches are mixed: sample b becomes lambda times itself and 1 - lambda times sample b - 1,
/// the first with the last, and its class the probabilities of the two. CrossEntropyLoss takes those.
///
///     wick::MixUp data(training_data, 10, 0.2);
///     wick::DataLoader loader(data, {.batch_size = 64, .shuffle = true});
///
/// lambda is one draw of Beta(alpha, alpha) for each batch, as of torch.distributions.Beta and torchvision's
/// MixUp, from the thread's default_generator(). For one loader at a time. Validation data are not mixed, but
/// have targets of the same kind: MixUp with alpha = 0 gives those, and draws nothing.
///
/// Source: H. Zhang et al., "mixup: Beyond empirical risk minimization", arXiv 1710.09412.
template <class Dataset, Floating T = float>
class MixUp {
 public:
  static constexpr bool draws = true;  ///< so its batches are gathered one after the other
  /// What collate() fills: inputs, and probabilities (B, classes).
  using Batch = wick::Batch<T, T>;

  /// References the dataset, which must outlive it. Throws OptionError unless classes >= 1 and alpha is
  /// finite and >= 0.
  MixUp(const Dataset& data, Index classes, double alpha = 1)
      : data_(&data), classes_(classes), alpha_(alpha) {
    if (classes < 1) throw OptionError("MixUp: expected at least one class, got " + std::to_string(classes));
    if (!(alpha >= 0) || !is_finite(alpha)) {
      throw OptionError("MixUp: alpha must be finite and >= 0, got " + python_repr(alpha));
    }
  }
  MixUp(const Dataset&&, Index, double = 1) = delete;

  /// Number of samples.
  [[nodiscard]] Index size() const { return data_->size(); }
  /// Rows `indices`, mixed. Throws IndexError, also for a class out of range.
  void collate(std::span<const Index> indices, Batch& batch) const {
    data_->collate(indices, plain_);
    const Index rows = plain_.targets.numel();
    batch.inputs.resize(plain_.inputs.shape());
    batch.targets.resize(Shape{rows, classes_});
    std::ranges::fill(batch.targets.span(), T(0));
    const auto share = static_cast<T>(alpha_ > 0 ? draw() : 1.0);
    const T other = T(1) - share;
    const Index size = rows == 0 ? 0 : plain_.inputs.numel() / rows;
    for (Index b = 0; b < rows; ++b) {
      const Index before = b == 0 ? rows - 1 : b - 1;
      const T* const own = plain_.inputs.data() + b * size;
      const T* const others = plain_.inputs.data() + before * size;
      T* const out = batch.inputs.data() + b * size;
      for (Index i = 0; i < size; ++i) out[i] = other * others[i] + share * own[i];
      batch.targets.at(b, label(before)) += other;
      batch.targets.at(b, label(b)) += share;
    }
  }

 private:
  [[nodiscard]] Index label(Index row) const {
    const std::int64_t label = plain_.targets.data()[row];
    if (label >= 0 && label < classes_) return static_cast<Index>(label);
    throw IndexError("MixUp: class " + std::to_string(label) + " is out of range for " +
                     std::to_string(classes_) + " classes");
  }
  [[nodiscard]] double draw() const {
    Generator& generator = default_generator();
    // As a tensor of floats holds it.
    const auto alpha = static_cast<double>(static_cast<float>(alpha_));
    const double first = detail::draw_gamma(alpha, generator);
    const double second = detail::draw_gamma(alpha, generator);
    return first / (first + second);
  }

  const Dataset* data_;
  Index classes_;
  double alpha_;
  mutable wick::Batch<T> plain_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/mixup.ipp>
#endif

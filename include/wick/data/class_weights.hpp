#pragma once

// Weights of classes for losses, so that rare ones count as much as common ones.

#include <wick/base/error.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// rows / (classes that there are * rows of the class), for each of `count` classes: scikit-learn's
/// compute_class_weight("balanced"). A class without rows has the weight 0.
///
///     wick::NLLLoss<float> loss({.weight = wick::class_weights<float>(labels, 10)});
///
/// Of the training rows alone. Throws OptionError for no rows, and IndexError for a class that is not in
/// [0, count).
template <Floating T = float>
[[nodiscard]] Tensor<T> class_weights(std::span<const std::int64_t> classes, Index count) {
  if (classes.empty()) throw OptionError("class_weights: expected at least one row, got none");
  std::vector<std::size_t> rows(count > 0 ? static_cast<std::size_t>(count) : 0, 0);
  std::size_t present = 0;
  for (const std::int64_t label : classes) {
    if (label < 0 || label >= count) {
      throw IndexError("class_weights: class " + std::to_string(label) + " is out of range for " +
                       std::to_string(count) + " classes");
    }
    if (rows[static_cast<std::size_t>(label)]++ == 0) ++present;
  }
  Tensor<T> weights = Tensor<T>::zeros(Shape{count});
  for (std::size_t c = 0; c < rows.size(); ++c) {
    if (rows[c] == 0) continue;
    weights.data()[c] = static_cast<T>(static_cast<double>(classes.size()) /
                                       (static_cast<double>(present) * static_cast<double>(rows[c])));
  }
  return weights;
}

WICK_END_NAMESPACE

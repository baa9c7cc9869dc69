#pragma once

// What a TablePredictor shares with its copies.

#include <wick/graph/program.hpp>
#include <wick/preprocess/preprocessing.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <memory>

WICK_BEGIN_NAMESPACE

class ThreadPool;
struct TablePredictions;

namespace detail {

/// See TablePredictor.
struct TablePredictorParts {
  Preprocessing preprocessing;
  Program<float> program;  ///< (rows, features) to log-probabilities, or to a scaled number
  std::shared_ptr<const ParameterBlock<float>> parameters;
};

/// The number that a scaled one stands for, within those of the training rows: beyond them nothing was
/// learned.
[[nodiscard]] inline double number_of(const TargetEncoder& target, float scaled) {
  const double number = target.unscaled(static_cast<double>(scaled));
  return number == number ? std::clamp(number, target.least(), target.greatest()) : number;
}

/// See TablePredictor::predict(): (rows, features) as its preprocessing makes them.
[[nodiscard]] TablePredictions predictions_of(const TablePredictorParts& parts, const Tensor<float>& features,
                                              ThreadPool* pool);

}  // namespace detail

WICK_END_NAMESPACE

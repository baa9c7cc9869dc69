#pragma once

// What a predictor's model gives.

#include <wick/version.hpp>

WICK_BEGIN_NAMESPACE

/// What the outputs of a model are.
enum class PredictorOutputs {
  automatic,          ///< log-probabilities if log-softmax is the last operation, else values
  log_probabilities,  ///< of classes
  logits,             ///< of classes; a predictor makes log-probabilities of them
  values,             ///< numbers, such as those of a regression: there are no classes
};

WICK_END_NAMESPACE

#pragma once

// What an evaluation found.

#include <wick/metrics/metric.hpp>

WICK_BEGIN_NAMESPACE

/// What evaluate() measured.
struct Evaluation {
  double loss = 0;            ///< mean over batches of the batch's loss
  MetricValues metrics = {};  ///< `metrics["Accuracy"]`
};

WICK_END_NAMESPACE

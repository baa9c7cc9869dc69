#pragma once

// What fit() measured in an epoch.

#include <wick/base/number.hpp>
#include <wick/base/types.hpp>
#include <wick/metrics/metric.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// One epoch of fit().
struct FitReport {
  Index epoch = 0;           ///< from 1
  Index epochs = 0;          ///< asked for
  std::int64_t step = 0;     ///< steps of the optimizer since the start of the run
  double training_loss = 0;  ///< mean of the losses of the epoch's batches, as they were trained on
  std::optional<double> validation_loss = {};  ///< mean of batch means; nothing without validation data
  MetricValues metrics = {};                   ///< on the validation data: `metrics["Accuracy"]`
  double lr = 0;                               ///< of the epoch's last step; of the first parameter group
  bool best = false;                           ///< better than all epochs before, see FitOptions::monitor

  /// `Epoch: 1/2..  Training Loss: 1.703..  Validation Loss: 0.997..  Validation Accuracy: 0.659`
  friend std::ostream& operator<<(std::ostream& out, const FitReport& r);
};

/// `Epoch 1/2 - loss: 1.7034 - val_loss: 0.9965 - val_accuracy: 0.6588 - lr: 0.003`, in the manner of Keras.
[[nodiscard]] std::string keras_line(const FitReport& report);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/fit_report.ipp>
#endif

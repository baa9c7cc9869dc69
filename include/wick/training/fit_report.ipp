#pragma once

// Definitions of training/fit_report.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/training/fit_report.hpp>

#include <cstddef>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::ostream& operator<<(std::ostream& out, const FitReport& r) {
  std::string line = "Epoch: " + std::to_string(r.epoch) + "/" + std::to_string(r.epochs) +
                     "..  Training Loss: " + fixed(r.training_loss, 3);
  if (r.validation_loss) line += "..  Validation Loss: " + fixed(*r.validation_loss, 3);
  for (std::size_t i = 0; i < r.metrics.size(); ++i)
    line += "..  Validation " + r.metrics.name(i) + ": " + fixed(r.metrics.value(i), 3);
  return out << line;
}

WICK_INLINE std::string keras_line(const FitReport& report) {
  std::string line = "Epoch " + std::to_string(report.epoch) + "/" + std::to_string(report.epochs) +
                     " - loss: " + fixed(report.training_loss, 4);
  if (report.validation_loss) line += " - val_loss: " + fixed(*report.validation_loss, 4);
  for (std::size_t i = 0; i < report.metrics.size(); ++i) {
    std::string name = report.metrics.name(i);
    for (char& c : name) c = c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    line += " - val_" + name + ": " + fixed(report.metrics.value(i), 4);
  }
  return line + " - lr: " + python_repr(report.lr);
}

WICK_END_NAMESPACE

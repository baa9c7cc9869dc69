#pragma once

// What a Predictor shares with its copies.

#include <wick/base/error.hpp>
#include <wick/data/transforms.hpp>
#include <wick/models/network.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A network, the values of its pixels and the names of its classes.
class PredictorModel {
 public:
  /// Throws OptionError for an impossible normalisation, for names that are not as many as the outputs and
  /// for a network with one output; without names classes are called by their numbers. Throws Error for a
  /// network that was moved from.
  PredictorModel(Network<float> network, const Normalize& normalize, std::vector<std::string> classes,
                 std::vector<std::string> notes = {})
      : network_(std::move(network)),
        normalize_(normalize),
        table_(normalize),
        classes_(std::move(classes)),
        notes_(std::move(notes)) {
    static_cast<void>(network_.parameters());
    if (network_.output_size() < 2) {
      throw OptionError(
          "Predictor: expected a network with two outputs or more, got one; there is no class to choose, and "
          "the log-softmax of one number is always 0. Network::logits() gives it raw");
    }
    const auto outputs = static_cast<std::size_t>(network_.output_size());
    if (classes_.empty()) {
      classes_.reserve(outputs);
      for (std::size_t i = 0; i < outputs; ++i) classes_.push_back(std::to_string(i));
    }
    if (classes_.size() != outputs) {
      throw OptionError("Predictor: expected " + std::to_string(outputs) +
                        " class names, one for each output, got " + std::to_string(classes_.size()));
    }
  }

  [[nodiscard]] const Network<float>& network() const noexcept { return network_; }
  [[nodiscard]] const Normalize& normalize() const noexcept { return normalize_; }
  [[nodiscard]] const PixelTable<float>& table() const noexcept { return table_; }
  [[nodiscard]] const std::vector<std::string>& classes() const noexcept { return classes_; }
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  Network<float> network_;
  Normalize normalize_;
  PixelTable<float> table_;
  std::vector<std::string> classes_;
  std::vector<std::string> notes_;
};

WICK_END_NAMESPACE

#pragma once

// The predictor of a network.

#include <wick/data/transforms.hpp>
#include <wick/inference/predictor_class.hpp>
#include <wick/inference/predictor_model.hpp>
#include <wick/models/network.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Its values are what its output layer gives. Throws Error for a network that was moved from.
inline Predictor predictor_of_network(Network<float> network, const Normalize& normalize,
                                      std::vector<std::string> classes,
                                      PredictorOutputs outputs = PredictorOutputs::automatic,
                                      std::vector<std::string> notes = {}) {
  const bool values = outputs == PredictorOutputs::values;
  return Predictor(std::make_shared<const PredictorModel>(
      network.program(values), std::as_const(network).parameters(), normalize, std::move(classes),
      values ? outputs : PredictorOutputs::log_probabilities, std::move(notes)));
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// The predictor of a file's network, whatever its format.

#include <wick/checkpoint/frozen_network.hpp>
#include <wick/data/transforms.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/inference/predictor_class.hpp>
#include <wick/inference/predictor_model.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// With what the options say instead of the file's metadata: PredictorOptions, or OwnPredictorOptions.
template <class Options>
Predictor network_predictor(const FrozenNetwork<float>& network, const Attributes& metadata,
                            const std::string& name, const Options& options,
                            std::vector<std::string> notes = {}) {
  InputDescription file = describe_inputs(metadata, name);
  const bool gives_values = options.outputs == PredictorOutputs::values;
  if (!options.classes.empty()) {
    file.classes = options.classes;
  } else if (gives_values || file.classes.size() != static_cast<std::size_t>(network.output_size())) {
    file.classes.clear();
  }
  const Normalize normalize{.mean = options.mean.value_or(file.mean.value_or(0.5)),
                            .std = options.std.value_or(file.std.value_or(0.5))};
  return Predictor(std::make_shared<const PredictorModel>(
      network.program(), network.parameters(), normalize, std::move(file.classes),
      gives_values ? PredictorOutputs::values : PredictorOutputs::log_probabilities, std::move(notes)));
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// From a network that was read to its predictor, whatever the file.

#include <wick/checkpoint/network_archive.hpp>
#include <wick/data/transforms.hpp>
#include <wick/inference/detail/of_network.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/inference/predictor_class.hpp>
#include <wick/models/network.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline Predictor predictor_of(Network<float> network, const Attributes& metadata,
                              std::vector<std::string> notes, const std::string& name,
                              const PredictorOptions& options) {
  InputDescription file = describe_inputs(metadata, name);
  if (!options.classes.empty()) {
    file.classes = options.classes;
  } else if (options.outputs == PredictorOutputs::values ||
             file.classes.size() != static_cast<std::size_t>(network.output_size())) {
    file.classes.clear();
  }
  const Normalize normalize{.mean = options.mean.value_or(file.mean.value_or(0.5)),
                            .std = options.std.value_or(file.std.value_or(0.5))};
  return predictor_of_network(std::move(network), normalize, std::move(file.classes), options.outputs,
                              std::move(notes));
}

inline Predictor predictor_of(OpenedNetwork<float> file, const std::string& name,
                              const PredictorOptions& options) {
  return predictor_of(std::move(file.model), file.metadata, std::move(file.notes), name, options);
}

inline Predictor predictor_of(Checkpoint<float> checkpoint, const std::string& name,
                              const PredictorOptions& options) {
  return predictor_of(std::move(checkpoint.model), checkpoint.extras.metadata, std::move(checkpoint.notes),
                      name, options);
}

inline BuildOptions build_options(const PredictorOptions& options) {
  return {.names = options.by_shape ? ParameterNames::by_shape : ParameterNames::own,
          .only = options.only,
          .prefix = options.prefix,
          .rename = options.rename};
}

}  // namespace detail

WICK_END_NAMESPACE

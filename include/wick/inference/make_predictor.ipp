#pragma once

// Definitions of inference/make_predictor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/program_file.hpp>
#include <wick/data/transforms.hpp>
#include <wick/graph/program.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/predictor_class.hpp>
#include <wick/inference/predictor_model.hpp>
#include <wick/models/network.hpp>
#include <wick/state/parameter_block.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE Predictor make_predictor(Network<float> model, const Normalize& normalize,
                                     std::vector<std::string> classes) {
  return Predictor(std::make_shared<const PredictorModel>(std::move(model), normalize, std::move(classes)));
}

WICK_INLINE Predictor make_predictor(Program<float> program, const ParameterBlock<float>& parameters,
                                     const MakePredictorOptions& options) {
  return Predictor(std::make_shared<const PredictorModel>(
      std::move(program), std::make_shared<const ParameterBlock<float>>(parameters),
      options.normalize.value_or(Normalize{}), options.classes, options.outputs));
}

WICK_INLINE Predictor make_predictor(LoadedProgram<float> loaded, const MakePredictorOptions& options) {
  InputDescription file = describe_inputs(loaded.extras.metadata, "<program>");
  if (!options.classes.empty()) file.classes = options.classes;
  if (options.outputs == PredictorOutputs::values) file.classes.clear();
  const Normalize of_file{.mean = file.mean.value_or(0.5), .std = file.std.value_or(0.5)};
  return Predictor(std::make_shared<const PredictorModel>(
      std::move(loaded.program), std::move(loaded.parameters), options.normalize.value_or(of_file),
      std::move(file.classes), options.outputs));
}

WICK_END_NAMESPACE

#pragma once

// Definitions of inference/make_predictor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/data/transforms.hpp>
#include <wick/graph/program.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/predictor.hpp>
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
      std::move(program), std::make_shared<const ParameterBlock<float>>(parameters), options.normalize,
      options.classes, options.outputs));
}

WICK_END_NAMESPACE

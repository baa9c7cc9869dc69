#pragma once

// Definitions of inference/make_predictor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/data/transforms.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/inference/predictor_model.hpp>
#include <wick/models/network.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE Predictor make_predictor(Network<float> model, const Normalize& normalize,
                                     std::vector<std::string> classes) {
  return Predictor(std::make_shared<const PredictorModel>(std::move(model), normalize, std::move(classes)));
}

WICK_END_NAMESPACE

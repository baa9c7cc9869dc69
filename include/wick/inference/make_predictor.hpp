#pragma once

// A predictor from a model in memory, e.g. one that was just trained.

#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/program_file.hpp>
#include <wick/data/transforms.hpp>
#include <wick/graph/program.hpp>
#include <wick/inference/predictor_class.hpp>
#include <wick/models/network.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/shape.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A predictor with a copy of the network. `classes` is empty, or has a name for each output. Throws
/// OptionError otherwise and for an impossible normalisation.
[[nodiscard]] Predictor make_predictor(Network<float> model, const Normalize& normalize = {},
                                       std::vector<std::string> classes = {});

/// How a program is used to predict.
struct MakePredictorOptions {
  PredictorOutputs outputs = PredictorOutputs::automatic;  ///< what the model gives
  std::optional<Normalize> normalize = {};  ///< of pixels; 0.5 and 0.5 if nothing says otherwise
  std::vector<std::string> classes = {};    ///< empty: "0", "1", ...
};

/// A predictor that runs a program on a copy of the parameters. Throws OptionError for a program of several
/// inputs or outputs or one that sums over samples, for names that are not as many as the outputs, and for an
/// impossible normalisation.
[[nodiscard]] Predictor make_predictor(Program<float> program, const ParameterBlock<float>& parameters,
                                       const MakePredictorOptions& options = {});

/// The same of a user's own model, which is traced; see nn/trace.hpp. `sample` is the shape of one sample:
///
///     const auto predictor = make_predictor(model, {784}, {.outputs = PredictorOutputs::logits});
template <class Model>
[[nodiscard]] Predictor make_predictor(const Model& model, const Shape& sample,
                                       const MakePredictorOptions& options = {}) {
  return make_predictor(trace(model, sample), *model.parameters(), options);
}

/// The same of a model file that has a program, with the file's class names and normalisation:
///
///     const auto predictor = make_predictor(load_program("model.wick", all_operations()));
///
/// Those of `options` take their place if they are given.
[[nodiscard]] Predictor make_predictor(LoadedProgram<float> loaded, const MakePredictorOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/inference/make_predictor.ipp>
#endif

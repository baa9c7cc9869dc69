#pragma once

// Predictions of networks in wick's own files: predictor.hpp for programs that read no other format and so
// link none. Nothing of tensors is included here; with wick::compiled it compiles in half the time of
// `<Eigen/Dense>`.

#include <wick/base/expected.hpp>
#include <wick/base/file_path.hpp>
#include <wick/inference/predictor_class.hpp>
#include <wick/inference/predictor_outputs.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// See PredictorOptions, which has more for other files.
struct OwnPredictorOptions {
  std::optional<double> mean = {};                         ///< as PredictorOptions::mean
  std::optional<double> std = {};                          ///< as PredictorOptions::std
  PredictorOutputs outputs = PredictorOutputs::automatic;  ///< as PredictorOptions::outputs
  std::vector<std::string> classes = {};                   ///< as PredictorOptions::classes
  const ActivationTable* activations = nullptr;            ///< as PredictorOptions::activations
  const NormalisationTable* normalisations = nullptr;      ///< as PredictorOptions::normalisations
};

/// The predictor in a file of wick's own format that save_checkpoint() wrote, as load_predictor() gives it.
/// Throws FileError, FormatError, also for files of other formats and those that do not say how their network
/// is built, and OptionError for impossible normalisations and for names that are not as many as the classes.
[[nodiscard]] Predictor load_own_predictor(const FilePath& path, const OwnPredictorOptions& options = {});
/// The same from the bytes of such a file, e.g. of one that is part of the program; they are copied.
[[nodiscard]] Predictor load_own_predictor(std::span<const std::byte> bytes,
                                           const OwnPredictorOptions& options = {});

/// As load_own_predictor(), with the text of the error as a value.
[[nodiscard]] Expected<Predictor> try_load_own_predictor(const FilePath& path,
                                                         const OwnPredictorOptions& options = {}) noexcept;
[[nodiscard]] Expected<Predictor> try_load_own_predictor(std::span<const std::byte> bytes,
                                                         const OwnPredictorOptions& options = {}) noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/inference/own_format.ipp>
#endif

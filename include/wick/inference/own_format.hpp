#pragma once

// Predictions of networks in wick's own files: predictor.hpp for programs that read no other format and so
// link none. Nothing of tensors is included here; with wick::compiled it compiles in half the time of
// `<Eigen/Dense>`.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/expected.hpp>
#include <wick/base/file_path.hpp>
#include <wick/inference/predictor_class.hpp>

#include <cstddef>
#include <span>

WICK_BEGIN_NAMESPACE

/// The predictor in a file of wick's own format, as load_predictor() gives it. Throws FileError, FormatError,
/// also for a file of another format, and OptionError for impossible normalisations, for names that are not
/// as many as the classes, and for a `key`, which only PyTorch's files have.
[[nodiscard]] Predictor load_own_predictor(const FilePath& path, const PredictorOptions& options = {});
/// The same from the bytes of such a file, e.g. of one that is part of the program; they are copied.
[[nodiscard]] Predictor load_own_predictor(std::span<const std::byte> bytes,
                                           const PredictorOptions& options = {});

/// As load_own_predictor(), with the text of the error as a value.
[[nodiscard]] Expected<Predictor> try_load_own_predictor(const FilePath& path,
                                                         const PredictorOptions& options = {}) noexcept;
[[nodiscard]] Expected<Predictor> try_load_own_predictor(std::span<const std::byte> bytes,
                                                         const PredictorOptions& options = {}) noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/inference/own_format.ipp>
#endif

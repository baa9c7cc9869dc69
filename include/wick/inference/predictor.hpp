#pragma once

// Predictions for applications: a model file, and what the pictures in front of the user show.
//
// Nothing here needs Eigen, exceptions or run-time type information to compile. Programs built with
// -fno-exceptions link wick::compiled, which is built with them, and use try_load_predictor(). Those that
// read wick's own files alone include own_format.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/expected.hpp>
#include <wick/base/file_path.hpp>
#include <wick/inference/predictor_class.hpp>

#include <cstddef>
#include <iosfwd>
#include <span>

WICK_BEGIN_NAMESPACE

/// The predictor in a model file of any format that wick reads. Throws FileError, FormatError, and
/// OptionError for impossible normalisations and for names that are not as many as the classes.
[[nodiscard]] Predictor load_predictor(const FilePath& path, const PredictorOptions& options = {});
/// The same from a binary stream, of which read_any() says how far it is read.
[[nodiscard]] Predictor load_predictor(std::istream& in, const PredictorOptions& options = {});
/// The same from the bytes of a file, e.g. of one that is part of the program; they are copied.
[[nodiscard]] Predictor load_predictor(std::span<const std::byte> bytes,
                                       const PredictorOptions& options = {});

/// As load_predictor(), with the text of the error as a value.
[[nodiscard]] Expected<Predictor> try_load_predictor(const FilePath& path,
                                                     const PredictorOptions& options = {}) noexcept;
[[nodiscard]] Expected<Predictor> try_load_predictor(std::istream& in,
                                                     const PredictorOptions& options = {}) noexcept;
[[nodiscard]] Expected<Predictor> try_load_predictor(std::span<const std::byte> bytes,
                                                     const PredictorOptions& options = {}) noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/inference/predictor.ipp>
#endif

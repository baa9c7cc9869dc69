#pragma once

// Definitions of inference/predictor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/expected.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/build_options.hpp>
#include <wick/checkpoint/open_frozen.hpp>
#include <wick/inference/detail/caught.hpp>
#include <wick/inference/detail/network_predictor.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/io/model_file.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What the output layer of a network gives, or its log-probabilities.
[[nodiscard]] inline NetworkOutputs outputs_of(const PredictorOptions& options) noexcept {
  return options.outputs == PredictorOutputs::values ? NetworkOutputs::logits
                                                     : NetworkOutputs::log_probabilities;
}

inline Predictor predictor_of(OpenedFrozen<float> opened, const std::string& name,
                              const PredictorOptions& options) {
  return network_predictor(opened.network, opened.metadata, name, options, std::move(opened.notes));
}

inline ReadOptions read_options(const PredictorOptions& options) {
  ReadOptions result;
  result.key = options.key;
  return result;
}

inline BuildOptions build_options(const PredictorOptions& options) {
  return {.names = options.by_shape ? ParameterNames::by_shape : ParameterNames::own,
          .only = options.only,
          .prefix = options.prefix,
          .rename = options.rename,
          .activations = options.activations,
          .normalisations = options.normalisations};
}

}  // namespace detail

WICK_INLINE Predictor load_predictor(const FilePath& path, const PredictorOptions& options) {
  const std::filesystem::path file = detail::path_of(path);
  return detail::predictor_of(
      open_frozen<float>(file, detail::outputs_of(options), options.mapped, detail::read_options(options),
                         detail::build_options(options)),
      display_name(file), options);
}
WICK_INLINE Predictor load_predictor(std::istream& in, const PredictorOptions& options) {
  return detail::predictor_of(open_frozen<float>(read_model(in, detail::read_options(options)), "<stream>",
                                                 detail::outputs_of(options), detail::build_options(options)),
                              "<stream>", options);
}
WICK_INLINE Predictor load_predictor(std::span<const std::byte> bytes, const PredictorOptions& options) {
  return detail::predictor_of(open_frozen<float>(read_model(bytes, detail::read_options(options)), "<memory>",
                                                 detail::outputs_of(options), detail::build_options(options)),
                              "<memory>", options);
}

WICK_INLINE Expected<Predictor> try_load_predictor(const FilePath& path,
                                                   const PredictorOptions& options) noexcept {
  return detail::caught([&] { return load_predictor(path, options); });
}
WICK_INLINE Expected<Predictor> try_load_predictor(std::istream& in,
                                                   const PredictorOptions& options) noexcept {
  return detail::caught([&] { return load_predictor(in, options); });
}
WICK_INLINE Expected<Predictor> try_load_predictor(std::span<const std::byte> bytes,
                                                   const PredictorOptions& options) noexcept {
  return detail::caught([&] { return load_predictor(bytes, options); });
}

WICK_END_NAMESPACE

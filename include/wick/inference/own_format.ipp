#pragma once

// Definitions of inference/own_format.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/frozen_network.hpp>
#include <wick/inference/detail/caught.hpp>
#include <wick/inference/detail/network_predictor.hpp>
#include <wick/inference/own_format.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

inline Predictor predictor_of_own(const Archive& archive, const std::string& name,
                                  const OwnPredictorOptions& options) {
  // A single output is refused by the predictor's model unless it is a value.
  const bool raw = options.outputs == PredictorOutputs::values ||
                   (archive.architecture && archive.architecture->output_size == 1);
  const FrozenNetwork<float> network(archive, name,
                                     raw ? NetworkOutputs::logits : NetworkOutputs::log_probabilities,
                                     options.activations, options.normalisations);
  const Attributes* const metadata = archive.find_attributes(metadata_group);
  return network_predictor(network, metadata != nullptr ? *metadata : Attributes(), name, options);
}

}  // namespace detail

WICK_INLINE Predictor load_own_predictor(const FilePath& path, const OwnPredictorOptions& options) {
  const std::filesystem::path file = detail::path_of(path);
  return detail::predictor_of_own(read_archive(file), display_name(file), options);
}
WICK_INLINE Predictor load_own_predictor(std::span<const std::byte> bytes,
                                         const OwnPredictorOptions& options) {
  return detail::predictor_of_own(read_archive(bytes), "<memory>", options);
}

WICK_INLINE Expected<Predictor> try_load_own_predictor(const FilePath& path,
                                                       const OwnPredictorOptions& options) noexcept {
  return detail::caught([&] { return load_own_predictor(path, options); });
}
WICK_INLINE Expected<Predictor> try_load_own_predictor(std::span<const std::byte> bytes,
                                                       const OwnPredictorOptions& options) noexcept {
  return detail::caught([&] { return load_own_predictor(bytes, options); });
}

WICK_END_NAMESPACE

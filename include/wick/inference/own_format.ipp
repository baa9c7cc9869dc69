#pragma once

// Definitions of inference/own_format.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/frozen_network.hpp>
#include <wick/data/transforms.hpp>
#include <wick/inference/detail/caught.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/inference/own_format.hpp>
#include <wick/inference/predictor_model.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

inline Predictor predictor_of_own(const Archive& archive, const std::string& name,
                                  const OwnPredictorOptions& options) {
  // A single output is refused by the predictor's model unless it is a value.
  const bool values = options.outputs == PredictorOutputs::values;
  const bool raw = values || (archive.architecture && archive.architecture->output_size == 1);
  const FrozenNetwork<float> network(archive, name,
                                     raw ? NetworkOutputs::logits : NetworkOutputs::log_probabilities);
  const Attributes* const metadata = archive.find_attributes(metadata_group);
  InputDescription file;
  if (metadata != nullptr) file = describe_inputs(*metadata, name);
  if (!options.classes.empty()) {
    file.classes = options.classes;
  } else if (values || file.classes.size() != static_cast<std::size_t>(network.output_size())) {
    file.classes.clear();
  }
  const Normalize normalize{.mean = options.mean.value_or(file.mean.value_or(0.5)),
                            .std = options.std.value_or(file.std.value_or(0.5))};
  return Predictor(std::make_shared<const PredictorModel>(
      network.program(), network.parameters(), normalize, std::move(file.classes),
      values ? options.outputs : PredictorOutputs::log_probabilities));
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

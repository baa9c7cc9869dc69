#pragma once

// Definitions of inference/own_format.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/checkpoint/own_format.hpp>
#include <wick/inference/detail/loaded.hpp>
#include <wick/inference/own_format.hpp>

#include <cstddef>
#include <filesystem>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void refuse_key(const PredictorOptions& options) {
  if (options.key.empty()) return;
  throw OptionError("load_own_predictor: a key names an item of a PyTorch file, expected none, got " +
                    quoted_name(options.key));
}

}  // namespace detail

WICK_INLINE Predictor load_own_predictor(const FilePath& path, const PredictorOptions& options) {
  detail::refuse_key(options);
  const std::filesystem::path file = detail::path_of(path);
  return detail::predictor_of(
      detail::open_own_network<float>(file, options.mapped, detail::build_options(options)),
      display_name(file), options);
}
WICK_INLINE Predictor load_own_predictor(std::span<const std::byte> bytes, const PredictorOptions& options) {
  detail::refuse_key(options);
  return detail::predictor_of(detail::read_own_network<float>(bytes, detail::build_options(options)),
                              "<memory>", options);
}

WICK_INLINE Expected<Predictor> try_load_own_predictor(const FilePath& path,
                                                       const PredictorOptions& options) noexcept {
  return detail::caught([&] { return load_own_predictor(path, options); });
}
WICK_INLINE Expected<Predictor> try_load_own_predictor(std::span<const std::byte> bytes,
                                                       const PredictorOptions& options) noexcept {
  return detail::caught([&] { return load_own_predictor(bytes, options); });
}

WICK_END_NAMESPACE

#pragma once

// Definitions of inference/predictor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/inference/detail/caught.hpp>
#include <wick/inference/detail/loaded.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/io/any_file.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <span>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

inline ReadOptions read_options(const PredictorOptions& options) {
  ReadOptions result;
  result.key = options.key;
  return result;
}

}  // namespace detail

WICK_INLINE Predictor load_predictor(const FilePath& path, const PredictorOptions& options) {
  const std::filesystem::path file_path = detail::path_of(path);
  detail::OpenedNetwork<float> file = detail::open_network<float>(
      file_path, options.mapped, detail::read_options(options), detail::build_options(options));
  return detail::predictor_of(std::move(file), display_name(file_path), options);
}
WICK_INLINE Predictor load_predictor(std::istream& in, const PredictorOptions& options) {
  return detail::predictor_of(
      read_checkpoint<float>(in, detail::read_options(options), detail::build_options(options)), "<stream>",
      options);
}
WICK_INLINE Predictor load_predictor(std::span<const std::byte> bytes, const PredictorOptions& options) {
  return detail::predictor_of(
      read_checkpoint<float>(bytes, detail::read_options(options), detail::build_options(options)),
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

#pragma once

// Definitions of checkpoint/load_model.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/load_model.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/nn/all_activations.hpp>
#include <wick/nn/all_normalisations.hpp>

#include <algorithm>
#include <istream>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
[[nodiscard]] LoadedModel<T> model_of(Archive archive, const std::string& name, const ProgramLimits& limits) {
  if (has_program(archive)) {
    LoadedProgram<T> loaded = program_of(archive, all_operations<T>(), name, limits);
    LoadedModel<T> model(uninitialised, std::move(loaded.program), std::as_const(*loaded.parameters),
                         loaded.class_name.empty() ? std::string("ProgramModule") : loaded.class_name,
                         loaded.names, loaded.modules);
    std::ranges::copy(std::as_const(*loaded.parameters).values(), model.parameters()->values().begin());
    return model;
  }
  if (!archive.architecture && archive.find_attributes(architecture_group) == nullptr) {
    throw FormatError(name,
                      "the file does not say what is computed of its parameters: make a model of that "
                      "structure, and call load_model(path, model) or load_checkpoint(model, path)");
  }
  const BuildOptions build{.activations = &all_activations(), .normalisations = &all_normalisations()};
  const Network<T> network = from_archive<T>(std::move(archive), name, build).model;
  const ParameterBlock<T>& parameters = *network.parameters();
  LoadedModel<T> model(uninitialised, network.program(), parameters, std::string("Network"),
                       std::vector<std::pair<std::string, std::string>>(),
                       descriptions_of(network.modules()));
  std::ranges::copy(parameters.values(), model.parameters()->values().begin());
  return model;
}

}  // namespace detail

template <Floating T>
LoadedModel<T> load_model(const FilePath& path, const ProgramLimits& limits, const ReadOptions& options) {
  return detail::model_of<T>(read_any(path, options).archive, display_name(path), limits);
}
template <Floating T>
LoadedModel<T> load_model(std::istream& in, const ProgramLimits& limits, const ReadOptions& options) {
  return detail::model_of<T>(read_any(in, options).archive, "<stream>", limits);
}
template <Floating T>
LoadedModel<T> load_model(std::span<const std::byte> bytes, const ProgramLimits& limits,
                          const ReadOptions& options) {
  return detail::model_of<T>(read_any(bytes, options).archive, "<memory>", limits);
}

#ifdef WICK_COMPILED
template LoadedModel<float> load_model(const FilePath&, const ProgramLimits&, const ReadOptions&);
template LoadedModel<double> load_model(const FilePath&, const ProgramLimits&, const ReadOptions&);
template LoadedModel<float> load_model(std::istream&, const ProgramLimits&, const ReadOptions&);
template LoadedModel<double> load_model(std::istream&, const ProgramLimits&, const ReadOptions&);
template LoadedModel<float> load_model(std::span<const std::byte>, const ProgramLimits&, const ReadOptions&);
template LoadedModel<double> load_model(std::span<const std::byte>, const ProgramLimits&, const ReadOptions&);
#endif

WICK_END_NAMESPACE

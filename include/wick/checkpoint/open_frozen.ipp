#pragma once

// Definitions of checkpoint/open_frozen.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/checkpoint/detail/open_archive.hpp>
#include <wick/checkpoint/detail/own_names.hpp>
#include <wick/checkpoint/detail/parameter_bytes.hpp>
#include <wick/checkpoint/open_frozen.hpp>

#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
OpenedFrozen<T> frozen(OpenedArchive file, const std::string& name, NetworkOutputs outputs, bool mapped,
                       const BuildOptions& build) {
  const DescribedNetwork network = described_or_inferred(file.archive, name, build);
  const StateDict& parameters = model_parameters(file.archive, name);
  InPlace in_place = parameters_in_place(expected_parameters(network.architecture, network.options),
                                         parameters, dtype_of<T>, file.memory);
  std::shared_ptr<ParameterBlock<T>> block;
  if (!in_place.bytes.empty()) {
    const std::span<T> values = numbers_in<T>(in_place);
    block = std::make_shared<ParameterBlock<T>>(values.data(), static_cast<Index>(values.size()),
                                                std::move(in_place.offsets), std::move(file.owner));
  }
  FrozenNetwork<T> model(network, parameters, name, outputs, std::move(block));
  file.add_notes(name, build, mapped && !model.parameters()->is_foreign());
  return {std::move(model), file.metadata(), std::move(file.notes)};
}

}  // namespace detail

template <Floating T>
OpenedFrozen<T> open_frozen(const FilePath& path, NetworkOutputs outputs, bool mapped,
                            const ReadOptions& options, const BuildOptions& build) {
  return detail::frozen<T>(detail::open_archive(path, mapped, options, build), display_name(path), outputs,
                           mapped, build);
}

template <Floating T>
OpenedFrozen<T> open_frozen(AnyFile file, const std::string& name, NetworkOutputs outputs,
                            const BuildOptions& build) {
  return detail::frozen<T>(detail::open_archive(std::move(file), name, build), name, outputs, false, build);
}

#ifdef WICK_COMPILED
template OpenedFrozen<float> open_frozen<float>(const FilePath&, NetworkOutputs, bool, const ReadOptions&,
                                                const BuildOptions&);
template OpenedFrozen<float> open_frozen<float>(AnyFile, const std::string&, NetworkOutputs,
                                                const BuildOptions&);
template OpenedFrozen<double> open_frozen<double>(const FilePath&, NetworkOutputs, bool, const ReadOptions&,
                                                  const BuildOptions&);
template OpenedFrozen<double> open_frozen<double>(AnyFile, const std::string&, NetworkOutputs,
                                                  const BuildOptions&);
#endif

WICK_END_NAMESPACE

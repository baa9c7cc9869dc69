#pragma once

// Definitions of checkpoint/network_archive.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/printable.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/checkpoint/detail/own_names.hpp>
#include <wick/checkpoint/detail/parameter_bytes.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/checkpoint/infer.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/models/network.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

template <Floating T>
Architecture architecture_of(const Network<T>& model) {
  Architecture a{.type = "Network",
                 .input_size = model.input_size(),
                 .output_size = model.output_size(),
                 .hidden_layers = {},
                 .dropout = model.dropout().p()};
  for (const auto& layer : model.hidden_layers()) a.hidden_layers.push_back(layer.out_features());
  return a;
}

namespace detail {

template <Floating T>
StateDict view_parameters(const Network<T>& model) {
  const std::shared_ptr<const ParameterBlock<T>> block = model.parameters();
  StateDict views;
  for (const auto& e : block->entries()) {
    const auto view = block->value(e.slot);
    views.insert(e.name, AnyTensor(dtype_of<T>, view.shape(), std::as_bytes(view.span()), block));
  }
  for (const auto& e : block->buffers()) {
    const auto view = block->buffer(e.slot);
    if (e.persistent)
      views.insert(e.name, AnyTensor(dtype_of<T>, view.shape(), std::as_bytes(view.span()), block));
  }
  return views;
}

/// What an Architecture has no place for: the options that the lesson's class does not have.
inline Attributes written_options(const NetworkOptions& options) {
  Attributes group;
  const ModuleActivation& module = options.activation_module;
  const ModuleNormalisation& norm = options.normalisation_module;
  if (options.activation == Activation::relu && module.empty() &&
      options.normalisation == Normalisation::none && norm.empty()) {
    return group;
  }
  group.set(class_key, std::string("Network"));
  group.set(activation_key,
            std::string(module.empty() ? activation_name(options.activation) : module.type()));
  if (!module.empty() && !module.numbers().empty())
    group.set(activation_numbers_key, std::vector<double>(module.numbers().begin(), module.numbers().end()));
  group.set(normalisation_key,
            std::string(norm.empty() ? normalisation_name(options.normalisation) : norm.type()));
  if (!norm.empty()) norm.write(group);
  return group;
}

template <Floating T>
Archive archive_with(StateDict parameters, const Network<T>& model, const CheckpointExtras& extras) {
  const NetworkOptions options = model.options();
  // A program may add to the block; what it added has no place in the architecture, so reading would fail.
  const std::size_t own = parameter_count(model.hidden_layers().size(), options);
  if (parameters.size() > own) {
    const std::string& first = (parameters.begin() + static_cast<std::ptrdiff_t>(own))->first;
    throw Error("a checkpoint of this network could not be loaded: its parameter block holds " +
                std::to_string(parameters.size() - own) + " more than its layers have, the first of them " +
                python_quoted(first) + "; save its state_dict() instead");
  }
  Archive archive{.architecture = architecture_of(model),
                  .tensors = {{std::string(model_group), std::move(parameters)}},
                  .attributes = {}};
  if (Attributes group = written_options(options); !group.empty())
    archive.add_attributes(architecture_group, std::move(group));
  put_extras(archive, extras);
  return archive;
}

}  // namespace detail

template <Floating T>
Archive to_archive(const Network<T>& model, const CheckpointExtras& extras) {
  return detail::archive_with(model.parameters()->state_dict(), model, extras);
}

namespace detail {

template <Floating T>
Network<T> build_network(const Archive& archive, const std::string& name, const BuildOptions& build,
                         std::span<std::byte> memory, std::shared_ptr<const void> owner) {
  const auto [a, options] = described_or_inferred(archive, name, build);
  const StateDict& parameters = model_parameters(archive, name);
  InPlace in_place = parameters_in_place(expected_parameters(a, options), parameters, dtype_of<T>, memory);
  if (!in_place.bytes.empty()) {
    Network<T> model(a.input_size, a.output_size, a.hidden_layers, options, numbers_in<T>(in_place),
                     std::move(in_place.offsets), std::move(owner));
    if (const auto& norms = model.module().other_norms) norms->load(parameters, *model.parameters(), true);
    return model;
  }
  check_shared_bytes(parameters, sizeof(T), name);
  Network<T> model(a.input_size, a.output_size, a.hidden_layers, options, uninitialised);
  // What is the network's own was confirmed: by the block, in which nothing is tied.
  ParameterBlock<T>& block = *model.parameters();
  block.load_state_dict(block.spec("Network"), parameters);
  return model;
}

}  // namespace detail

template <Floating T>
Checkpoint<T> from_archive(Archive archive, const std::string& name, const BuildOptions& options) {
  archive = detail::with_own_names(std::move(archive), name, options);
  Network<T> model = detail::build_network<T>(archive, name, options);
  std::vector<std::string> notes = detail::assumptions(archive, name, options);
  CheckpointExtras extras = detail::get_extras(archive, name);
  return {std::move(model), std::move(extras), std::move(notes)};
}

#ifdef WICK_COMPILED
template Architecture architecture_of(const Network<float>&);
template Archive to_archive(const Network<float>&, const CheckpointExtras&);
template Checkpoint<float> from_archive<float>(Archive, const std::string&, const BuildOptions&);
namespace detail {
template StateDict view_parameters(const Network<float>&);
template Archive archive_with(StateDict, const Network<float>&, const CheckpointExtras&);
template Network<float> build_network<float>(const Archive&, const std::string&, const BuildOptions&,
                                             std::span<std::byte>, std::shared_ptr<const void>);
}  // namespace detail
template Architecture architecture_of(const Network<double>&);
template Archive to_archive(const Network<double>&, const CheckpointExtras&);
template Checkpoint<double> from_archive<double>(Archive, const std::string&, const BuildOptions&);
namespace detail {
template StateDict view_parameters(const Network<double>&);
template Archive archive_with(StateDict, const Network<double>&, const CheckpointExtras&);
template Network<double> build_network<double>(const Archive&, const std::string&, const BuildOptions&,
                                               std::span<std::byte>, std::shared_ptr<const void>);
}  // namespace detail
#endif

WICK_END_NAMESPACE

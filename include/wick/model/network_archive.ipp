#pragma once

// Definitions of model/network_archive.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/optimizer_state.hpp>
#include <wick/core/printable.hpp>
#include <wick/core/quote.hpp>
#include <wick/io/archive.hpp>
#include <wick/io/groups.hpp>
#include <wick/model/infer.hpp>
#include <wick/model/network_archive.hpp>
#include <wick/nn/network.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

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
  return views;
}

template <Floating T>
Archive archive_with(StateDict parameters, const Network<T>& model, const CheckpointExtras& extras) {
  // A program may add to the block; what it added has no place in the architecture, so reading would fail.
  const std::size_t own = 2 * (model.hidden_layers().size() + 1);
  if (parameters.size() > own) {
    const std::string& first = (parameters.begin() + static_cast<std::ptrdiff_t>(own))->first;
    throw Error("a checkpoint of this network could not be loaded: its parameter block holds " +
                std::to_string(parameters.size() - own) + " more than its layers have, the first of them " +
                python_quoted(first) + "; save its state_dict() instead");
  }
  Archive archive{.architecture = architecture_of(model),
                  .tensors = {{std::string(model_group), std::move(parameters)}},
                  .attributes = {}};
  if (extras.optimizer) put_optimizer(archive, *extras.optimizer);
  if (!extras.training.empty()) archive.attributes.emplace_back(training_group, extras.training);
  if (!extras.training_tensors.empty()) archive.tensors.emplace_back(training_group, extras.training_tensors);
  if (!extras.metadata.empty()) archive.attributes.emplace_back(metadata_group, extras.metadata);
  if (!extras.metadata_tensors.empty()) archive.tensors.emplace_back(metadata_group, extras.metadata_tensors);
  return archive;
}

}  // namespace detail

template <Floating T>
Archive to_archive(const Network<T>& model, const CheckpointExtras& extras) {
  return detail::archive_with(model.state_dict(), model, extras);
}

namespace detail {

/// Throws unless `parameters` are exactly those of a network of this architecture.
///
/// Nothing is built first: the sizes are only numbers in a file until the tensors,
/// whose bytes are there, confirm them.
inline void check_architecture(const Architecture& a, const StateDict& parameters, const std::string& name) {
  const auto fail = [&](const std::string& what) {
    throw FormatError(name, 0, "the header does not fit the parameters: " + what);
  };
  if (a.type != "Network") fail("expected a model of type Network, got " + quoted_name(a.type));
  if (parameters.size() != 2 * (a.hidden_layers.size() + 1)) {
    fail("expected " + std::to_string(2 * (a.hidden_layers.size() + 1)) + " tensors for " +
         std::to_string(a.hidden_layers.size()) + " hidden layers, got " + std::to_string(parameters.size()));
  }
  const auto demand = [&](const std::string& key, const Shape& expected) {
    const AnyTensor* found = parameters.find(key);
    if (found == nullptr) {
      fail("\"" + key + "\" is missing");
    } else if (!(found->shape() == expected)) {
      fail("\"" + key + "\" should have shape " + expected.str() + ", it has " + found->shape().str());
    }
  };
  Index in = a.input_size;
  const auto require_layer = [&](const std::string& prefix, Index out) {
    // A product that overflows cannot be the shape of a tensor in the file.
    if (!checked_numel(std::array{out, in})) fail("\"" + prefix + ".weight\" would be too large");
    demand(prefix + ".weight", Shape{out, in});
    demand(prefix + ".bias", Shape{out});
    in = out;
  };
  for (std::size_t i = 0; i < a.hidden_layers.size(); ++i) {
    require_layer("hidden_layers." + std::to_string(i), a.hidden_layers[i]);
  }
  require_layer("output", a.output_size);
}

/// Where the parameters lie in `memory`, padding included, if they lie there as a network of this
/// architecture keeps them: same element type, same order, each at a multiple of 64 bytes. Otherwise nothing.
template <Floating T>
std::span<T> parameters_in_place(const Architecture& a, const StateDict& parameters,
                                 std::span<std::byte> memory) {
  if constexpr (std::endian::native != std::endian::little) return {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= a.hidden_layers.size(); ++i) {
    const std::string layer =
        i < a.hidden_layers.size() ? "hidden_layers." + std::to_string(i) : std::string("output");
    names.push_back(layer + ".weight");
    names.push_back(layer + ".bias");
  }
  if (memory.empty() || parameters.size() != names.size()) return {};
  // Addresses as numbers: the tensors need not lie in `memory` at all.
  const auto address = [](const std::byte* p) { return reinterpret_cast<std::uintptr_t>(p); };
  const std::uintptr_t begin = address(parameters.begin()->second.bytes().data());
  std::uintptr_t end = begin;
  auto name = names.begin();
  for (const auto& [key, tensor] : parameters) {
    if (key != *name++ || tensor.dtype() != dtype_of<T> || address(tensor.bytes().data()) != end) return {};
    end += static_cast<std::uintptr_t>(ParameterBlock<T>::padded(tensor.numel())) * sizeof(T);
  }
  if (begin % Buffer<T>::alignment != 0 || begin < address(memory.data()) ||
      end > address(memory.data()) + memory.size()) {
    return {};
  }
  std::byte* first = memory.data() + (begin - address(memory.data()));
  // Zeros behind each, as a network keeps them; in files of other kinds they may be something else.
  const std::byte* padding = first;
  for (const auto& [key, tensor] : parameters) {
    const auto bytes = static_cast<std::size_t>(ParameterBlock<T>::padded(tensor.numel())) * sizeof(T);
    const auto is_zero = [](std::byte b) { return b == std::byte{0}; };
    if (!std::all_of(padding + tensor.bytes().size(), padding + bytes, is_zero)) return {};
    padding += bytes;
  }
  return {reinterpret_cast<T*>(first), (end - begin) / sizeof(T)};
}

WICK_INLINE Archive with_own_names(Archive archive, const std::string& name, const BuildOptions& options) {
  if (options.rename) archive = rename_parameters(std::move(archive), options.rename);
  const StateDict* parameters = archive.find_tensors(model_group);
  if (options.names != ParameterNames::by_shape || parameters == nullptr) return archive;
  try {
    const NameMapping names = infer_by_shape(*parameters).names;
    return rename_parameters(std::move(archive), names);
  } catch (const StateDictError& e) {
    throw FormatError(name, 0, e.what());
  }
}

/// Sizes in the header, confirmed by the parameters, or else the parameters' own.
inline Architecture checked_architecture(const Archive& archive, const std::string& name, double dropout) {
  const StateDict* parameters = archive.find_tensors(model_group);
  if (parameters == nullptr) throw FormatError(name, 0, "the file has no parameters of a model");
  if (archive.architecture) {
    check_architecture(*archive.architecture, *parameters, name);
    return *archive.architecture;
  }
  try {
    Architecture a = infer_architecture(*parameters);
    a.dropout = dropout;
    return a;
  } catch (const StateDictError& e) {
    throw FormatError(name, 0, std::string("the file does not say how to build the network: ") + e.what());
  }
}

template <Floating T>
Network<T> build_network(const Archive& archive, const std::string& name, double dropout,
                         std::span<std::byte> memory, std::shared_ptr<const void> owner) {
  const Architecture a = checked_architecture(archive, name, dropout);
  const StateDict* parameters = archive.find_tensors(model_group);
  const NetworkOptions options{.dropout = a.dropout};
  const std::span<T> in_place = parameters_in_place<T>(a, *parameters, memory);
  if (!in_place.empty()) {
    return {a.input_size, a.output_size, a.hidden_layers, options, in_place, std::move(owner)};
  }
  Network<T> model(a.input_size, a.output_size, a.hidden_layers, options, uninitialised);
  model.load_state_dict(*parameters);
  return model;
}

}  // namespace detail

template <Floating T>
Checkpoint<T> from_archive(Archive archive, const std::string& name, const BuildOptions& options) {
  archive = detail::with_own_names(std::move(archive), name, options);
  Network<T> model = detail::build_network<T>(archive, name, options.dropout);
  CheckpointExtras extras;
  try {
    extras.optimizer = get_optimizer(archive);
  } catch (const IndexError& e) {
    throw FormatError(name, 0, std::string("the optimizer's state is incomplete: ") + e.what());
  }
  if (const Attributes* found = archive.find_attributes(training_group)) extras.training = *found;
  if (const StateDict* found = archive.find_tensors(training_group)) extras.training_tensors = *found;
  if (const Attributes* found = archive.find_attributes(metadata_group)) extras.metadata = *found;
  if (const StateDict* found = archive.find_tensors(metadata_group)) extras.metadata_tensors = *found;
  return {std::move(model), std::move(extras)};
}

#ifdef WICK_COMPILED
template Architecture architecture_of(const Network<float>&);
template Archive to_archive(const Network<float>&, const CheckpointExtras&);
template Checkpoint<float> from_archive<float>(Archive, const std::string&, const BuildOptions&);
namespace detail {
template StateDict view_parameters(const Network<float>&);
template Archive archive_with(StateDict, const Network<float>&, const CheckpointExtras&);
template Network<float> build_network<float>(const Archive&, const std::string&, double, std::span<std::byte>,
                                             std::shared_ptr<const void>);
}  // namespace detail
template Architecture architecture_of(const Network<double>&);
template Archive to_archive(const Network<double>&, const CheckpointExtras&);
template Checkpoint<double> from_archive<double>(Archive, const std::string&, const BuildOptions&);
namespace detail {
template StateDict view_parameters(const Network<double>&);
template Archive archive_with(StateDict, const Network<double>&, const CheckpointExtras&);
template Network<double> build_network<double>(const Archive&, const std::string&, double,
                                               std::span<std::byte>, std::shared_ptr<const void>);
}  // namespace detail
#endif

}  // namespace wick::inline WICK_ABI_NAMESPACE

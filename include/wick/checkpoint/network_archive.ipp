#pragma once

// Definitions of checkpoint/network_archive.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/printable.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/checkpoint/detail/name_hints.hpp>
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
  return views;
}

/// What an Architecture has no place for: the options that the lesson's class does not have.
inline Attributes written_options(const NetworkOptions& options) {
  Attributes group;
  if (options.activation == Activation::relu && options.normalisation == Normalisation::none) return group;
  group.set(class_key, std::string("Network"));
  group.set(activation_key, std::string(activation_name(options.activation)));
  group.set(normalisation_key, std::string(normalisation_name(options.normalisation)));
  return group;
}

template <Floating T>
Archive archive_with(StateDict parameters, const Network<T>& model, const CheckpointExtras& extras) {
  const NetworkOptions options = model.options();
  // A program may add to the block; what it added has no place in the architecture, so reading would fail.
  const std::size_t own = parameter_count(model.hidden_layers().size(), options.normalisation);
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

/// Parameters in memory that a network can use as it is.
template <Floating T>
struct InPlace {
  std::span<T> values;         ///< empty if they cannot be used there
  std::vector<Index> offsets;  ///< of each, in the network's order
};

/// Where the parameters lie in `memory`, if they can stay there: of the network's element type, each at a
/// multiple of 64 bytes with room up to the next one, and without much else between them. What is between
/// them becomes zero.
template <Floating T>
InPlace<T> parameters_in_place(const Architecture& a, Normalisation normalisation,
                               const StateDict& parameters, std::span<std::byte> memory) {
  constexpr std::size_t unit = Buffer<T>::alignment;
  constexpr std::size_t most_between = std::size_t{64} << 10;
  if (std::endian::native != std::endian::little || memory.empty() ||
      parameters.size() != parameter_count(a.hidden_layers.size(), normalisation)) {
    return {};
  }
  // Addresses as numbers: the tensors need not lie in `memory` at all.
  const auto address = [](const std::byte* p) { return reinterpret_cast<std::uintptr_t>(p); };
  const std::uintptr_t start = address(memory.data());
  struct Place {
    std::size_t begin, end, padded_end;  // in `memory`
  };
  std::vector<Place> places;
  std::size_t bytes = 0;
  for (const ExpectedParameter& p : expected_parameters(a, normalisation)) {
    const AnyTensor* tensor = parameters.find(p.name);
    if (tensor == nullptr || tensor->dtype() != dtype_of<T>) return {};
    const std::uintptr_t at = address(tensor->bytes().data());
    const std::size_t size = tensor->bytes().size();
    const auto padded = static_cast<std::size_t>(ParameterBlock<T>::padded(tensor->numel())) * sizeof(T);
    if (at < start || at - start > memory.size() || padded > memory.size() - (at - start) || at % unit != 0)
      return {};
    places.push_back({at - start, at - start + size, at - start + padded});
    bytes += padded;
  }
  std::vector<Place> in_order = places;
  std::ranges::sort(in_order, {}, &Place::begin);
  for (std::size_t i = 1; i < in_order.size(); ++i) {
    if (in_order[i].begin < in_order[i - 1].padded_end) return {};
  }
  const std::size_t first = in_order.front().begin;
  const std::size_t last = in_order.back().padded_end;
  if (last - first - bytes > (std::max)(most_between, bytes / 4)) return {};
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    const std::size_t from = in_order[i].end;
    const std::size_t to = i + 1 < in_order.size() ? in_order[i + 1].begin : last;
    const auto gap = memory.subspan(from, to - from);
    // Pages of a mapping that are only read stay shared.
    if (std::ranges::any_of(gap, [](std::byte b) { return b != std::byte{0}; }))
      std::ranges::fill(gap, std::byte{0});
  }
  InPlace<T> result{{static_cast<T*>(static_cast<void*>(memory.data() + first)), (last - first) / sizeof(T)},
                    {}};
  for (const Place& place : places)
    result.offsets.push_back(static_cast<Index>((place.begin - first) / sizeof(T)));
  return result;
}

/// What the options make of a name, or nothing if they change none.
[[nodiscard]] inline RenameFunction renaming_of(const BuildOptions& options) {
  if (options.only.empty() && options.prefix.empty()) return options.rename;
  return [&options](std::string_view name) -> std::optional<std::string> {
    const auto is_start = [name](const std::string& start) { return name.starts_with(start); };
    if (!options.only.empty() && std::ranges::none_of(options.only, is_start)) return std::nullopt;
    if (name.starts_with(options.prefix)) name.remove_prefix(options.prefix.size());
    return options.rename ? options.rename(name) : std::optional(std::string(name));
  };
}

/// Throws if options that choose parameters leave none.
inline void check_some_are_left(const StateDict& before, const Archive& after, const std::string& name) {
  const StateDict* parameters = after.find_tensors(model_group);
  if (before.empty() || (parameters != nullptr && !parameters->empty())) return;
  constexpr std::size_t most = 20;
  std::string names;
  std::size_t count = 0;
  for (const auto& [key, tensor] : before) {
    if (count++ == most) break;
    names += (names.empty() ? "\"" : ", \"") + key.substr(0, 100) + "\"";
  }
  throw FileError(name, "the options leave none of the parameters; the file has " + names +
                            (before.size() > most ? ", ..." : ""));
}

/// `x.weight` to `x.bias`.
inline std::string bias_beside(std::string_view weight) {
  return std::string(weight.substr(0, weight.size() - std::string_view("weight").size())) + "bias";
}

/// Zeros for biases that a model was built without: its outputs are the same.
inline void add_zero_biases(Archive& archive, ParameterNames names) {
  const auto group =
      std::ranges::find(archive.tensors, model_group, &std::pair<std::string, StateDict>::first);
  if (group == archive.tensors.end()) return;
  const auto is_bias = [](const auto& entry) { return entry.first.ends_with(".bias"); };
  // Among a Network's own parameters one that is missing was lost, unless all layers are of this kind.
  const bool own = names == ParameterNames::own || archive.architecture.has_value();
  if (own && std::ranges::any_of(group->second, is_bias)) return;
  // A weight without elements has any number of rows and is no layer; weights that share their elements do
  // not need a memory each.
  constexpr std::string_view weight = ".weight";
  const auto lacks_bias = [&](const std::string& key, const AnyTensor& tensor) {
    return key.ends_with(weight) && tensor.shape().dim() == 2 && tensor.shape().numel() > 0 &&
           prefix_of_own_name(key) == 0 && !group->second.contains(bias_beside(key));
  };
  Index longest = 0;
  for (const auto& [key, tensor] : group->second) {
    if (lacks_bias(key, tensor)) longest = (std::max)(longest, tensor.shape()[0]);
  }
  if (longest == 0) return;
  const auto zeros = std::make_shared<const Tensor<float>>(Tensor<float>::zeros({longest}));
  StateDict result;
  for (const auto& [key, tensor] : group->second) {
    result.insert(key, tensor);
    if (!lacks_bias(key, tensor)) continue;
    const Index rows = tensor.shape()[0];
    const auto bytes = std::as_bytes(zeros->span().first(static_cast<std::size_t>(rows)));
    result.insert(bias_beside(key), AnyTensor(DType::f32, {rows}, bytes, zeros));
  }
  group->second = std::move(result);
}

WICK_INLINE Archive with_own_names(Archive archive, const std::string& name, const BuildOptions& options) {
  if (options.names != ParameterNames::by_shape) refuse_own_class(archive, name);
  const auto group =
      std::ranges::find(archive.tensors, model_group, &std::pair<std::string, StateDict>::first);
  if (group == archive.tensors.end()) return archive;
  // Before names change: they tell what is no parameter.
  group->second = without_extra_states(group->second);
  if (const RenameFunction new_name = renaming_of(options)) {
    const StateDict before = group->second;
    archive = rename_parameters(std::move(archive), new_name);
    check_some_are_left(before, archive, name);
  }
  if (options.names == ParameterNames::by_shape) {
    try {
      const NameMapping names = infer_by_shape(group->second).names;
      archive = rename_parameters(std::move(archive), names);
    } catch (const StateDictError& e) {
      throw FormatError(name, e.what());
    }
  }
  add_zero_biases(archive, options.names);
  return archive;
}

WICK_INLINE std::vector<std::string> assumptions(const Archive& archive, const std::string& name,
                                                 const BuildOptions& options) {
  std::vector<std::string> result;
  if (options.names == ParameterNames::by_shape && !archive.architecture) {
    result.emplace_back(
        "the layers were matched by names and shapes, which do not say what is between them: ReLU is "
        "assumed, and log-softmax behind the last; a model with other activations, such as Tanh, gives other "
        "results");
  }
  if (options.out != nullptr) {
    for (const auto& text : result) *options.out << name << ": " << text << '\n';
  }
  return result;
}

/// Sizes in the header, confirmed by the parameters, or else the parameters' own.
inline DescribedNetwork described_or_inferred(const Archive& archive, const std::string& name,
                                              double dropout) {
  const StateDict& parameters = model_parameters(archive, name);
  if (archive.architecture) return described_network(archive, name);
  try {
    return {infer_architecture(parameters), {.dropout = dropout}};
  } catch (const StateDictError& e) {
    throw FormatError(name, std::string("the file does not say how to build the network: ") + e.what());
  }
}

/// Throws when parameters share so many of their bytes that a network, which has memory for each of them,
/// would take far more than the file: one matrix under a thousand names is as small there as one under one
/// name.
template <Floating T>
void check_shared_bytes(const StateDict& parameters, const std::string& name) {
  struct Part {
    std::uintptr_t begin, end;
    std::size_t item;
  };
  std::vector<Part> parts;
  for (const auto& [key, tensor] : parameters) {
    const auto begin = reinterpret_cast<std::uintptr_t>(tensor.bytes().data());
    if (tensor.numel() > 0)
      parts.push_back({begin, begin + tensor.bytes().size(), item_size(tensor.dtype())});
  }
  std::ranges::sort(parts, {}, &Part::begin);
  // Passes to `each` how many bytes of each part are its own, and how many it shares with those before.
  const auto for_each = [&parts](auto&& each) {
    std::uintptr_t end = 0;
    for (const Part& part : parts) {
      const std::uintptr_t begin = (std::min)((std::max)(part.begin, end), part.end);
      each(part, part.end - begin, begin - part.begin);
      end = (std::max)(end, part.end);
    }
  };
  std::uint64_t once = 0;
  for_each([&](const Part&, std::uint64_t own, std::uint64_t) { once += own; });
  const std::uint64_t limit = (std::uint64_t{8} << 20) + 2 * once;
  std::uint64_t again = 0;
  for_each([&](const Part& part, std::uint64_t, std::uint64_t shared) {
    again += shared / part.item * sizeof(T);
    if (again <= limit) return;
    throw FormatError(
        name, "the model's parameters are " + std::to_string(once) +
                  " bytes that many of them share, but a network has memory for each of them, more than " +
                  std::to_string(limit) +
                  " bytes for what is there already; if that is meant, load the state dict into a "
                  "Network of these sizes");
  });
}

template <Floating T>
Network<T> build_network(const Archive& archive, const std::string& name, double dropout,
                         std::span<std::byte> memory, std::shared_ptr<const void> owner) {
  const auto [a, options] = described_or_inferred(archive, name, dropout);
  const StateDict* parameters = archive.find_tensors(model_group);
  InPlace<T> in_place = parameters_in_place<T>(a, options.normalisation, *parameters, memory);
  if (!in_place.values.empty()) {
    return {a.input_size,    a.output_size,   a.hidden_layers,
            options,         in_place.values, std::move(in_place.offsets),
            std::move(owner)};
  }
  check_shared_bytes<T>(*parameters, name);
  Network<T> model(a.input_size, a.output_size, a.hidden_layers, options, uninitialised);
  // What is the network's own was confirmed: by the block, in which nothing is tied.
  ParameterBlock<T>& block = *model.parameters();
  block.load_state_dict(block.spec("Network"), *parameters);
  return model;
}

template <Floating T>
OpenedNetwork<T> open_archive(Archive archive, std::vector<std::string> notes, const std::string& name,
                              bool mapped, const BuildOptions& build, std::size_t file_bytes,
                              std::span<std::byte> memory, std::shared_ptr<const void> owner) {
  archive = with_own_names(std::move(archive), name, build);
  std::size_t parameters = 0;
  if (const StateDict* found = archive.find_tensors(model_group)) {
    for (const auto& [key, tensor] : *found) parameters += tensor.bytes().size();
  }
  if (!mapped && parameters <= file_bytes / 2) memory = {};
  OpenedNetwork<T> result{
      build_network<T>(archive, name, build.dropout, memory, std::move(owner)), {}, std::move(notes)};
  for (auto& text : assumptions(archive, name, build)) result.notes.push_back(std::move(text));
  if (const Attributes* metadata = archive.find_attributes(metadata_group)) result.metadata = *metadata;
  if (mapped && !std::as_const(result.model).parameters()->is_foreign()) {
    result.notes.emplace_back(
        "the parameters were copied out of the file, whose layout does not let a network use them in "
        "place");
  }
  return result;
}

}  // namespace detail

template <Floating T>
Checkpoint<T> from_archive(Archive archive, const std::string& name, const BuildOptions& options) {
  archive = detail::with_own_names(std::move(archive), name, options);
  Network<T> model = detail::build_network<T>(archive, name, options.dropout);
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
template OpenedNetwork<float> open_archive<float>(Archive, std::vector<std::string>, const std::string&, bool,
                                                  const BuildOptions&, std::size_t, std::span<std::byte>,
                                                  std::shared_ptr<const void>);
template Network<float> build_network<float>(const Archive&, const std::string&, double, std::span<std::byte>,
                                             std::shared_ptr<const void>);
}  // namespace detail
template Architecture architecture_of(const Network<double>&);
template Archive to_archive(const Network<double>&, const CheckpointExtras&);
template Checkpoint<double> from_archive<double>(Archive, const std::string&, const BuildOptions&);
namespace detail {
template StateDict view_parameters(const Network<double>&);
template Archive archive_with(StateDict, const Network<double>&, const CheckpointExtras&);
template OpenedNetwork<double> open_archive<double>(Archive, std::vector<std::string>, const std::string&,
                                                    bool, const BuildOptions&, std::size_t,
                                                    std::span<std::byte>, std::shared_ptr<const void>);
template Network<double> build_network<double>(const Archive&, const std::string&, double,
                                               std::span<std::byte>, std::shared_ptr<const void>);
}  // namespace detail
#endif

WICK_END_NAMESPACE

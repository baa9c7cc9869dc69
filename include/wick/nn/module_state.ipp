#pragma once

// Definitions of nn/module_state.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/nn/module_state.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline std::string full_name(const ModuleInfo& module, std::string_view name) {
  std::string result = module.path;
  if (!result.empty()) result += '.';
  return result.append(name);
}

/// Calls `each(module, parameter, is_first)` for all parameters; `is_first` is false where a parameter has
/// been met under another name.
template <class Each>
void each_parameter(const ModuleTree& tree, const Each& each) {
  std::vector<char> met;
  for (const ModuleInfo& m : tree.modules()) {
    for (const auto& p : m.parameters) {
      if (p.slot.number >= met.size()) met.resize(p.slot.number + 1, 0);
      each(m, p, std::exchange(met[p.slot.number], char{1}) == 0);
    }
  }
}

template <class T, class Block>
[[nodiscard]] std::vector<NamedParameter<T>> parameters_of(const ModuleTree& tree, Block& block) {
  std::vector<NamedParameter<T>> result;
  result.reserve(block.entries().size());
  each_parameter(tree, [&](const ModuleInfo& m, const ModuleInfo::Parameter& p, bool is_first) {
    if (!is_first) return;
    result.push_back({full_name(m, p.name), block.value(p.slot), p.slot, block.requires_grad(p.slot)});
  });
  return result;
}
template <class T, class Block>
[[nodiscard]] std::vector<NamedBuffer<T>> buffers_of(const ModuleTree& tree, Block& block) {
  std::vector<NamedBuffer<T>> result;
  for (const ModuleInfo& m : tree.modules()) {
    for (const auto& b : m.buffers)
      result.push_back({full_name(m, b.name), block.buffer(b.slot), b.slot, b.persistent});
  }
  return result;
}

template <Floating T>
std::vector<NamedParameter<T>> named_parameters(const ModuleTree& tree, ParameterBlock<T>& block) {
  return parameters_of<T>(tree, block);
}
template <Floating T>
std::vector<NamedParameter<const T>> named_parameters(const ModuleTree& tree,
                                                      const ParameterBlock<T>& block) {
  return parameters_of<const T>(tree, block);
}
template <Floating T>
std::vector<NamedBuffer<T>> named_buffers(const ModuleTree& tree, ParameterBlock<T>& block) {
  return buffers_of<T>(tree, block);
}
template <Floating T>
std::vector<NamedBuffer<const T>> named_buffers(const ModuleTree& tree, const ParameterBlock<T>& block) {
  return buffers_of<const T>(tree, block);
}

WICK_INLINE std::vector<Slot> parameters_at(const ModuleTree& tree, std::string_view path) {
  std::vector<Slot> result;
  if (const ModuleInfo* const module = tree.find(path)) {
    const auto first = static_cast<std::size_t>(module - tree.modules().data());
    for (const ModuleInfo& m : tree.modules().subspan(first, module->end - first)) {
      for (const auto& p : m.parameters) result.push_back(p.slot);
    }
    return result;
  }
  const std::size_t dot = path.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? path : path.substr(dot + 1);
  const ModuleInfo& owner = tree.at(dot == std::string_view::npos ? "" : path.substr(0, dot));
  std::string known;
  for (const auto& p : owner.parameters) {
    if (p.name == last) return {p.slot};
    known += (known.empty() ? "" : ", ") + shown_name(p.name);
  }
  for (const std::size_t child : owner.children)
    known += (known.empty() ? "" : ", ") + shown_name(tree.modules()[child].name);
  throw IndexError("the model has no module or parameter " + quoted_name(path) +
                   (known.empty() ? "" : "; at this place it has " + known));
}

WICK_INLINE Slot parameter_named(const ModuleTree& tree, std::string_view name) {
  if (tree.find(name) != nullptr)
    throw IndexError("the model has no parameter " + quoted_name(name) + ": that is a module");
  return parameters_at(tree, name).front();
}

WICK_INLINE StateDictSpec spec_of(const ModuleTree& tree) {
  StateDictSpec spec{std::string(tree.type_of(tree.modules().front())), {}};
  for (const ModuleInfo& m : tree.modules()) {
    if (!m.path.empty()) spec.modules.push_back(m.path);
    for (const auto& p : m.parameters) spec.tensors.push_back({full_name(m, p.name), p.slot.shape});
    for (const auto& b : m.buffers) {
      if (b.persistent) spec.tensors.push_back({full_name(m, b.name), b.slot.shape});
    }
  }
  return spec;
}

template <Floating T>
StateDict state_dict_of(const ModuleTree& tree, const ParameterBlock<T>& block) {
  StateDict sd;
  // A tied parameter is one tensor under all its names, which files keep once.
  std::vector<std::optional<AnyTensor>> tensors(block.entries().size());
  for (const ModuleInfo& m : tree.modules()) {
    for (const auto& p : m.parameters) {
      std::optional<AnyTensor>& tensor = tensors[p.slot.number];
      if (!tensor) tensor = AnyTensor::copy_of(block.value(p.slot));
      sd.insert(full_name(m, p.name), *tensor);
    }
    for (const auto& b : m.buffers) {
      if (b.persistent) sd.insert(full_name(m, b.name), AnyTensor::copy_of(block.buffer(b.slot)));
    }
  }
  return sd;
}

/// Throws StateDictError when a parameter that has several names would get different values by them.
template <Floating T>
void check_tied(const ModuleTree& tree, const StateDict& sd, const std::string& class_name) {
  std::vector<std::string> first_names;
  std::string problems;
  std::vector<std::string> names;
  each_parameter(tree, [&](const ModuleInfo& m, const ModuleInfo::Parameter& p, bool /*is_first*/) {
    std::string name = full_name(m, p.name);
    const AnyTensor* const tensor = sd.find(name);
    if (tensor == nullptr || !loadable(tensor->shape(), p.slot.shape)) return;
    if (p.slot.number >= first_names.size()) first_names.resize(p.slot.number + 1);
    std::string& first = first_names[p.slot.number];
    if (first.empty()) {
      first = std::move(name);
      return;
    }
    const auto count = static_cast<std::size_t>(p.slot.shape.numel());
    std::vector<T> a(count);
    std::vector<T> b(count);
    sd[first].copy_to(a.data());
    tensor->copy_to(b.data());
    if (count == 0 || std::memcmp(a.data(), b.data(), count * sizeof(T)) == 0) return;
    problems += "\n\t" + quoted_name(first) + " and " + quoted_name(name) +
                " are one parameter of this model, but the tensors with these names differ.";
    names.push_back(std::move(name));
  });
  if (names.empty()) return;
  throw StateDictError("Error(s) in loading state_dict for " + class_name + ":" + problems, {}, {},
                       std::move(names));
}

template <Floating T>
LoadResult load_state_dict(const ModuleTree& tree, ParameterBlock<T>& block, const StateDict& sd,
                           const LoadOptions& options) {
  if (options.renames()) {
    const StateDict renamed = rename(sd, [&](std::string_view name) { return options.name_for(name); });
    return load_state_dict(tree, block, renamed,
                           {.strict = options.strict, .allow_shape_mismatch = options.allow_shape_mismatch});
  }
  const StateDictSpec spec = spec_of(tree);
  LoadResult result = check_state_dict(spec, sd, options);
  check_tied<T>(tree, sd, spec.class_name);
  const auto load = [&](const std::string& name, TensorView<T> to) {
    const AnyTensor* const tensor = sd.find(name);
    if (tensor != nullptr && loadable(tensor->shape(), to.shape())) tensor->copy_to(to.data());
  };
  for (const ModuleInfo& m : tree.modules()) {
    for (const auto& p : m.parameters) load(full_name(m, p.name), block.value(p.slot));
    for (const auto& b : m.buffers) {
      if (b.persistent) load(full_name(m, b.name), block.buffer(b.slot));
    }
  }
  return result;
}

template <class Tensors>
[[nodiscard]] const Slot* slot_of(const Tensors& tensors, std::string_view name) noexcept {
  for (const auto& t : tensors) {
    if (t.name == name) return &t.slot;
  }
  return nullptr;
}
template <class Tensors>
[[nodiscard]] const Slot& known_slot_of(const ModuleInfo& module, std::string_view type, const char* what,
                                        const Tensors& tensors, std::string_view name) {
  if (const Slot* const slot = slot_of(tensors, name)) return *slot;
  std::string known;
  for (const auto& t : tensors) known += (known.empty() ? "" : ", ") + shown_name(t.name);
  throw IndexError("the module " + quoted_name(module.path) + ", of class " + shown_name(type) + ", has no " +
                   what + " " + quoted_name(name) + (known.empty() ? "" : "; it has " + known));
}

}  // namespace detail

template <Floating T>
bool ModuleRef<T>::has(std::string_view name) const noexcept {
  return detail::slot_of(info_->parameters, name) != nullptr ||
         detail::slot_of(info_->buffers, name) != nullptr;
}
template <Floating T>
TensorView<T> ModuleRef<T>::parameter(std::string_view name) const {
  return block_->value(detail::known_slot_of(*info_, type(), "parameter", info_->parameters, name));
}
template <Floating T>
TensorView<T> ModuleRef<T>::buffer(std::string_view name) const {
  return block_->buffer(detail::known_slot_of(*info_, type(), "buffer", info_->buffers, name));
}

#ifdef WICK_COMPILED
namespace detail {
template std::vector<NamedParameter<float>> named_parameters(const ModuleTree&, ParameterBlock<float>&);
template std::vector<NamedParameter<const float>> named_parameters(const ModuleTree&,
                                                                   const ParameterBlock<float>&);
template std::vector<NamedBuffer<float>> named_buffers(const ModuleTree&, ParameterBlock<float>&);
template std::vector<NamedBuffer<const float>> named_buffers(const ModuleTree&, const ParameterBlock<float>&);
template StateDict state_dict_of(const ModuleTree&, const ParameterBlock<float>&);
template LoadResult load_state_dict(const ModuleTree&, ParameterBlock<float>&, const StateDict&,
                                    const LoadOptions&);
template std::vector<NamedParameter<double>> named_parameters(const ModuleTree&, ParameterBlock<double>&);
template std::vector<NamedParameter<const double>> named_parameters(const ModuleTree&,
                                                                    const ParameterBlock<double>&);
template std::vector<NamedBuffer<double>> named_buffers(const ModuleTree&, ParameterBlock<double>&);
template std::vector<NamedBuffer<const double>> named_buffers(const ModuleTree&,
                                                              const ParameterBlock<double>&);
template StateDict state_dict_of(const ModuleTree&, const ParameterBlock<double>&);
template LoadResult load_state_dict(const ModuleTree&, ParameterBlock<double>&, const StateDict&,
                                    const LoadOptions&);
}  // namespace detail
template class ModuleRef<float>;
template class ModuleRef<double>;
#endif

WICK_END_NAMESPACE

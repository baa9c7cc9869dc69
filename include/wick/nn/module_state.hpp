#pragma once

// The tensors of a model's modules, by PyTorch's names and in its order.

#include <wick/nn/module_tree.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>
#include <wick/tensor/tensor.hpp>

#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A parameter of a model where it lies; T is const where it may not be written to.
template <class T>
struct NamedParameter {
  std::string name;     ///< in full: `blocks.0.norm.weight`
  TensorView<T> value;  ///< the elements
  Slot slot;            ///< its place in the block
  bool requires_grad;   ///< false: frozen
};
/// The same of a buffer.
template <class T>
struct NamedBuffer {
  std::string name;     ///< in full
  TensorView<T> value;  ///< the elements
  Slot slot;            ///< its place in the block
  bool persistent;      ///< whether state dicts have it
};

namespace detail {

// What Model does with its tree and its block that does not depend on the module.

template <Floating T>
[[nodiscard]] std::vector<NamedParameter<T>> named_parameters(const ModuleTree& tree,
                                                              ParameterBlock<T>& block);
template <Floating T>
[[nodiscard]] std::vector<NamedParameter<const T>> named_parameters(const ModuleTree& tree,
                                                                    const ParameterBlock<T>& block);
template <Floating T>
[[nodiscard]] std::vector<NamedBuffer<T>> named_buffers(const ModuleTree& tree, ParameterBlock<T>& block);
template <Floating T>
[[nodiscard]] std::vector<NamedBuffer<const T>> named_buffers(const ModuleTree& tree,
                                                              const ParameterBlock<T>& block);

/// The parameters that `path` means: those of a module and of all in it, or one. Throws IndexError for a path
/// that is neither a module's nor a parameter's.
[[nodiscard]] std::vector<Slot> parameters_at(const ModuleTree& tree, std::string_view path);
/// The parameter of this name. Throws IndexError when there is none.
[[nodiscard]] Slot parameter_named(const ModuleTree& tree, std::string_view name);

[[nodiscard]] StateDictSpec spec_of(const ModuleTree& tree);
template <Floating T>
[[nodiscard]] StateDict state_dict_of(const ModuleTree& tree, const ParameterBlock<T>& block);
template <Floating T>
LoadResult load_state_dict(const ModuleTree& tree, ParameterBlock<T>& block, const StateDict& sd,
                           const LoadOptions& options);

}  // namespace detail

/// A module of a model, with its tensors: what Model::apply() passes on.
template <Floating T>
class ModuleRef {
 public:
  /// The module `info` of the model with this tree and this block.
  ModuleRef(const ModuleTree& tree, const ModuleInfo& info, ParameterBlock<T>& block) noexcept
      : tree_(&tree), info_(&info), block_(&block) {}

  /// `blocks.0.norm`; empty for the model's own module.
  [[nodiscard]] const std::string& path() const noexcept { return info_->path; }
  /// The name of its class.
  [[nodiscard]] std::string_view type() const noexcept { return tree_->type_of(*info_); }
  /// Whether its class has this name: `is("Linear")`.
  [[nodiscard]] bool is(std::string_view type) const noexcept { return this->type() == type; }
  /// What the tree says of it.
  [[nodiscard]] const ModuleInfo& info() const noexcept { return *info_; }

  /// Whether it has a parameter or buffer of its own with this name: `has("bias")`.
  [[nodiscard]] bool has(std::string_view name) const noexcept;
  /// The values of its own parameter `name`. Throws IndexError when it has none.
  [[nodiscard]] TensorView<T> parameter(std::string_view name) const;
  /// Those of its own buffer. Throws IndexError when it has none.
  [[nodiscard]] TensorView<T> buffer(std::string_view name) const;

 private:
  const ModuleTree* tree_;
  const ModuleInfo* info_;
  ParameterBlock<T>* block_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/module_state.ipp>
#endif

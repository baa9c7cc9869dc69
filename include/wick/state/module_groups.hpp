#pragma once

// Names and shapes of tensors, gathered by module; and what names tell about order.

#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The tensors of one module: those whose names are equal up to the last dot.
struct ModuleGroup {
  /// One tensor of the module.
  struct Tensor {
    std::string name;  ///< in full, e.g. `fc1.weight`
    std::string last;  ///< behind the last dot, e.g. `weight`
    Shape shape;       ///< of the tensor
  };
  std::string path;             ///< before the last dot; empty without one
  std::vector<Tensor> tensors;  ///< by `last`
};

/// Names and shapes of `sd`, in order.
[[nodiscard]] std::vector<StateDictSpec::Tensor> names_and_shapes(const StateDict& sd);

/// Modules in the order of their first tensors.
[[nodiscard]] std::vector<ModuleGroup> group_by_module(std::span<const StateDictSpec::Tensor> tensors);

/// Whether two or more tensors are in the order of their names. PyTorch puts `weight`
/// before `bias`; a file in the order of the names was sorted by its writer (safetensors
/// does), and its order says nothing about the model's.
[[nodiscard]] bool sorted_by_name(std::span<const StateDictSpec::Tensor> tensors);

/// `fc1, fc2, out`, cut where nobody would read on.
[[nodiscard]] std::string joined_names(std::span<const std::string_view> names);

/// The order that names from a file tell, as positions in `names`, or nullopt when they
/// leave a doubt.
///
/// Names that differ in their numbers alone (`fc1`, `fc2`) go by the numbers: in a file
/// that was not sorted by name the file's order must say the same, in one that was it
/// says nothing. Other names (`first`, `second`) go by the file's order if that was not
/// sorted. See sorted_by_name().
[[nodiscard]] std::optional<std::vector<std::size_t>> order_from_names(
    std::span<const std::string_view> names, bool file_is_sorted);

namespace detail {

/// A name as its text without numbers, and the numbers, without leading zeros.
std::pair<std::string, std::vector<std::string>> text_and_numbers(std::string_view name);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/state/module_groups.ipp>
#endif

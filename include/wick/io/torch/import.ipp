#pragma once

// Definitions of io/torch/import.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/torch/detail/flattener.hpp>
#include <wick/io/torch/detail/further_group.hpp>
#include <wick/io/torch/import.hpp>
#include <wick/io/torch/optimizer_import.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE bool import_torch_optimizer(Imported& imported, const std::string& name, const TorchValue& value,
                                        const StateDict* model) {
  Archive& archive = imported.archive;
  const bool first = archive.find_attributes(optimizer_group) == nullptr;
  if (!first && (!detail::takes_group(archive, name) || archive.find_attributes(name) != nullptr ||
                 name == metadata_group || name == training_group)) {
    return false;
  }
  try {
    const auto names = optimizer_parameters(value, model != nullptr ? *model : StateDict());
    OptimizerState state = optimizer_from_torch(value, names);
    // No groups are one of all parameters of the model. Further optimizers are told from other groups of an
    // archive by having parameter groups.
    const bool of_all =
        model != nullptr && std::ranges::equal(names, *model, {}, {}, &StateDict::Entry::first);
    if (state.groups.empty() && (!first || !of_all))
      state.groups.push_back({.parameters = names, .options = {}});
    put_optimizer(archive, state, first ? optimizer_group : std::string_view(name));
    return true;
  } catch (const OptionError& e) {
    const detail::ImportNotes notes{.notes = imported.notes, .unread = imported.unread};
    notes.add(detail::quoted_name(name) + " as an optimizer, but its values are kept: " + e.what(), false);
    return false;
  }
}

WICK_INLINE Imported import_torch(const TorchValue& root, const std::string& file, std::string_view key) {
  return import_torch_with(&import_torch_optimizer, root, file, key);
}

WICK_END_NAMESPACE

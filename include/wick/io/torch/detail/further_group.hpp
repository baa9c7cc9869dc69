#pragma once

// Names of further groups of an archive.

#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>

#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Whether a further state dict of this name can be a group of its own.
[[nodiscard]] inline bool takes_group(const Archive& archive, std::string_view name) noexcept {
  return archive.tensors.size() < ArchiveLimits().groups / 2 && name.size() <= ArchiveLimits().name_bytes &&
         name != optimizer_group && archive.find_tensors(name) == nullptr;
}

}  // namespace detail

WICK_END_NAMESPACE

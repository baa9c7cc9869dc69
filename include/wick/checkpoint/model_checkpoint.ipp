#pragma once

// Definitions of checkpoint/model_checkpoint.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/model_checkpoint.hpp>
#include <wick/io/archive/groups.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Archive own_class_archive(const StateDict& state_dict, const std::string& class_name,
                                      const CheckpointExtras& extras) {
  Archive archive = archive_of(state_dict);
  archive.add_attributes(architecture_group, Attributes{{std::string(class_key), class_name}});
  put_extras(archive, extras);
  return archive;
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Definitions of io/archive/archive.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE const StateDict* Archive::find_tensors(std::string_view group) const noexcept {
  const auto it = std::ranges::find(tensors, group, &std::pair<std::string, StateDict>::first);
  return it == tensors.end() ? nullptr : &it->second;
}

WICK_INLINE const Attributes* Archive::find_attributes(std::string_view group) const noexcept {
  const auto it = std::ranges::find(attributes, group, &std::pair<std::string, Attributes>::first);
  return it == attributes.end() ? nullptr : &it->second;
}

WICK_END_NAMESPACE

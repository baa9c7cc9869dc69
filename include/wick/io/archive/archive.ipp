#pragma once

// Definitions of io/archive/archive.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>

#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE const StateDict* Archive::find_tensors(std::string_view group) const noexcept {
  for (const auto& [name, found] : tensors) {
    if (name == group) return &found;
  }
  return nullptr;
}

WICK_INLINE const Attributes* Archive::find_attributes(std::string_view group) const noexcept {
  for (const auto& [name, found] : attributes) {
    if (name == group) return &found;
  }
  return nullptr;
}

WICK_INLINE StateDict& Archive::add_tensors(std::string_view group, StateDict contents) {
  return tensors.emplace_back(group, std::move(contents)).second;
}

WICK_INLINE Attributes& Archive::add_attributes(std::string_view group, Attributes contents) {
  return attributes.emplace_back(group, std::move(contents)).second;
}

WICK_END_NAMESPACE

#pragma once

// Definitions of nn/module_list.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/module_list.hpp>

#include <cstddef>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::size_t place_in_list(Index i, Index size) {
  const Index at = i < 0 ? i + size : i;
  if (at < 0 || at >= size) {
    throw IndexError("ModuleList: index " + std::to_string(i) + " is out of range, it has " +
                     std::to_string(size) + " modules");
  }
  return static_cast<std::size_t>(at);
}

}  // namespace detail

WICK_END_NAMESPACE

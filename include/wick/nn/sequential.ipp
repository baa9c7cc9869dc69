#pragma once

// Definitions of nn/sequential.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/sequential.hpp>

#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_distinct(std::span<const std::string> names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (names[i] == names[k]) throw IndexError("module " + quoted_name(names[i]) + " already exists");
    }
  }
}

}  // namespace detail

WICK_END_NAMESPACE

#pragma once

// Definitions of data/dataset.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/data/dataset.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_sample_index(Index index, Index size, const char* where) {
  if (index < 0 || index >= size) {
    throw IndexError(std::string(where) + ": index " + std::to_string(index) +
                     " is out of range for a dataset of " + std::to_string(size) + " samples");
  }
}

}  // namespace detail

WICK_END_NAMESPACE

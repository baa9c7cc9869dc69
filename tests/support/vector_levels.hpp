#pragma once

// Runs a test with each level of vector instructions that this processor and this build have, up to the one
// in force: with WICK_VECTOR_LEVEL=base that one alone.

#include <wick/base/vector_level.hpp>

#include <doctest/doctest.h>

namespace wick_tests {

template <class Function>
void at_each_vector_level(Function test) {
  struct Restored {
    wick::VectorLevel level = wick::vector_level();
    ~Restored() { wick::set_vector_level(level); }
  };
  const Restored restored;
  for (const auto level : {wick::VectorLevel::base, wick::VectorLevel::avx2, wick::VectorLevel::avx512}) {
    if (level > restored.level || !wick::has_vector_level(level)) continue;
    CAPTURE(static_cast<int>(level));
    wick::set_vector_level(level);
    test();
  }
}

}  // namespace wick_tests

#pragma once

// Numbers for arithmetic that is compared.

#include <wick/random/distributions.hpp>

#include <cstddef>
#include <vector>

namespace wick_tests {

/// n numbers, uniform in [-1, 1).
template <class T>
std::vector<T> draw(wick::Index n, wick::Generator& g) {
  std::vector<T> values(static_cast<std::size_t>(n));
  for (T& v : values) v = static_cast<T>(2 * wick::detail::uniform53(g) - 1);
  return values;
}

}  // namespace wick_tests

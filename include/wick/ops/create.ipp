#pragma once

// Definitions of ops/create.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/create.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Keep>
[[nodiscard]] Tensor<std::int64_t> triangle_indices(const char* where, Index rows, Index cols, Keep keep) {
  if (rows < 0 || cols < 0) {
    throw ShapeError(std::string(where) + ": row and col must be non-negative, got " + std::to_string(rows) +
                     " and " + std::to_string(cols));
  }
  std::array<std::vector<std::int64_t>, 2> found;
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < cols; ++j) {
      if (!keep(j - i)) continue;
      found[0].push_back(i);
      found[1].push_back(j);
    }
  }
  const auto count = static_cast<Index>(found[0].size());
  Tensor<std::int64_t> out(Shape{2, count});
  std::ranges::copy(found[1], std::ranges::copy(found[0], out.data()).out);
  return out;
}

}  // namespace detail

WICK_INLINE Tensor<std::int64_t> tril_indices(Index rows, Index cols, Index offset) {
  return detail::triangle_indices("tril_indices", rows, cols, [=](Index d) { return d <= offset; });
}
WICK_INLINE Tensor<std::int64_t> triu_indices(Index rows, Index cols, Index offset) {
  return detail::triangle_indices("triu_indices", rows, cols, [=](Index d) { return d >= offset; });
}

WICK_END_NAMESPACE

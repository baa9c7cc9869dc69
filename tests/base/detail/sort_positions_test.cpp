#include <wick/base/detail/sort_positions.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

TEST_CASE("positions are sorted by what is there") {
  const std::vector<int> values{3, 1, 2, 1, 0};
  const auto less = [&values](std::size_t a, std::size_t b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  };
  CHECK(wick::detail::sorted_positions(values.size(), less) == std::vector<std::size_t>{4, 1, 3, 2, 0});
  CHECK(wick::detail::sorted_positions(0, less).empty());

  std::vector<int> many;
  for (int i = 0; i < 1000; ++i) many.push_back(i * 7919 % 1000);  // each number below 1000 once
  const auto order = wick::detail::sorted_positions(
      many.size(), [&many](std::size_t a, std::size_t b) { return many[a] < many[b]; });
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(many[order[i]] == static_cast<int>(i));
}

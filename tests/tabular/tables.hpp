#pragma once

// Tables with known answers.

#include <wick/random/generator.hpp>
#include <wick/table/table.hpp>
#include <wick/tabular/table_options.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace wick_tests {

/// A number in [0, 1).
[[nodiscard]] inline double draw(wick::Generator& generator) { return generator.random32() / 4294967296.0; }

/// `price` is 100.5 rooms, and 50 more in Rome; `noise` has nothing to do with it. Some `rooms` are missing.
[[nodiscard]] inline wick::Table houses(wick::Index rows, std::uint64_t seed = 0) {
  wick::Generator generator(seed);
  std::vector<double> rooms, noise, price;
  wick::Categories towns{{}, {"Oslo", "Rome"}};
  for (wick::Index i = 0; i < rows; ++i) {
    const double size = std::floor(1 + 5 * draw(generator));
    const int town = draw(generator) < 0.5 ? 0 : 1;
    rooms.push_back(i % 17 == 5 ? (std::numeric_limits<double>::quiet_NaN)() : size);
    towns.codes.push_back(town);
    noise.push_back(draw(generator));
    price.push_back(100.5 * size + 50 * town);
  }
  wick::Table table;
  table.add(wick::Column("rooms", wick::Reals{rooms}));
  table.add(wick::Column("town", std::move(towns)));
  table.add(wick::Column("noise", wick::Reals{noise}));
  table.add(wick::Column("price", wick::Reals{price}));
  return table;
}

/// Points in three classes, by the sectors of a circle that they are in.
[[nodiscard]] inline wick::Table sectors(wick::Index rows, std::uint64_t seed = 0) {
  wick::Generator generator(seed);
  std::vector<double> x, y;
  wick::Categories sector{{}, {"a", "b", "c"}};
  for (wick::Index i = 0; i < rows; ++i) {
    x.push_back(2 * draw(generator) - 1);
    y.push_back(2 * draw(generator) - 1);
    const double angle = std::atan2(y.back(), x.back());
    sector.codes.push_back(angle < -1 ? 0 : angle < 1 ? 1 : 2);
  }
  wick::Table table;
  table.add(wick::Column("x", wick::Reals{x}));
  table.add(wick::Column("y", wick::Reals{y}));
  table.add(wick::Column("sector", std::move(sector)));
  return table;
}

/// Small and soon trained.
[[nodiscard]] inline wick::TableOptions small_options() {
  return {.networks = 2,
          .epochs = 30,
          .network = {.width = 32, .blocks = 1, .frequencies = 0, .dropout = 0},
          .batch_size = 32};
}

}  // namespace wick_tests

#include <wick/data/windows.hpp>

#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/data/splits.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using wick::Index;
using wick::Shape;
using wick::Tensor;
using wick::WindowDataset;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

/// Rows 0, 1, ... of the numbers r and 100 + r.
Tensor<double> series(Index rows) {
  Tensor<double> values(Shape{rows, 2});
  for (Index r = 0; r < rows; ++r) {
    values.at(r, 0) = static_cast<double>(r);
    values.at(r, 1) = static_cast<double>(100 + r);
  }
  return values;
}

}  // namespace

TEST_CASE("windows are rows of the series, and their targets the rows after them") {
  for (const Index length : {1, 3, 4}) {
    for (const Index horizon : {1, 2}) {
      for (const Index stride : {1, 2, 5}) {
        const WindowDataset<double> data(
            series(12), {.length = length, .horizon = horizon, .stride = stride, .target = 1});
        // Counted one by one.
        Index windows = 0;
        while (windows * stride + length + horizon <= 12) ++windows;
        REQUIRE(data.size() == windows);
        wick::DataLoader loader(data, {.batch_size = 100});
        const auto batch = loader.begin();
        CHECK(batch->inputs.shape() == Shape{windows, length, 2});
        CHECK(batch->targets.shape() == Shape{windows, horizon});
        for (Index i = 0; i < windows; ++i) {
          CHECK(batch->inputs.at(i, length - 1, 0) == static_cast<double>(i * stride + length - 1));
          CHECK(batch->inputs.at(i, 0, 1) == static_cast<double>(100 + i * stride));
          CHECK(batch->targets.at(i, horizon - 1) ==
                static_cast<double>(100 + i * stride + length + horizon - 1));
          CHECK(data.row_of(i) == i * stride + length);
        }
      }
    }
  }
}

TEST_CASE("with the overlap as gap, what is tested was not seen in training") {
  for (const Index stride : {1, 2, 3}) {
    const wick::WindowOptions options{.length = 4, .horizon = 2, .stride = stride};
    const WindowDataset<double> data(series(80), options);
    for (const auto& [train, test] : wick::time_series_split(data.size(), 3, data.overlap())) {
      CHECK(train.back() * stride + 4 + 2 <= test.front() * stride);
      CHECK((train.back() + 1) * stride + 4 + 2 > test.front() * stride);  // and no window more was left out
    }
  }
}

TEST_CASE("windows that are none are refused") {
  const auto refuses = [](const wick::WindowOptions& options, const char* what) {
    CHECK(contains(message_of<wick::OptionError>([&] { WindowDataset<double>(series(5), options); }), what));
  };
  refuses({.length = 0}, "length must be >= 1, got 0");
  refuses({.horizon = 0}, "horizon must be >= 1, got 0");
  refuses({.stride = 0}, "stride must be >= 1, got 0");
  refuses({.target = 2}, "target must be a column of the series, got 2");
  refuses({.target = -1}, "target must be a column of the series, got -1");
  refuses({.length = 5}, "a series of 5 rows has no window of 5 rows with 1 after it");
  refuses({.length = 2, .horizon = (std::numeric_limits<Index>::max)()}, "has no window of 2 rows");
  CHECK(WindowDataset<double>(series(5), {.length = 4}).size() == 1);
  CHECK(contains(message_of<wick::ShapeError>([] { WindowDataset<double>(Tensor<double>(Shape{3}), {}); }),
                 "expected a series of shape (rows, columns), got [3]"));
  const WindowDataset<double> data(series(5), {.length = 4});
  wick::Batch<double, double> batch;
  CHECK_THROWS_AS(data.collate(std::vector<Index>{1}, batch), wick::IndexError);
}

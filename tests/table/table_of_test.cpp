#include <wick/table/table_of.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using wick::ColumnKind;
using wick::Tensor;
using wick_tests::message_of;

TEST_CASE("the columns of a matrix under names") {
  const auto values = Tensor<float>::from({{1, 2.5F}, {std::numeric_limits<float>::quiet_NaN(), -4}});
  const wick::Table table = table_of(values, {"a", "b"});
  CHECK(table.rows() == 2);
  CHECK(table["a"].kind() == ColumnKind::real);
  CHECK(table["a"].is_missing(1));
  CHECK(table["b"].number(0) == 2.5);
  CHECK(table.numbers<float>().at(1, 1) == -4);
  const wick::Table whole = table_of(Tensor<std::int64_t>::from({{1, -(std::int64_t{1} << 60)}}), {"a", "b"});
  CHECK(whole["b"].kind() == ColumnKind::integer);
  CHECK(whole["b"].text(0) == "-1152921504606846976");
  CHECK(table_of(Tensor<std::uint8_t>::full({1, 1}, 255), {"a"})["a"].number(0) == 255);
  CHECK(table_of(Tensor<bool>::full({2, 1}, false), {"a"})["a"].text(1) == "False");
  CHECK(table_of(Tensor<double>(wick::Shape{0, 1}), {"a"}).rows() == 0);
  CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(table_of(values, {"a"})); }) ==
        "table_of: expected a tensor of shape [rows, 1], a column for each name, got [2, 2]");
  CHECK_THROWS_AS(static_cast<void>(table_of(Tensor<float>::from({1, 2}), {"a", "b"})), wick::ShapeError);
  CHECK_THROWS_AS(static_cast<void>(table_of(values, {"a", "a"})), wick::IndexError);
}

#include <wick/table/why_no_numbers.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using wick::Column;
using wick::why_no_numbers;

namespace {

std::string why(const std::vector<std::string>& cells) {
  wick::Texts texts;
  for (const std::string& cell : cells) texts.add(cell);
  return why_no_numbers(Column("a", std::move(texts)));
}

/// Of a column whose categories these are.
std::string why_categories(std::vector<std::string> names) {
  wick::Categories categories{{}, std::move(names)};
  for (std::size_t i = 0; i < categories.names.size(); ++i)
    categories.codes.push_back(static_cast<std::int32_t>(i));
  return why_no_numbers(Column("a", std::move(categories)));
}

}  // namespace

TEST_CASE("texts that were meant as numbers or dates say what is in the way, others nothing") {
  CHECK(why({"1", "2.5", "n/k", "4e3"}) == "row 2 is \"n/k\", which is no number, as most are");
  CHECK(why({"1,5", "-2,25", "Total"}) == "row 2 is \"Total\", which is no number, as most are");
  CHECK(why({"1", "$2", "3"}) == "row 1 is \"$2\", which is no number, as most are");
  const std::string amounts =
      "; numbers have no signs of currencies or percent, no separators of thousands, and one decimal mark in "
      "all the file";
  for (const char* amount :
       {"$1,234.50", "12 %", "1.234,5", "\xE2\x82\xAC 5", "1 000", "3'000", "(1,200,000)"}) {
    CHECK(why({amount, amount, "x"}) == "such as \"" + std::string(amount) + '"' + amounts);
  }
  CHECK(why({"0,5", "1,5"}) == "such as \"0,5\"" + amounts);
  for (const char* date : {"1/28/2024", "28.01.2024", "01-02-24"}) {
    CHECK(why({date, date}) == "such as \"" + std::string(date) + "\"; dates are written as 2024-02-29");
  }
  CHECK(why({"1", "x", "y"}).empty());
  CHECK(why({"by the river", "3 rooms", "no. 5", "", "-", "A/1/2"}).empty());
  CHECK(why({}).empty());
  // What a terminal could be commanded with is shown, and long texts are cut off.
  CHECK(wick_tests::contains(why({"1", "2", "\x1b[31m" + std::string(5000, 'z')}), "row 2 is \"\\x1b[31mz"));
  CHECK(why({"1", "2", std::string(5000, 'z')}).size() < 120);
}

TEST_CASE("categories are meant as numbers where nearly all of many are") {
  const std::vector<std::string> eight{"?", "1", "2", "3", "4", "5", "6", "7", "8"};
  CHECK(why_categories(eight) == "\"?\", which is no number, as most are");
  CHECK(why_categories({"1", "2", "3", "X"}).empty());
  CHECK(why_categories({"10%", "20%", "30%"}).starts_with("such as \"10%\"; numbers have no signs"));
  CHECK(why_categories({"Oslo", "Rome"}).empty());
  CHECK(why_no_numbers(Column("a", wick::Reals{{1, 2}})).empty());
}

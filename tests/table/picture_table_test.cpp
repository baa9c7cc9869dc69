#include <wick/table/picture_table.hpp>

#include "support/throws.hpp"

#include <wick/table/csv.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using wick::LabelledPicture;
using wick::Table;
using wick_tests::message_of;

namespace {

Table read(const std::string& text) {
  std::istringstream in(text);
  return wick::read_csv(in);
}

}  // namespace

TEST_CASE("a table names pictures, in its order, relative to a folder, and back") {
  const Table table = read("label,file,year\n4,zwei/2.png,1999\n4,1.png,2001\n10,zwei/\xC3\xBC.jpg,2002\n");
  const std::vector<LabelledPicture> expected{
      {"root/zwei/2.png", "4"}, {"root/1.png", "4"}, {u8"root/zwei/\u00FC.jpg", "10"}};
  const auto pictures = wick::pictures_of(table, "file", "label", "root");
  CHECK(pictures == expected);
  const Table back = wick::table_of(pictures, "root");
  CHECK(back.names() == std::vector<std::string>{"file", "label"});
  CHECK(back["label"].text(2) == "10");
  CHECK(wick::pictures_of(back, "file", "label", "root") == expected);
  CHECK(wick::pictures_of(wick::table_of(pictures), "file", "label") == expected);
}

TEST_CASE("a row that names no picture, or not what it shows, is refused") {
  const Table table = read("file,label\na.png,x\n,y\nc.png,\n");
  const auto refusal = [&](const std::vector<wick::Index>& rows) {
    return message_of<wick::OptionError>(
        [&] { static_cast<void>(wick::pictures_of(table.take(rows), "file", "label")); });
  };
  CHECK(refusal({0, 1}) == "pictures_of: row 1 has nothing in the column \"file\"");
  CHECK(refusal({2}) == "pictures_of: row 0 has nothing in the column \"label\"");
  CHECK_THROWS_AS(static_cast<void>(wick::pictures_of(table, "files", "label")), wick::IndexError);
}

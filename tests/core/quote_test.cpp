#include <wick/core/quote.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace wick::detail;

TEST_CASE("strings are quoted as Python's repr quotes them") {
  CHECK(quoted("output.weight") == "'output.weight'");
  CHECK(quoted("") == "''");
  CHECK(quoted("it's") == "\"it's\"");
  CHECK(quoted("say \"hi\"") == "'say \"hi\"'");
  CHECK(quoted("' and \"") == "'\\' and \"'");
  CHECK(quoted("a\\b\tc\nd\re") == "'a\\\\b\\tc\\nd\\re'");
  CHECK(quoted(std::string("\0\x1b\x7f", 3)) == "'\\x00\\x1b\\x7f'");
  CHECK(quoted("caf\xc3\xa9") == "'caf\xc3\xa9'");
}

TEST_CASE("lists of strings are written as Python's lists") {
  CHECK(quoted_strings({}) == "[]");
  CHECK(quoted_strings({"a"}) == "['a']");
  CHECK(quoted_strings({"", "b'"}) == "['', \"b'\"]");
}

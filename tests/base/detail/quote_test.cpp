#include <wick/base/detail/quote.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace wick::detail;

TEST_CASE("strings are quoted as Python's repr quotes them") {
  CHECK(python_quoted("output.weight") == "'output.weight'");
  CHECK(python_quoted("") == "''");
  CHECK(python_quoted("it's") == "\"it's\"");
  CHECK(python_quoted("say \"hi\"") == "'say \"hi\"'");
  CHECK(python_quoted("' and \"") == "'\\' and \"'");
  CHECK(python_quoted("a\\b\tc\nd\re") == "'a\\\\b\\tc\\nd\\re'");
  CHECK(python_quoted(std::string("\0\x1b\x7f", 3)) == "'\\x00\\x1b\\x7f'");
  CHECK(python_quoted("caf\xc3\xa9") == "'caf\xc3\xa9'");
}

TEST_CASE("bytes that are not UTF-8 are escaped, so that messages stay text") {
  CHECK(python_quoted("\xFF") == "'\\xff'");
  CHECK(python_quoted("\xC3(") == "'\\xc3('");
  CHECK(python_quoted(std::string("caf\xC3\xA9").substr(0, 4)) == "'caf\\xc3'");
  CHECK(python_quoted("\xE2\x82\xAC\xE2\x82") == "'\xE2\x82\xAC\\xe2\\x82'");
}

TEST_CASE("lists of strings are written as Python's lists") {
  CHECK(python_list({}) == "[]");
  CHECK(python_list({"a"}) == "['a']");
  CHECK(python_list({"", "b'"}) == "['', \"b'\"]");
}

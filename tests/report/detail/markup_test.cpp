#include <wick/report/detail/markup.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>

using wick::detail::html::ellipsize;
using wick::detail::html::escape_html;
using wick::detail::html::shown_number;
using wick::detail::html::text_width;

TEST_CASE("numbers for people") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(shown_number(0.123456) == "0.1235");
  CHECK(shown_number(0.5) == "0.5");
  CHECK(shown_number(0.5, 4, true) == "0.5000");
  CHECK(shown_number(12) == "12");
  CHECK(shown_number(1234.6) == "1235");
  CHECK(shown_number(-12345.6) == "−12,346");
  CHECK(shown_number(1234567) == "1,234,567");
  CHECK(shown_number(0.00001234) == "1.234×10⁻⁵");
  CHECK(shown_number(-1e15) == "−10¹⁵");
  CHECK(shown_number(2.5e300) == "2.5×10³⁰⁰");
  CHECK(shown_number(5e-324) == "4.941×10⁻³²⁴");
  CHECK(shown_number(6.7e-8) == "6.7×10⁻⁸");
  CHECK(shown_number(0) == "0");
  CHECK(shown_number(-0.0) == "0");
  CHECK(shown_number(infinity) == "∞");
  CHECK(shown_number(-infinity) == "−∞");
  CHECK(shown_number(std::numeric_limits<double>::quiet_NaN()) == "–");
  CHECK(wick::detail::html::place(-0.01) == "0");
  CHECK(wick::detail::html::place(12.34) == "12.3");
}

TEST_CASE("names keep their beginning and their end") {
  CHECK(ellipsize("short", 10) == "short");
  const std::string cut = ellipsize("the first of many long names, number 17", 12);
  CHECK(cut.starts_with("the fi"));
  CHECK(cut.ends_with("r 17"));
  CHECK(text_width(cut) <= 12);
  CHECK(ellipsize("日本語日本語日本語", 5) == "日本…本語");
  CHECK(ellipsize("a\nb\xFF", 10) == "a\\nb\\xff");
  CHECK(ellipsize("abc", 0) == "…");
}

TEST_CASE("what HTML would read is escaped") {
  CHECK(escape_html("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(escape_html("ü\x01") == "ü\\x01");
}

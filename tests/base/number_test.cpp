#include <wick/base/number.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace wick;

TEST_CASE("doubles are written as Python's repr writes them") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  // Each text is what Python 3.11 shows for the literal.
  CHECK(python_repr(0.5) == "0.5");
  CHECK(python_repr(1) == "1.0");
  CHECK(python_repr(0) == "0.0");
  CHECK(python_repr(-0.0) == "-0.0");
  CHECK(python_repr(0.1) == "0.1");
  CHECK(python_repr(1.0 / 3) == "0.3333333333333333");
  CHECK(python_repr(0.0001) == "0.0001");
  CHECK(python_repr(0.00009999) == "9.999e-05");
  CHECK(python_repr(1e-8) == "1e-08");
  CHECK(python_repr(-2.5e-8) == "-2.5e-08");
  CHECK(python_repr(123456789.0) == "123456789.0");
  CHECK(python_repr(1e15) == "1000000000000000.0");
  CHECK(python_repr(9007199254740993.0) == "9007199254740992.0");
  CHECK(python_repr(1e16) == "1e+16");
  CHECK(python_repr(1.5e300) == "1.5e+300");
  CHECK(python_repr(5e-324) == "5e-324");
  CHECK(python_repr(inf) == "inf");
  CHECK(python_repr(-inf) == "-inf");
  CHECK(python_repr(std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(python_repr(-std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("a fixed number of decimals rounds like Python's format") {
  CHECK(fixed(0.6585, 3) == "0.658");  // the double lies below the decimal
  CHECK(fixed(0.0625, 3) == "0.062");  // a tie goes to even
  CHECK(fixed(0.1875, 3) == "0.188");
  CHECK(fixed(1.7029, 3) == "1.703");
  CHECK(fixed(-0.0001, 3) == "-0.000");
  CHECK(fixed(2, 0) == "2");
  CHECK(fixed(12.5, 1) == "12.5");
  CHECK(fixed(1e300, 2).size() == 304);
  CHECK(fixed(std::numeric_limits<double>::infinity(), 3) == "inf");
}

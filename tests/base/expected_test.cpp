#include <wick/base/expected.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using wick::Expected;
using wick_tests::message_of;

// What is taken from a temporary is a value, not a reference into it.
static_assert(std::is_same_v<decltype(*std::declval<Expected<int>>()), int>);
static_assert(std::is_same_v<decltype(std::declval<Expected<int>>().error()), std::string>);

TEST_CASE("a value or the text of an error") {
  Expected<int> good = 3;
  CHECK(good.has_value());
  CHECK(*good == 3);
  CHECK(good.error().empty());
  *good = 4;
  CHECK(*std::as_const(good) == 4);
  Expected<std::unique_ptr<int>> owner = std::make_unique<int>(5);
  CHECK(**std::move(owner) == 5);
}

TEST_CASE("a value that is not there is not handed out") {
  auto bad = Expected<int>::failure("the file is damaged");
  CHECK_FALSE(bad);
  CHECK(bad.error() == "the file is damaged");
  const std::string text = "Expected: there is no value, but the error: the file is damaged";
  CHECK(message_of<wick::Error>([&] { static_cast<void>(*bad); }) == text);
  CHECK(message_of<wick::Error>([&] { static_cast<void>(*std::as_const(bad)); }) == text);
  CHECK(message_of<wick::Error>([&] { static_cast<void>(bad.operator->()); }) == text);
  CHECK(message_of<wick::Error>([&] { static_cast<void>(*std::move(bad)); }) == text);
}

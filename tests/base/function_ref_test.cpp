#include <wick/base/function_ref.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>

using wick::FunctionRef;

TEST_CASE("a reference calls what it was made of, and knows of nothing") {
  int sum = 0;
  const auto add = [&sum](int x) { return sum += x; };
  FunctionRef<void(int)> f;
  CHECK_FALSE(f);
  f = add;
  REQUIRE(f);
  f(3);
  const FunctionRef<void(int)> copy = f;
  copy(4);
  CHECK(sum == 7);
  const FunctionRef<long(int)> wider = add;
  CHECK(wider(1) == 8);
}

TEST_CASE("arguments are passed on as they are") {
  const auto take = [](std::unique_ptr<int> p, std::string& text) {
    text += std::to_string(*p);
    return p;
  };
  std::string text = "x";
  const FunctionRef<std::unique_ptr<int>(std::unique_ptr<int>, std::string&)> f = take;
  CHECK(*f(std::make_unique<int>(5), text) == 5);
  CHECK(text == "x5");
  int calls = 0;
  auto counting = [calls]() mutable { return ++calls; };
  const FunctionRef<int()> g = counting;
  CHECK(g() == 1);
  CHECK(g() == 2);
  static_assert(!std::is_constructible_v<FunctionRef<int(int)>, decltype(counting)&>);
}

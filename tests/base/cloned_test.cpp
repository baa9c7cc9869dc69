#include <wick/base/cloned.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

using namespace wick;
using Numbers = Cloned<std::vector<int>>;

TEST_CASE("copying a Cloned copies what it holds, moving keeps the address") {
  Numbers a(std::vector<int>{1, 2});
  Numbers b = a;
  b->push_back(3);
  CHECK(*a == std::vector<int>{1, 2});
  CHECK(*b == std::vector<int>{1, 2, 3});

  const auto* address = &*b;
  Numbers c = std::move(b);
  CHECK(&*c == address);
  a = c;
  CHECK(&*a != address);
  CHECK(*a == *c);
  const auto& same = c;
  c = same;
  CHECK(&*c == address);
  a = std::move(c);
  CHECK(&*a == address);
}

TEST_CASE("others may share what a Cloned holds and keep it alive") {
  std::shared_ptr<std::vector<int>> shared;
  {
    Numbers a(std::vector<int>{4});
    shared = a.share();
    a->push_back(5);
    CHECK(std::as_const(a).share() == shared);
  }
  CHECK(*shared == std::vector<int>{4, 5});
}

TEST_CASE("a Cloned that was moved from throws until it is assigned to") {
  Numbers a(std::vector<int>{1});
  Numbers b = std::move(a);
  CHECK_THROWS_AS(static_cast<void>(*a), Error);
  CHECK_THROWS_AS(static_cast<void>(*std::as_const(a)), Error);
  CHECK_THROWS_AS(static_cast<void>(a->size()), Error);
  CHECK_THROWS_AS(static_cast<void>(a.share()), Error);
  CHECK_THROWS_AS(static_cast<void>(std::as_const(a).share()), Error);
  const Numbers copy = a;
  CHECK_THROWS_AS(static_cast<void>(*copy), Error);
  a = b;
  CHECK(*a == std::vector<int>{1});
}

#include <wick/graph/workspace.hpp>

#include "support/allocations.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace wick;

TEST_CASE("a buffer of a workspace keeps memory and contents while it is large enough") {
  Workspace<float> workspace;
  float* const second = workspace.buffer(1, 100);
  second[0] = 5;
  second[99] = 6;
  CHECK(reinterpret_cast<std::uintptr_t>(second) % 64 == 0);
  CHECK(wick_tests::allocations_in([&] {
          CHECK(workspace.buffer(1, 1) == second);
          CHECK(workspace.buffer(1, 100) == second);
        }) == 0);
  SUBCASE("whatever other buffers do") {
    for (std::size_t i = 2; i < 50; ++i) workspace.buffer(i, 10)[9] = 1;
    workspace.buffer(0, 5000)[4999] = 1;
    CHECK(workspace.buffer(1, 50) == second);
    CHECK(second[0] == 5);
    CHECK(second[99] == 6);
  }
  SUBCASE("a larger one is new") {
    float* const larger = workspace.buffer(1, 101);
    larger[100] = 1;
    CHECK(workspace.buffer(1, 101) == larger);
    CHECK(wick_tests::allocations_in([&] { CHECK(workspace.buffer(1, 7) == larger); }) == 0);
  }
}

TEST_CASE("a workspace hands its pool to the products") {
  ThreadPool pool(2);
  Workspace<double> with(&pool);
  CHECK(with.scratch().pool() == &pool);
  Workspace<double> without;
  CHECK(without.scratch().pool() == nullptr);
}

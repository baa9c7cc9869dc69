#include <wick/autograd/replay.hpp>

#include <wick/graph/all_operations.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace wick;

TEST_CASE_TEMPLATE("every operation of a program can be recorded, once", T, float, double) {
  const auto recorded = recorded_operations<T>();
  for (const Operation<T>* const operation : all_operations<T>()) {
    CAPTURE(operation->name);
    CHECK(std::ranges::count(recorded, operation, &RecordedOperation<T>::operation) == 1);
  }
  CHECK(recorded.size() == all_operations<T>().size());
}

// Values are PyTorch's, see tests/conformance.

#include <wick/ops/stacks.hpp>

#include "support/throws.hpp"

#include <wick/ops/create.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

using I = Tensor<std::int64_t>;

}  // namespace

TEST_CASE("stacks: tensors beside, below and behind one another") {
  const I a = I::from({1, 2});
  const I b = I::from({3, 4});
  CHECK(hstack({a, b}) == I::from({1, 2, 3, 4}));
  CHECK(vstack({a, b}) == I::from({{1, 2}, {3, 4}}));
  CHECK(dstack({a, b}) == I::from({1, 3, 2, 4}).reshape({1, 2, 2}));
  CHECK(column_stack({a, b}) == I::from({{1, 3}, {2, 4}}));
  CHECK(vstack(std::vector{a, b}) == I::from({{1, 2}, {3, 4}}));
  CHECK(message_of<ShapeError>([] { static_cast<void>(vstack(std::span<const TensorArg<float>>())); }) ==
        "vstack expects a non-empty TensorList");
  CHECK(atleast_1d(I::full({}, 3)) == I::from({3}));
  CHECK(atleast_2d(I::from({1, 2})) == I::from({1, 2}).reshape({1, 2}));
}

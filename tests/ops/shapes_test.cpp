#include <wick/ops/shapes.hpp>

#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;

namespace {

using F = Tensor<float>;

F counting(const Shape& shape) {
  F t(shape);
  for (Index i = 0; i < t.numel(); ++i) t.data()[i] = static_cast<float>(i);
  return t;
}

template <class X>
concept flattens = requires(X&& x) {
  flatten(std::forward<X>(x));
};
// Views of what stays, tensors of what does not.
static_assert(std::is_same_v<decltype(flatten(std::declval<F&>())), TensorView<float>>);
static_assert(std::is_same_v<decltype(flatten(std::declval<const F&>())), TensorView<const float>>);
static_assert(std::is_same_v<decltype(flatten(std::declval<F>())), F>);
static_assert(
    std::is_same_v<decltype(squeeze(std::declval<TensorView<const float>>())), TensorView<const float>>);

}  // namespace

TEST_CASE("shapes are inferred, flattened, squeezed") {
  F x = counting({2, 3, 4});
  CHECK(reshape(x, {4, -1}).shape() == Shape{4, 6});
  CHECK(reshape(x, {-1}).shape() == Shape{24});
  CHECK(reshape(x, Shape{6, 4}).data() == x.data());
  CHECK(reshape(F({0, 3}), {3, 0}).shape() == Shape{3, 0});
  CHECK(reshape(F::full({}, 2), {1, 1}).at(0, 0) == 2);
  CHECK(flatten(x).shape() == Shape{24});
  CHECK(flatten(x, 1).shape() == Shape{2, 12});
  CHECK(flatten(x, 0, -2).shape() == Shape{6, 4});
  CHECK(flatten(F(Shape{})).shape() == Shape{1});
  CHECK(squeeze(F({1, 3, 1})).shape() == Shape{3});
  CHECK(squeeze(F({1, 3, 1}), -1).shape() == Shape{1, 3});
  CHECK(squeeze(F({1, 3, 1}), {0, 1}).shape() == Shape{3, 1});
  CHECK(unsqueeze(x, 0).shape() == Shape{1, 2, 3, 4});
  CHECK(unsqueeze(x, -1).shape() == Shape{2, 3, 4, 1});
  CHECK(unsqueeze(F(Shape{}), 0).shape() == Shape{1});
  // In place, of a temporary.
  const float* const memory = x.data();
  const F y = flatten(std::move(x), 1);
  CHECK(y.data() == memory);
  CHECK(y.shape() == Shape{2, 12});
}

TEST_CASE("dimensions change places as PyTorch's do") {
  for_each_case("permute", [](const OpCase& c) {
    const auto order = c.indices(0);
    check_result(permute(c.input<float>(), std::span<const Index>(order)), c.expected[0]);
  });
  for_each_case("transpose", [](const OpCase& c) {
    check_result(transpose(c.input<float>(), c.index(0), c.index(1)), c.expected[0]);
  });
  CHECK(permute(F({0, 3}), {1, 0}).shape() == Shape{3, 0});
  CHECK(permute(F::full({}, 4), {}).item() == 4);
  CHECK(transpose(F::full({}, 4), 0, -1).item() == 4);
  const F x = counting({5, 1, 7});
  CHECK(permute(x, {2, 1, 0}).at(6, 0, 4) == x.at(4, 0, 6));
}

TEST_CASE("stretches and repetitions") {
  const F x = counting({2, 5, 2});
  const F n = narrow(x, 1, 2, 2);
  CHECK(n.shape() == Shape{2, 2, 2});
  CHECK(n.at(1, 1, 0) == x.at(1, 3, 0));
  CHECK(narrow(x, -1, -1, 1).at(1, 4, 0) == x.at(1, 4, 1));
  CHECK(narrow(x, 0, 2, 0).shape() == Shape{0, 5, 2});
  const F e = expand(F::from({1, 2}), {3, 2});
  CHECK(e == F::from({{1, 2}, {1, 2}, {1, 2}}));
  CHECK(expand(F::full({}, 2), {2}) == F::from({2, 2}));
}

TEST_CASE("what does not fit is refused in PyTorch's words") {
  const F x({2, 3});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(reshape(x, {4, 2}));
        }) == "reshape: shape '[4, 2]' is invalid for input of size 6 with shape [2, 3]");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(reshape(x, {4, -1}));
        }) == "reshape: shape '[4, -1]' is invalid for input of size 6 with shape [2, 3]");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(reshape(x, {-1, -1}));
        }) == "reshape: only one dimension can be inferred, got [-1, -1]");
  CHECK_THROWS_AS(static_cast<void>(reshape(x, {-2, -3})), ShapeError);
  CHECK(wick_tests::contains(message_of<ShapeError>([&] {
                               static_cast<void>(reshape(F({0, 3}), {-1, 0}));
                             }),
                             "because the unspecified dimension size -1 can be any value and is ambiguous"));
  CHECK(wick_tests::contains(message_of<ShapeError>([&] { static_cast<void>(flatten(x, 1, 0)); }),
                             "flatten() has invalid args: start_dim cannot come after end_dim"));
  CHECK(message_of<IndexError>([&] { static_cast<void>(unsqueeze(x, 4)); }) ==
        "unsqueeze: Dimension out of range (expected to be in range of [-3, 2], but got 4)");
  CHECK_THROWS_AS(static_cast<void>(unsqueeze(F({1, 1, 1, 1, 1, 1, 1, 1}), 0)), ShapeError);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(permute(x, {0, 0}));
        }) == "permute(): duplicate dims are not allowed: [0, 0]");
  CHECK(wick_tests::contains(message_of<ShapeError>([&] { static_cast<void>(permute(x, {0})); }),
                             "input.dim() = 2 is not equal to len(dims) = 1"));
  CHECK(message_of<IndexError>([&] { static_cast<void>(transpose(x, 0, 2)); }) ==
        "transpose: Dimension out of range (expected to be in range of [-2, 1], but got 2)");
  CHECK(message_of<IndexError>([&] { static_cast<void>(narrow(x, 1, 2, 2)); }) ==
        "narrow: start (2) + length (2) exceeds dimension size (3).");
  CHECK(message_of<IndexError>([&] { static_cast<void>(narrow(x, 1, 4, 0)); }) ==
        "narrow: start out of range (expected to be in range of [-3, 3], but got 4)");
  CHECK_THROWS_AS(static_cast<void>(narrow(x, 1, 0, -1)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(expand(x, {3, 3})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(expand(F({3, 2}), {1, 2})), ShapeError);
}

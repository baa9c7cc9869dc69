#include <wick/ops/join.hpp>

#include "support/allocations.hpp"
#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

namespace {

using F = Tensor<float>;

template <class T>
std::vector<Tensor<T>> inputs(const OpCase& c) {
  std::vector<Tensor<T>> result;
  for (std::size_t i = 0; i < c.given.size(); ++i) result.push_back(c.input<T>(i));
  return result;
}

}  // namespace

TEST_CASE("tensors are joined as PyTorch joins them") {
  for (const char* const operation : {"cat", "stack"}) {
    for_each_case(operation, [&](const OpCase& c) {
      with_type(c.given[0], [&]<class T>(T) {
        const auto tensors = inputs<T>(c);
        const std::vector<TensorArg<T>> arguments(tensors.begin(), tensors.end());
        const std::span<const TensorArg<T>> list(arguments);
        check_result(c.operation == "cat" ? cat<T>(list, c.index(0)) : stack<T>(list, c.index(0)),
                     c.expected[0]);
      });
    });
  }
  CHECK(cat<float>({F::from({1, 2}), F({0}), F::from({3})}) == F::from({1, 2, 3}));
  CHECK(stack<float>({F::full({}, 1), F::full({}, 2)}) == F::from({1, 2}));
}

TEST_CASE("tensors are taken apart as PyTorch does") {
  for (const char* const operation : {"split", "chunk"}) {
    for_each_case(operation, [&](const OpCase& c) {
      const auto x = c.input<std::int64_t>();
      const auto parts =
          c.operation == "split" ? split(x, c.index(0), c.index(1)) : chunk(x, c.index(0), c.index(1));
      REQUIRE(parts.size() == c.expected.size());
      for (std::size_t i = 0; i < parts.size(); ++i) check_result(parts[i], c.expected[i]);
    });
  }
  const auto parts = split(F::from({1, 2, 3, 4}), {1, 3});
  CHECK(parts[1] == F::from({2, 3, 4}));
  CHECK(split(F({0, 2}), 0).size() == 1);
  CHECK(chunk(F({0, 2}), 3).size() == 3);
}

TEST_CASE("joining into memory that is there costs no allocation") {
  const F a = F::from({{1, 2}, {3, 4}});
  const F b = F::from({5, 6}).reshape({2, 1});
  F out({2, 3});
  const std::array<TensorArg<float>, 2> list{a, b};
  CHECK(wick_tests::allocations_in(
            [&] { cat_out(out.view(), std::span<const TensorArg<float>>(list), 1); }) == 0);
  CHECK(out == F::from({{1, 2, 5}, {3, 4, 6}}));
  const std::array<TensorArg<float>, 2> itself{out.rows(0, 1), out.rows(1, 2)};
  CHECK_THROWS_AS(cat_out(out.view(), std::span<const TensorArg<float>>(itself)), Error);
}

TEST_CASE("what does not fit together is refused in PyTorch's words") {
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(cat<float>({F({2, 3}), F({2, 4})}));
        }) ==
        "cat: Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor "
        "number 1 in "
        "the list (shapes [2, 3] and [2, 4]).");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(cat<float>({F({2, 3}), F({2})}));
        }) == "cat: Tensors must have same number of dimensions: got 2 and 1 (shapes [2, 3] and [2])");
  CHECK(message_of<ShapeError>([] { static_cast<void>(cat<float>({})); }) ==
        "cat(): expected a non-empty list of Tensors");
  CHECK_THROWS_AS(static_cast<void>(cat<float>({F(Shape{})})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(cat<float>({F({2})}, 1)), IndexError);
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(stack<float>({F({2, 3}), F({2, 4})}));
        }) == "stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [2, 4] at entry 1");
  CHECK_THROWS_AS(static_cast<void>(stack<float>({F({2})}, 2)), IndexError);
  CHECK(message_of<ShapeError>([] { static_cast<void>(split(F({5}), 0)); }) ==
        "split_size can only be 0 if dimension size is 0, but got dimension size of 5");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(split(F({5}), {2, 2}));
        }) ==
        "split_with_sizes expects split_sizes to sum exactly to 5 (input tensor's size at dimension 0), but "
        "got "
        "split_sizes=[2, 2]");
  CHECK_THROWS_AS(static_cast<void>(split(F({5}), {-1, 6})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(split(F({5}), -1)), ShapeError);
  CHECK(message_of<ShapeError>([] { static_cast<void>(chunk(F({5}), 0)); }) ==
        "chunk expects `chunks` to be greater than 0, got: 0");
}

TEST_CASE("lists of tensors: in braces, in vectors and arrays") {
  const auto a = Tensor<float>::from({1, 2});
  const auto b = Tensor<float>::from({3, 4});
  const auto joined = Tensor<float>::from({1, 2, 3, 4});
  const auto stacked = Tensor<float>::from({{1, 3}, {2, 4}});
  CHECK(cat({a, b}) == joined);
  CHECK(stack({a, b}, 1) == stacked);
  CHECK(cat({a.view(), b.view()}) == joined);
  CHECK(cat(std::vector{a, b}) == joined);
  CHECK(stack(std::array{a.view(), b.view()}, 1) == stacked);
  CHECK_THROWS_AS(static_cast<void>(cat(std::vector<Tensor<float>>())), ShapeError);
}

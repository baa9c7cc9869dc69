#include "support/allocations.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/nn/model.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::check_derivatives;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

using Indices = Tensor<std::int64_t>;

struct Embedding {
  Slot weight;
  explicit Embedding(const Scope<double>& s) : weight(s.add("weight", {6, 2}, 1)) {}
  auto operator()(const Var<double>& x) const {
    return index_select(x.tape().parameter(weight), 0, Indices::from({5, 0, 5})) * x;
  }
};

}  // namespace

TEST_CASE("index_select, index_add: element by element, and their derivatives") {
  const auto a = numbers({4, 3, 5}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto index = Indices::from({3, 0, 3, 1, 3});
  const auto y = index_select(x, -1, Indices::from({4, 0, 4}));
  const auto z = index_select(x, 0, index);
  CHECK(y.shape() == Shape{4, 3, 3});
  CHECK(z.shape() == Shape{5, 3, 5});
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 3; ++j) {
      CHECK(y.value().at(i, j, 0) == a.at(i, j, 4));
      CHECK(y.value().at(i, j, 1) == a.at(i, j, 0));
      CHECK(y.value().at(i, j, 2) == a.at(i, j, 4));
      CHECK(z.value().at(4, j, i) == a.at(3, j, i));
      CHECK(z.value().at(3, j, i) == a.at(1, j, i));
    }
  }
  const auto source = numbers({5, 3, 5}, 2);
  const auto sums = index_add(x, 0, index, recorder->constant(source));
  const auto from_zeros = index_add(Tensor<double>::zeros({4, 3, 5}), 0, index, recorder->constant(source));
  for (Index j = 0; j < 3; ++j) {
    for (Index k = 0; k < 5; ++k) {
      CHECK(sums.value().at(3, j, k) ==
            a.at(3, j, k) + source.at(0, j, k) + source.at(2, j, k) + source.at(4, j, k));
      CHECK(sums.value().at(2, j, k) == a.at(2, j, k));
      CHECK(from_zeros.value().at(1, j, k) == source.at(3, j, k));
      CHECK(from_zeros.value().at(2, j, k) == 0);
    }
  }
  check_derivatives(
      [](const Variables& v) {
        return square(index_select(v[0], 1, Indices::from({2, 0, 2})));
      },
      {numbers({2, 3, 2}, 3)});
  check_derivatives(
      [](const Variables& v) {
        return square(index_add(v[0], 1, Indices::from({2, 0, 2}), v[1]));
      },
      {numbers({2, 3, 2}, 3), numbers({2, 3, 2}, 4)});
  // Nothing selected; a scalar.
  CHECK(index_select(x, 0, Indices(Shape{0})).shape() == Shape{0, 3, 5});
  CHECK(index_add(x, 0, Indices(Shape{0}), index_select(x, 0, Indices(Shape{0}))).tensor() == a);
  check_derivatives([](const Variables& v) { return square(index_select(sum(v[0]), 0, Indices::from({0}))); },
                    {numbers({3}, 5)});
}

TEST_CASE("gather, scatter_add: element by element, and their derivatives") {
  const auto a = numbers({3, 4}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto index = Indices::from({{1, 3}, {0, 0}});
  const auto y = gather(x, 1, index);
  CHECK(y.shape() == Shape{2, 2});
  CHECK(y.value().at(0, 0) == a.at(0, 1));
  CHECK(y.value().at(0, 1) == a.at(0, 3));
  CHECK(y.value().at(1, 0) == a.at(1, 0));
  CHECK(gather(x, 0, index.rows(1, 2)).tensor() == Tensor<double>::from({{a.at(0, 0), a.at(0, 1)}}));
  const auto b = numbers({3, 2}, 2);
  for (const bool larger : {false, true}) {
    const auto source = recorder->constant(larger ? b.view() : b.rows(0, 2));
    const auto sums = scatter_add(x, 1, index, source);
    CHECK(sums.value().at(0, 1) == a.at(0, 1) + b.at(0, 0));
    CHECK(sums.value().at(0, 3) == a.at(0, 3) + b.at(0, 1));
    CHECK(sums.value().at(1, 0) == a.at(1, 0) + b.at(1, 0) + b.at(1, 1));
    CHECK(sums.value().at(2, 0) == a.at(2, 0));
    CHECK(scatter_add(a, 1, index, source).tensor() == sums.tensor());
  }
  const auto scatter = [&](const Variables& v) { return square(scatter_add(v[0], 1, index, v[1])); };
  check_derivatives([&](const Variables& v) { return square(gather(v[0], 1, index)); }, {a});
  check_derivatives(scatter, {a, numbers({2, 2}, 3)});
  check_derivatives(scatter, {a, numbers({3, 2}, 3)});
}

TEST_CASE("a value without dimensions is a vector of one element beside indices, as in PyTorch") {
  const auto scalar = numbers(Shape{}, 1);
  const auto pair = numbers({2}, 2);
  const auto twice = Indices::from({0, 0});
  check_derivatives([&](const Variables& v) { return square(gather(v[0], 0, twice)); }, {scalar});
  check_derivatives([&](const Variables& v) { return square(scatter_add(v[0], 0, twice, v[1])); },
                    {scalar, pair});
  check_derivatives(
      [&](const Variables& v) { return square(scatter_add(v[0], 0, Indices::full({}, 1), v[1])); },
      {pair, scalar});
}

TEST_CASE("index_select: rows of a parameter, allocating nothing") {
  Generator g(0);
  Model<Embedding, double> model(g);
  const auto x = numbers({3, 2}, 1);
  const auto step = [&] { sum(model(x)).backward(Accumulate::no); };
  step();
  CHECK(allocations_in(step) <= 1);  // the indices themselves
  const auto grad = std::as_const(*model.parameters()).grad("weight");
  CHECK(grad.at(5, 1) == x.at(0, 1) + x.at(2, 1));
  CHECK(grad.at(0, 0) == x.at(1, 0));
  CHECK(grad.at(3, 0) == 0);
}

TEST_CASE("index: what is not there, and shapes that do not fit") {
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({4, 3}, 1), true);
  const auto two = Indices::from({0, 2});
  const auto says = [&]<class E>(const E*, auto f, const std::string& text) {
    CHECK(contains(message_of<E>([&] { static_cast<void>(f()); }), text));
  };
  const IndexError* const index_error = nullptr;
  const ShapeError* const shape_error = nullptr;
  says(
      index_error,
      [&] {
        return index_select(x, 0, Indices::from({0, 4}));
      },
      "index_select: index 4 is out of bounds for dimension 0 with size 4");
  says(
      index_error, [&] { return index_select(x, 0, Indices::from({-1})); }, "index -1 is out of bounds");
  says(
      index_error, [&] { return index_select(x, 2, two); },
      "index_select: Dimension out of range (expected to be in range of [-2, 1], but got 2)");
  says(
      shape_error,
      [&] {
        return index_select(x, 0, Indices(Shape{1, 2}));
      },
      "index_select(): Index is supposed to be a vector");
  says(
      shape_error, [&] { return index_select(sum(x), 0, two); },
      "index_select(): Index to scalar can have only 1 value, got 2 value(s)");
  says(
      index_error,
      [&] {
        return index_add(x, 0, Indices::from({0, 7}), recorder->constant(numbers({2, 3}, 1)));
      },
      "index_add: index 7 is out of bounds for dimension 0 with size 4");
  says(
      shape_error, [&] { return index_add(x, 0, two, x); },
      "index_add: Number of indices (2) should be equal to source.size(dim): (4), for dim: 0");
  says(
      shape_error,
      [&] {
        return index_add(x, 0, two, recorder->constant(numbers({2, 4}, 1)));
      },
      "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
      "[4, 3] source.shape = [2, 4]");
  says(
      shape_error, [&] { return index_add(x, 0, two, recorder->constant(numbers({2}, 1))); },
      "source.shape = [2]");
  says(
      index_error,
      [&] {
        return gather(x, 1, Indices::from({{0, 3}}));
      },
      "gather: index 3 is out of bounds for dimension 1 with size 3");
  says(
      shape_error, [&] { return gather(x, 1, two); },
      "gather: Index tensor must have the same number of dimensions as input tensor");
  says(
      shape_error,
      [&] {
        return scatter_add(x, 1, Indices(Shape{2, 2}), sum(x));
      },
      "scatter_add: Expected index [2, 2] to be no larger size than src []");
  says(
      index_error,
      [&] {
        return scatter_add(x, 1, Indices::from({{0, -4}}), x);
      },
      "index -4 is out of bounds");
  Recorder<double> other;
  says(
      static_cast<const Error*>(nullptr),
      [&] {
        return index_add(x, 0, two, other->input(numbers({2, 3}, 1)));
      },
      "on another tape");
}

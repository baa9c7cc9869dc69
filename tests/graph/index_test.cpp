#include <wick/graph/index.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <type_traits>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::contains;
using wick_tests::refusal_of;
using wick_tests::Values;
using Indices = Tensor<std::int64_t>;

TEST_CASE("index_select: programs give the bits of the tape") {
  const auto index = Indices::from({2, 0, 0, 1});
  check_traced(
      {3}, [&](const auto& x) { return index_select(x, 1, index); },
      [](const Values& x) {
        return Values{x[2], x[0], x[0], x[1]};
      });
  check_traced(
      {2, 3}, [&](const auto& x) { return exp(index_select(x, -1, index)); },
      [](const Values& x) {
        Values y{x[2], x[0], x[0], x[1], x[5], x[3], x[3], x[4]};
        for (double& v : y) v = std::exp(v);
        return y;
      });
  check_traced(
      {3, 2}, [&](const auto& x) { return index_select(x, 1, index); },
      [](const Values& x) { return Values{x[4], x[5], x[0], x[1], x[0], x[1], x[2], x[3]}; });
  check_traced(
      {3}, [](const auto& x) { return index_select(x, 1, Indices(Shape{0})); },
      [](const Values&) { return Values{}; });
  // The samples behind the dimension.
  check_traced(
      {3}, [&](const auto& x) { return transpose(index_select(transpose(x, 0, 1), 0, index), 0, 1); },
      [](const Values& x) {
        return Values{x[2], x[0], x[0], x[1]};
      });
}

TEST_CASE("index_add: programs give the bits of the tape") {
  const auto index = Indices::from({1, 0, 1});
  check_traced(
      {5}, [&](const auto& x) { return index_add(narrow(x, 1, 0, 2), 1, index, narrow(x, 1, 2, 3)); },
      [](const Values& x) {
        return Values{x[0] + x[3], x[1] + x[2] + x[4]};
      });
  check_traced(
      {3, 2},
      [&](const auto& x) {
        using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
        const auto none = expand(x.tape().constant(Tensor<T>::zeros({1})), Shape{x.size(0), 2, 2});
        return index_add(none, 1, index, x);
      },
      [](const Values& x) {
        return Values{x[2], x[3], x[0] + x[4], x[1] + x[5]};
      });
  // To begin with a tensor, for values without samples.
  check_traced(
      {2},
      [&](const auto& x) {
        using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
        const auto three = x.tape().constant(Tensor<T>::from({T(1), T(2), T(4)}));
        return x + index_add(Tensor<T>::zeros({2}), 0, index, three);
      },
      [](const Values& x) {
        return Values{x[0] + 2, x[1] + 5};
      });
}

TEST_CASE("gather, scatter_add: of values that are the same for all samples") {
  const auto index = Indices::from({{1, 0}, {2, 2}});
  check_traced(
      {2, 2},
      [&](const auto& x) {
        using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
        const auto m = x.tape().constant(Tensor<T>::from({{T(1), T(2)}, {T(3), T(4)}, {T(5), T(6)}}));
        return x + gather(m, 0, index);
      },
      [](const Values& x) {
        return Values{x[0] + 3, x[1] + 2, x[2] + 5, x[3] + 6};
      });
  check_traced(
      {3, 2},
      [&](const auto& x) {
        using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
        // More columns than there are indices.
        const auto m = x.tape().constant(Tensor<T>::from({{T(1), T(2), T(9)}, {T(3), T(4), T(9)}}));
        return x + scatter_add(Tensor<T>::zeros({3, 2}), 0, index, m);
      },
      [](const Values& x) { return Values{x[0], x[1] + 2, x[2] + 1, x[3], x[4] + 3, x[5] + 4}; });
}

TEST_CASE("indices: what a program cannot do") {
  const auto index = Indices::from({0});
  const Indices matrix = Indices::zeros({1, 1});
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return index_select(x, 0, index); }),
                 "index_select: a program does not know the number of samples, which is * in [*, 3]"));
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return index_add(x, 0, index, x); }),
                 "index_add: a program does not know the number of samples"));
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return gather(x, 1, matrix); }),
                 "gather: a program has the same indices for all samples, got an input of [*, 3]"));
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return scatter_add(x, 1, matrix, x); }),
                 "scatter_add: a program has the same indices for all samples"));
  CHECK(contains(refusal_of<IndexError>({3},
                                        [&](const auto& x) {
                                          return index_select(x, 1, Indices::from({0, 3}));
                                        }),
                 "index_select: index 3 is out of bounds for dimension 1 with size 3"));
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return index_select(x, 1, matrix); }),
                 "Index is supposed to be a vector"));
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return index_add(x, 1, index, x); }),
                 "Number of indices (1) should be equal to source.size(dim): (3)"));
}

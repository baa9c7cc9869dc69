// What the core promises about the heap: which operations never touch it.

#include "support/allocations.hpp"

#include <wick/base/thread_pool.hpp>
#include <wick/random/distributions.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/eigen.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace wick;
using wick_tests::allocations_in;

TEST_CASE("views, rows, reshapes and Eigen maps of a tensor do not allocate") {
  Tensor<float> t = Tensor<float>::ones({8, 4});
  float sum = 0;
  CHECK(allocations_in([&] {
          const auto view = t.view();
          sum += view.reshape({4, 8}).at(3, 7) + view.rows(2, 5)[1].at(3) + t[7].at(0);
          sum += t.rows(1, 8).matrix().sum() + t.array().sum();
          TensorView<const float> constant = t;
          sum += constant.reshape({32}).at(31);
        }) == 0);
  CHECK(sum == 3 + 1 + 28 + 32);
}

TEST_CASE("tensors allocate once when they are made, and not when they move or shrink") {
  Tensor<float> t;
  CHECK(allocations_in([&] { t = Tensor<float>::zeros({100, 10}); }) == 1);
  CHECK(allocations_in([&] {
          t.resize({7, 3});
          t.resize({0});
          t.resize({10, 100});
          t = std::move(t).reshape({1000});
          Tensor<float> other = std::move(t);
          t = std::move(other);
        }) == 0);
  Tensor<float> small = Tensor<float>::ones({5});
  CHECK(allocations_in([&] { t = small; }) == 0);
  CHECK(allocations_in([&] { small = t; }) == 0);
  CHECK(allocations_in([&] { const Tensor<float> copy = small; }) == 1);
}

TEST_CASE("random numbers do not allocate") {
  Generator g(1);
  Tensor<float> t(Shape{1000});
  Tensor<std::int64_t> order(Shape{1000});
  CHECK(allocations_in([&] {
          uniform_(t.view(), -1, 1, g);
          bernoulli_(t.view(), 0.5, g);
          normal_(t.view(), 0, 1, g);
          randint_(order.view(), 0, 10, g);
          randperm_(order.span(), g);
        }) == 0);
}

TEST_CASE("parallel_for does not allocate") {
  ThreadPool pool(3);
  std::array<int, 50> runs{};
  CHECK(allocations_in([&] {
          for (int job = 0; job < 20; ++job) {
            pool.parallel_for(50, [&](Index i) { ++runs[static_cast<std::size_t>(i)]; });
          }
        }) == 0);
  CHECK(runs[49] == 20);
}

TEST_CASE("values and gradients of a block are reached, cleared and assigned without allocation") {
  ParameterBlock<float> block;
  const Slot w = block.add("w", {30, 20});
  block.require_grad();
  const StateDict sd = block.state_dict();
  CHECK(allocations_in([&] {
          block.value(w).fill(1);
          block.value("w").fill(2);
          block.grad("w").fill(3);
          block.zero_grad();
          block.assign(sd);
        }) == 0);
  CHECK(block.value(w).at(29, 19) == 0);
}

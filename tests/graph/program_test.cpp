#include <wick/graph/program.hpp>

#include "support/allocations.hpp"
#include "support/lesson.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/trace.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::contains;
using wick_tests::Lesson;
using wick_tests::message_of;

namespace {

struct Mean {
  Axes dim;
  Mean(const Scope<float>& /*scope*/, const Axes& along) : dim(along) {}
  auto operator()(const auto& x) const { return mean(x, dim, true); }
};

bool equal(TensorView<const float> a, TensorView<const float> b) {
  return a.shape() == b.shape() && std::ranges::equal(a.span(), b.span());
}

}  // namespace

TEST_CASE("Program: the lesson's network of a user predicts as Network, bit for bit") {
  ThreadPool two(2);
  for (const auto& sizes :
       {std::vector<Index>{512, 256, 128}, std::vector<Index>{32, 32}, std::vector<Index>{600, 2000}}) {
    Generator g1(0), g2(0), data(7);
    const Index in = sizes[0] == 32 ? 8 : 784;
    const Network<float> network(in, 10, sizes, {}, g1);
    const Model<Lesson> model(g2, in, sizes, Index{10});
    const Program<float> program = trace(model, Shape{in});
    for (ThreadPool* const pool : {static_cast<ThreadPool*>(nullptr), &two}) {
      Workspace<float> a(pool), b(pool);
      // Weights that are far take 256 rows at a time, others 512. Many rows take long under sanitizers.
      std::vector<Index> counts{1, 2, 65, 300};
      if (sizes[0] != 600) counts = {1, 2, 3, 16, 17, 64, 65, 513};
      if (in == 8) counts.push_back(1025);
      for (const Index rows : counts) {
        const auto x = rand<float>({rows, in}, data);
        CHECK(equal(network.predict(x, a), program(std::as_const(model).parameters()->values(), x, b)));
      }
    }
  }
}

TEST_CASE("Program: wrong use throws and reads nothing") {
  Generator generator(1);
  const Model<Lesson> model(generator, Index{8}, std::vector<Index>{6}, Index{3});
  const Program<float> program = trace(model, Shape{8});
  const std::vector<float> values(model.parameters()->values().begin(), model.parameters()->values().end());
  Workspace<float> workspace;
  const Tensor<float> x(Shape{2, 8});
  CHECK(program(values, x, workspace).shape() == Shape{2, 3});
  CHECK(contains(message_of<Error>([&] { program(std::span(values).first(20), x, workspace); }),
                 "expected the parameters of the model that was traced"));
  CHECK_THROWS_AS(program({}, x, workspace), Error);
  CHECK(contains(message_of<ShapeError>([&] {
                   program(values, Tensor<float>(Shape{2, 7}), workspace);
                 }),
                 "expected input [*, 8], got [2, 7]"));
  CHECK_THROWS_AS(program(values, Tensor<float>(Shape{}), workspace), ShapeError);
  float result[3] = {};
  float* const to = result;
  const float* const from = x.data();
  CHECK_THROWS_AS(program.run(values, {}, 1, {&to, 1}, workspace), Error);
  CHECK_THROWS_AS(program.run(values, {&from, 1}, 1, {}, workspace), Error);
  CHECK_THROWS_AS(program.run(values, {&from, 1}, -1, {&to, 1}, workspace), Error);
  // A program of nothing.
  CHECK_THROWS_AS(Program<float>()(values, x, workspace), Error);
}

TEST_CASE("Program: means of no numbers are NaN, of no means nothing, and none is over the samples") {
  Workspace<float> workspace;
  const auto run = [&](const Axes& dim, const Shape& sample, const Tensor<float>& x) {
    const Model<Mean> model(dim);
    const auto result = Tensor<float>(trace(model, sample)({}, x, workspace));
    const auto expected = model.predict(x);
    CHECK(result.shape() == expected.shape());
    return result;
  };
  CHECK(std::isnan(run({1}, Shape{0}, Tensor<float>(Shape{2, 0})).at(1, 0)));
  CHECK(run({1}, Shape{3, 0}, Tensor<float>(Shape{2, 3, 0})).numel() == 0);
  CHECK(run({1}, Shape{2}, Tensor<float>::from({{1, 3}, {2, 6}})).at(1, 0) == 4);
  CHECK(contains(message_of<ShapeError>([&] {
                   run({0}, Shape{2}, Tensor<float>(Shape{3, 2}));
                 }),
                 "mean: a program does not know the number of samples, which is * in [*, 2]"));
}

TEST_CASE("Program: values without columns are nothing to read, for one row and for many") {
  const ParameterBlock<float> none;
  const auto f = [](const auto& x) { return log_softmax(x * 2.0F); };
  const Program<float> program = trace(f, none, Shape{0});
  Workspace<float> workspace;
  for (const Index rows : {1, 3, 18})
    CHECK(program(none.values(), Tensor<float>(Shape{rows, 0}), workspace).shape() == Shape{rows, 0});
  Recorder<float> recorder;
  const auto x = recorder->input(Tensor<float>(Shape{3, 0}), true);
  sum(f(x)).backward();
  CHECK(x.grad().numel() == 0);
}

#include "support/allocations.hpp"
#include "support/lesson.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/log_softmax.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::contains;
using wick_tests::Lesson;
using wick_tests::message_of;

namespace {

struct Block {
  LayerNorm<double> norm;
  Linear<double> up, down;
  Block(const Scope<double>& s, Index n)
      : norm(s / "norm", n), up(s / "up", n, 4 * n), down(s / "down", 4 * n, n) {}
  auto operator()(const auto& x) const { return x + down(gelu_tanh(up(norm(x)))); }
};

struct Residual {
  Linear<double> first;
  std::vector<Block> blocks;
  Linear<double> last;
  bool skip = false;
  explicit Residual(const Scope<double>& s, Index n)
      : first(s / "first", 5, n),
        blocks{Block(s / "blocks" / 0, n), Block(s / "blocks" / 1, n)},
        last(s / "last", n, 4) {}
  auto operator()(auto x) const {
    x = first(x);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (i == 0 || !skip) x = blocks[i](x);
    }
    return log_softmax(last(x));
  }
};

// One layer is used twice, and a value after it could have been overwritten.
struct Tied {
  Linear<double> up, down;
  Slot bias;
  explicit Tied(const Scope<double>& s)
      : up(s / "up", 5, 5), down(s / "down", 5, 3), bias(s.add("bias", {5})) {}
  auto operator()(auto x) const {
    auto& tape = x.tape();
    auto h = up(x);
    x = relu(h) * tanh(h) + up(h);
    // An autoencoder's way back through the same weight.
    return matmul(tanh(down(x)), tape.parameter(down.weight())) + tape.parameter(bias);
  }
};

struct Field {
  Linear<double> a, b;
  explicit Field(const Scope<double>& s) : a(s / "a", 2, 16), b(s / "b", 16, 1) {}
  auto operator()(const auto& x) const { return b(tanh(a(x))); }
};

// Gradients of all parameters against central differences of `value`, a function of the model's state alone.
template <class Value>
void check_parameters(ParameterBlock<double>& parameters, const Value& value) {
  const std::vector<double> found(std::as_const(parameters).grads().begin(),
                                  std::as_const(parameters).grads().end());
  for (const auto& e : parameters.entries()) {
    for (Index i = e.slot.offset; i < e.slot.offset + e.slot.shape.numel(); ++i) {
      double& w = parameters.values()[static_cast<std::size_t>(i)];
      const double before = w;
      w = before + 1e-6;
      const double up = value();
      w = before - 1e-6;
      const double down = value();
      w = before;
      const double error = std::abs((up - down) / 2e-6 - found[static_cast<std::size_t>(i)]);
      CHECK_MESSAGE(error < 1e-7, e.name, " element ", i - e.slot.offset, ": ", error);
    }
  }
}

template <class T>
bool equal_values(const ParameterBlock<T>& a, const ParameterBlock<T>& b) {
  return std::ranges::equal(a.values(), b.values());
}

struct Line {
  Slot weight, bias;
  explicit Line(const Scope<double>& s) : weight(s.add("weight", {2, 1}, 3)), bias(s.add("bias", {1}, 4)) {}
  auto operator()(const auto& x) const { return matmul(x, weight) + bias; }
};

template <class Function>
struct Called {
  Function function;
  Called(const Scope<double>& /*s*/, Function f) : function(f) {}
  auto operator()(const auto& x) const { return function(x); }
};

}  // namespace

TEST_CASE("Model: the lesson's network of a user is Network, bit for bit") {
  ThreadPool two(2);
  for (ThreadPool* const pool : {static_cast<ThreadPool*>(nullptr), &two}) {
    Generator g1(0), g2(0), d1(5), d2(5), data(7);
    Network<float> network(784, 10, {512, 256, 128}, {}, g1);
    Model<Lesson> model(g2, 784, std::vector<Index>{512, 256, 128}, 10);
    CHECK(equal_values(*network.parameters(), *model.parameters()));
    for (std::size_t i = 0; i < network.parameters()->entries().size(); ++i)
      CHECK(network.parameters()->entries()[i].name == model.parameters()->entries()[i].name);
    Adam<float> o1(network.parameters()), o2(model.parameters());
    const auto x = rand<float>({64, 784}, data);
    const auto y = randint(0, 10, {64}, data);
    Workspace<float> workspace(pool);
    Recorder<float> of_network(pool), recorder(pool);
    of_network->set_generator(d1);
    recorder->set_generator(d2);
    const NLLLoss<float> criterion;
    std::uint64_t allocated = 0;
    for (int step = 0; step < 6; ++step) {
      o1.zero_grad();
      const auto own = criterion(network(of_network->input(x)), y);
      const float expected = own.item();
      own.backward();
      o1.step();

      const auto counted = allocations_in([&] {
        o2.zero_grad();
        const auto loss = nll_loss(model(recorder->input(x)), y);
        CHECK(loss.item() == expected);
        loss.backward();
        o2.step();
      });
      if (step > 1) allocated += counted;
    }
    CHECK(equal_values(*network.parameters(), *model.parameters()));
    CHECK(allocated == 0);
    CHECK(model.predict(x) == network.predict(x));
    CHECK(model.predict(x.rows(0, 1)) == network.predict(x.rows(0, 1)));
  }
}

TEST_CASE("Model: Sequential of the same layers has the same bits") {
  Generator g1(0), g2(0), data(7);
  const Network<float> network(6, 3, {20}, {}, g1);
  const Model<Sequential<Linear<float>, ReLU, Dropout, Linear<float>, LogSoftmax>> model(
      g2, args(6, 20), args(), args(0.5), args(20, 3), args());
  CHECK(equal_values(*network.parameters(), *model.parameters()));
  CHECK(model.parameters()->entries()[2].name == "3.weight");
  const auto x = rand<float>({9, 6}, data);
  CHECK(model.predict(x) == network.predict(x));
  CHECK(model.module().get<3>().out_features() == 3);
}

TEST_CASE("Model: gradients of blocks with residuals, tied weights and branches") {
  Generator g(0), data(1);
  const auto x = rand<double>({7, 5}, data);
  const auto y = randint(0, 4, {7}, data);
  Model<Residual, double> residual(g, Index{6});
  const auto residual_loss = [&] { return nll_loss(residual(x), y); };
  residual_loss().backward(Accumulate::no);
  check_parameters(*residual.parameters(), [&] { return residual_loss().item(); });

  Model<Tied, double> tied(g);
  const auto tied_loss = [&] { return mse_loss(tied(x), x); };
  tied_loss().backward(Accumulate::no);
  check_parameters(*tied.parameters(), [&] { return tied_loss().item(); });

  // Two passes add up; zero_grad() begins anew.
  const std::vector<double> once(tied.parameters()->grads().begin(), tied.parameters()->grads().end());
  tied.parameters()->zero_grad();
  for (int i = 0; i < 2; ++i) tied_loss().backward();
  for (std::size_t i = 0; i < once.size(); ++i)
    CHECK(std::as_const(*tied.parameters()).grads()[i] == doctest::Approx(2 * once[i]));
}

TEST_CASE("Model: a penalty on the gradient by the inputs") {
  Generator g(0), data(7);
  Model<Field, double> model(g);
  const auto x = rand<double>({5, 2}, data);
  const auto loss = [&] {
    const auto in = default_tape<double>().input(x, true);
    const auto slope = grad(sum(model(in)), in, {.create_graph = true});
    return sum(square(slope));
  };
  loss().backward(Accumulate::no);
  check_parameters(*model.parameters(), [&] { return loss().item(); });
  loss().backward();
  CHECK(allocations_in([&] { loss().backward(Accumulate::no); }) == 0);
}

TEST_CASE("Model: a path that changes from step to step allocates nothing once it was seen") {
  Generator g(0), data(1);
  Model<Residual, double> model(g, Index{6});
  Adam<double> optimizer(model.parameters());
  const auto x = rand<double>({7, 5}, data);
  const auto y = randint(0, 4, {7}, data);
  const auto step = [&](int n) {
    model.module().skip = n % 3 == 0;
    optimizer.zero_grad();
    nll_loss(model(x), y).backward();
    optimizer.step();
    return model.parameters()->has_new_grad();
  };
  for (int n = 0; n < 6; ++n) step(n);
  CHECK(allocations_in([&] {
          for (int n = 0; n < 60; ++n) step(n);
        }) == 0);
}

TEST_CASE("Model: a value, whose copies and moves are what they seem") {
  Generator g(0), data(1);
  const auto x = rand<double>({7, 5}, data);
  const auto y = randint(0, 4, {7}, data);
  Model<Residual, double> model(g, Index{6});
  Model<Residual, double> copy = model;
  CHECK(copy.parameters() != model.parameters());
  CHECK(equal_values(*copy.parameters(), *model.parameters()));
  Adam<double> optimizer(model.parameters());

  // Moved between the pass and backward(), and the optimizer of before goes on.
  const auto loss = nll_loss(model(x), y);
  Model<Residual, double> moved = std::move(model);
  loss.backward();
  CHECK(moved.parameters()->has_new_grad());
  optimizer.step();
  CHECK(!equal_values(*copy.parameters(), *moved.parameters()));
  CHECK(contains(message_of<Error>([&] { static_cast<void>(model(x)); }), "this model was moved from"));
  model = copy;
  CHECK(model.predict(x) == copy.predict(x));

  // Gone between the pass and backward().
  std::optional<Model<Residual, double>> short_lived(copy);
  const auto last = nll_loss((*short_lived)(x), y);
  short_lived.reset();
  CHECK_NOTHROW(last.backward());

  // A module by itself, and one in another's model.
  CHECK(
      contains(message_of<Error>([&] { static_cast<void>(copy.module()(default_tape<double>().input(x))); }),
               "a module was called by itself, without parameters; call the Model that holds it"));
  CHECK(contains(message_of<ShapeError>([&] {
                   static_cast<void>(copy(rand<double>({7, 6}, data)));
                 }),
                 "linear: mat1 and mat2 shapes cannot be multiplied (7x6 and 5x6)"));

  const auto sd = moved.state_dict();
  copy.load_state_dict(sd);
  CHECK(equal_values(*copy.parameters(), *moved.parameters()));
}

TEST_CASE("Model: threads predict with one model, each on its tape") {
  Generator g(0), data(1);
  const Model<Residual, double> model(g, Index{6});
  const auto x = rand<double>({7, 5}, data);
  const auto expected = model.predict(x);
  std::vector<Tensor<double>> results(8);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = model.predict(x); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == expected);
}

namespace {

struct Same {
  explicit Same(const Scope<double>&) {}
  auto operator()(const auto& x) const { return x; }
};
struct Total {
  explicit Total(const Scope<double>&) {}
  auto operator()(const auto& x) const { return sum(x); }
};

}  // namespace

TEST_CASE("Model: predict() reads its input where it lies, and returns a copy") {
  const Model<Same, double> same;
  auto x = Tensor<double>::from({1, 2});
  const auto y = same.predict(x);
  x.data()[0] = 3;
  CHECK(y.at(0) == 1);
  // The tape of a new thread has no memory yet.
  Tensor<double> large(Shape{1000, 1000});
  std::fill_n(large.data(), large.numel(), 1.0);
  Index capacity = 0;
  std::thread([&] {
    const Model<Total, double> total;
    CHECK(total.predict(large).item() == 1e6);
    capacity = default_tape<double>().arena().capacity();
  }).join();
  CHECK(capacity < large.numel());
}

TEST_CASE("Model: parameters as variables, in a loss and to derive by") {
  Model<Line, double> model;
  const ParameterBlock<double>& block = *std::as_const(model).parameters();
  const auto x = Tensor<double>::from({{1, 2}});
  std::size_t nodes = 0;
  for (int step = 0; step < 3; ++step) {
    // Begins a step, as an input does: nothing piles up.
    auto loss = 0.5 * sum(square(model.variable("weight")));
    for (const auto& p : model.variables()) loss += sum(p);
    loss += sum(model(x));
    model.parameters()->zero_grad();
    loss.backward();
    CHECK(loss.item() == 9 + 10 + 13);
    CHECK(block.grad("weight").at(0, 0) == 3 + 1 + 1);
    CHECK(block.grad("weight").at(1, 0) == 3 + 1 + 2);
    CHECK(block.grad("bias").at(0) == 1 + 1);
    CHECK((step == 0 || nodes == default_tape<double>().size()));
    nodes = default_tape<double>().size();
  }
  // (w1 + 2 w2 + b)^2 = 13^2: its gradient is 26 (1, 2, 1), of whose square 8 * 13 * 6 (1, 2, 1) is that.
  const auto by = grad(sum(square(model(x))), model.variables(), {.create_graph = true});
  CHECK(by.at(0).value().at(1, 0) == 52);
  const auto again = grad(sum(square(by.at(0))) + sum(square(by.at(1))), model.variables());
  CHECK(again.at(0).value().at(1, 0) == 8 * 13 * 6 * 2);
  CHECK(again.at(1).item() == 8 * 13 * 6);
  CHECK(contains(message_of<IndexError>([&] { static_cast<void>(model.variable("wieght")); }),
                 "no module or parameter \"wieght\"; at this place it has weight, bias"));
  CHECK(contains(message_of<IndexError>([&] { static_cast<void>(model.variable("")); }), "that is a module"));
  auto loss = sum(square(model.variable("weight")));
  model.parameters()->value("weight").fill(0);
  CHECK(contains(message_of<Error>([&] { loss.backward(); }), "modified by an inplace operation: weight"));
  model.requires_grad_(false);
  CHECK(!model.variable("bias").requires_grad());
  // A text is no truth value, which would thaw all.
  model.requires_grad_("bias");
  CHECK(model.variable("bias").requires_grad());
  CHECK(!model.variable("weight").requires_grad());
}

TEST_CASE("Model: predictions of several outputs") {
  const auto check = [](const auto& made) {
    const auto result = std::apply([](const auto&... y) { return std::array{y.item()...}; }, made);
    CHECK(result == std::array{2.0, 4.0});
  };
  const auto x = Tensor<double>::full({}, 2);
  const auto model_of = [](auto call) { return Model<Called<decltype(call)>, double>(call); };
  check(model_of([](const auto& v) { return std::pair(v, square(v)); }).predict(x));
  check(model_of([](const auto& v) { return std::tuple(v, square(v)); }).predict(x));
  check(model_of([](const auto& v) { return std::array{v, square(v)}; }).predict(x));
  CHECK(model_of([](const auto& v) { return std::vector{v, square(v)}; }).predict(x).at(1).item() == 4);
}

TEST_CASE("Model: a batch without samples goes through") {
  Generator generator(1);
  Model<Lesson> model(generator, Index{8}, std::vector<Index>{6}, Index{3});
  const Tensor<float> none(Shape{0, 8});
  CHECK(model.predict(none).shape() == Shape{0, 3});
  CHECK(model.predict(Borrowed(none)).shape() == Shape{0, 3});
  sum(model(none)).backward();
  for (const float g : std::as_const(*model.parameters()).grads()) CHECK(g == 0);
}

#include <wick/models/network.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/gradient_check.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/loss/nll.hpp>
#include <wick/nn/gelu.hpp>
#include <wick/nn/identity.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/sigmoid.hpp>
#include <wick/nn/tanh.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>
#include <wick/tensor/eigen.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

std::vector<Index> read_sizes(Fixture& file) {
  std::vector<Index> sizes(file.get<std::uint32_t>());
  for (auto& s : sizes) s = static_cast<Index>(file.get<std::int64_t>());
  return sizes;
}

template <class T>
Tensor<T> input(const Shape& shape, std::uint64_t seed = 1) {
  Generator g(seed);
  return randn<T>(shape, g);
}

template <class T>
Network<T> network(Index in, Index out, std::initializer_list<Index> hidden, double dropout = 0.5) {
  Generator g(7);
  return Network<T>(in, out, hidden, {.dropout = dropout}, g);
}

/// Log-probabilities of a pass in the network's mode, which draws from `g`, and the gradients for a
/// derivative `dy` by them.
template <class T>
Tensor<T> pass(const Network<T>& net, const Tensor<T>& x, const Tensor<T>& dy, Generator& g,
               Accumulate accumulate = Accumulate::yes) {
  Recorder<T> recorder;
  recorder->set_generator(g);
  const auto y = net(recorder->input(x));
  sum(y * recorder->constant(dy)).backward(accumulate);
  return y.tensor();
}

/// Within `tolerance` of the largest element: sums lose to rounding by the size of their terms.
template <class T>
void check_near(TensorArg<T> found, TensorArg<T> expected, double tolerance) {
  const double size = expected.numel() == 0 ? 0 : static_cast<double>(expected.array().abs().maxCoeff());
  CHECK_CLOSE(found, expected, 0, tolerance * size);
}

template <class T>
void check_against_pytorch(Fixture& file, double tolerance) {
  const auto seed = file.get<std::uint64_t>();
  const auto p = file.get<double>();
  const auto in = static_cast<Index>(file.get<std::int64_t>());
  const auto out = static_cast<Index>(file.get<std::int64_t>());
  const auto hidden = read_sizes(file);
  const auto batch = static_cast<Index>(file.get<std::int64_t>());
  CAPTURE(p);
  CAPTURE(in);
  CAPTURE(hidden.size());
  Generator g(seed);
  Network<T> net(in, out, hidden, {.dropout = p}, g);
  const auto x = file.tensor<T>({batch, in});
  const auto y = file.tensor<T>({batch, out});
  const auto dy = file.tensor<T>({batch, out});
  g.manual_seed(seed + 1);
  check_near<T>(pass(net, x, dy, g), y, tolerance);
  for (const auto& e : net.parameters()->entries()) {
    CAPTURE(e.name);
    check_near<T>(std::as_const(*net.parameters()).grad(e.slot), file.tensor<T>(e.slot.shape), tolerance);
  }
  check_near<T>(net.eval().predict(x), file.tensor<T>({batch, out}), tolerance);
  CHECK(random63(g) == file.get<std::int64_t>());
}

/// One training step, with everything it needs.
struct Training {
  explicit Training(Index in, Index out, std::initializer_list<Index> hidden, ThreadPool* pool = nullptr)
      : net(network<float>(in, out, hidden)), adam(net.parameters(), {}, pool), recorder(pool) {
    recorder->set_generator(generator);
  }

  float step(TensorView<const float> x, TensorView<const std::int64_t> target) {
    adam.zero_grad();
    const auto loss = criterion(net(recorder->input(x)), target);
    loss.backward();
    adam.step();
    return loss.item();
  }

  Network<float> net;
  Adam<float> adam;
  NLLLoss<float> criterion{};
  Generator generator{3};
  Recorder<float> recorder;
};

Tensor<std::int64_t> labels(Index n, Index classes) {
  Generator g(2);
  return randint(0, classes, {n}, g);
}

}  // namespace

TEST_CASE("a network's passes and gradients are PyTorch's, dropout included") {
  Fixture file("nn.bin");                                 // tests/reference/make_nn.py
  for (auto n = file.get<std::uint32_t>(); n > 0; --n) {  // the linear layers come first
    const Index size = file.get<std::uint8_t>() == 1 ? 8 : 4;
    static_cast<void>(file.get<std::uint64_t>());
    const auto in = static_cast<Index>(file.get<std::int64_t>());
    const auto out = static_cast<Index>(file.get<std::int64_t>());
    const Index few = 2 * (std::min)(in * out, Index{3}) + (std::min)(out, Index{3});
    static_cast<void>(file.tensor<std::uint8_t>({few * size + 24}));
  }
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count == 18);
  for (std::uint32_t i = 0; i < count; ++i) {
    CAPTURE(i);
    if (file.get<std::uint8_t>() == 1) {
      check_against_pytorch<double>(file, 1e-13);
    } else {
      check_against_pytorch<float>(file, 2e-6);
    }
  }

  // And print(model) and print(model.state_dict().keys()), character for character.
  const auto texts = file.get<std::uint32_t>();
  REQUIRE(texts == 10);
  for (std::uint32_t i = 0; i < texts; ++i) {
    const auto p = file.get<double>();
    const auto in = static_cast<Index>(file.get<std::int64_t>());
    const auto out = static_cast<Index>(file.get<std::int64_t>());
    const auto hidden = read_sizes(file);
    const Network<float> net(in, out, hidden, {.dropout = p}, uninitialised);
    CHECK(printed(net) == file.text());
    CHECK(printed(net.state_dict().keys()) == file.text());
  }
  CHECK(file.at_end());
}

TEST_CASE("the gradients of a whole network agree with central differences, dropout active") {
  // Even and odd numbers of hidden layers, wide and narrow ones, one row and several.
  struct Example {
    Index in, out, batch;
    std::vector<Index> hidden;
    double p;
  };
  for (const auto& e : {Example{5, 3, 4, {}, 0.5}, Example{4, 3, 3, {6}, 0.3}, Example{6, 4, 5, {18, 5}, 0.5},
                        Example{5, 3, 1, {7, 20, 4}, 0.25}, Example{4, 2, 6, {3, 17, 17, 5}, 0.1},
                        Example{4, 3, 5, {8, 6}, 0.0}}) {
    CAPTURE(e.hidden.size());
    CAPTURE(e.p);
    Generator g(21);
    Network<double> net(e.in, e.out, e.hidden, {.dropout = e.p}, g);
    const auto x = randn<double>({e.batch, e.in}, g);
    const auto target = labels(e.batch, e.out);
    const NLLLoss<double> criterion;
    Recorder<double> recorder;
    const auto loss = [&] {
      Generator same(99);
      recorder->set_generator(same);
      return criterion(net(recorder->input(x)), target);
    };
    loss().backward();
    auto& block = *net.parameters();
    for (const auto& entry : block.entries()) {
      CAPTURE(entry.name);
      CHECK_GRADIENT(block.value(entry.slot), block.grad(entry.slot), [&] { return loss().item(); });
    }
  }
}

TEST_CASE("gradients add up until they are set to zero, and the gaps of the block stay zero") {
  auto net = network<double>(5, 3, {7, 9}, 0.0);
  const auto x = input<double>({4, 5});
  const auto dy = input<double>({4, 3}, 2);
  Generator g(1);
  const auto run = [&] { static_cast<void>(pass(net, x, dy, g)); };
  run();
  const std::vector<double> once(net.parameters()->grads().begin(), net.parameters()->grads().end());
  run();
  for (std::size_t i = 0; i < once.size(); ++i)
    REQUIRE(net.parameters()->grads()[i] == doctest::Approx(2 * once[i]));
  net.parameters()->zero_grad();
  run();
  CHECK(std::ranges::equal(net.parameters()->grads(), once));
  std::vector<bool> gap(once.size(), true);
  for (const auto& e : net.parameters()->entries()) {
    std::fill_n(gap.begin() + e.slot.offset, e.slot.shape.numel(), false);
  }
  CHECK(std::ranges::count(gap, true) > 0);
  for (std::size_t i = 0; i < once.size(); ++i) {
    if (gap[i]) REQUIRE((once[i] == 0 && net.parameters()->values()[i] == 0));
  }
}

TEST_CASE("gradients written over what was there are those added to zeros") {
  for (const Index batch : {0, 5}) {
    Generator g(4);
    Network<double> net(7, 3, {20, 6}, {.dropout = 0.25}, g);
    const auto x = randn<double>({batch, 7}, g);
    const auto dy = randn<double>({batch, 3}, g);
    auto& block = *net.parameters();
    block.require_grad();
    const auto gradients = [&](Accumulate accumulate) {
      Generator same(99);
      static_cast<void>(pass(net, x, dy, same, accumulate));
      return std::vector<double>(block.grads().begin(), block.grads().end());
    };
    const auto added = gradients(Accumulate::yes);
    static_cast<void>(gradients(Accumulate::yes));
    CHECK(gradients(Accumulate::no) == added);
    block.zero_grad();
    CHECK(gradients(Accumulate::yes) == added);
    // A parameter that no layer has, so that nobody writes over its gradient.
    const Slot extra = block.add("extra", {3});
    block.require_grad();
    block.grad(extra).fill(5);
    block.zero_grad();
    static_cast<void>(gradients(Accumulate::yes));
    CHECK(Tensor<double>(block.grad(extra)) == Tensor<double>::zeros({3}));
  }
}

TEST_CASE("a network knows its sizes and begins in training mode") {
  auto net = network<float>(12, 3, {8, 5}, 0.2);
  CHECK(net.input_size() == 12);
  CHECK(net.output_size() == 3);
  REQUIRE(net.hidden_layers().size() == 2);
  CHECK(net.hidden_layers()[0].in_features() == 12);
  CHECK(net.hidden_layers()[1].in_features() == 8);
  CHECK(net.hidden_layers()[1].out_features() == 5);
  CHECK(net.output().in_features() == 5);
  CHECK(net.dropout().p() == 0.2);
  CHECK(net.parameters()->numel() == 12 * 8 + 8 + 8 * 5 + 5 + 5 * 3 + 3);
  CHECK(net.training());
  CHECK_FALSE(net.eval().training());
  CHECK(net.train().training());
  CHECK_FALSE(net.train(false).training());
}

TEST_CASE("without a generator the process-wide one is drawn from") {
  manual_seed(4);
  const Network<float> net(3, 2, {4});
  Generator g(4);
  const Network<float> same(3, 2, {4}, {}, g);
  CHECK(net.state_dict() == same.state_dict());
  CHECK(default_generator().state() == g.state());
  const auto x = input<float>({2, 3});
  Recorder<float> recorder;
  recorder->set_generator(g);
  CHECK(net(x).tensor() == same(recorder->input(x)).tensor());
  CHECK(default_generator().state() == g.state());
  manual_seed(Generator::default_seed);
}

TEST_CASE("prediction ignores mode and dropout, draws nothing and equals a call in evaluation mode") {
  for (const Index batch : {1, 2, 33}) {
    CAPTURE(batch);
    auto net = network<float>(10, 4, {20, 9, 6}, 0.9);
    const auto x = input<float>({batch, 10});
    Workspace<float> workspace;
    const Tensor<float> training = net.predict(x);
    CHECK(Tensor<float>(net.predict(x, workspace)) == training);
    net.eval();
    CHECK(net.predict(x) == training);
    Generator g(1);
    const GeneratorState before = g.state();
    Recorder<float> recorder;
    recorder->set_generator(g);
    CHECK(net(recorder->input(x)).tensor() == training);
    CHECK(g.state() == before);
    for (Index b = 0; b < batch; ++b) CHECK(std::abs(training[b].array().exp().sum() - 1) < 1e-5F);
    net.train();
    CHECK_FALSE(net(recorder->input(x)).tensor() == training);
    CHECK_FALSE(g.state() == before);
  }
}

TEST_CASE("eight threads predict with one network as one thread does") {
  const auto net = network<float>(30, 10, {40, 25});
  std::vector<Tensor<float>> inputs;
  std::vector<Tensor<float>> expected;
  for (const Index rows : {1, 64, 7, 300, 2}) {
    inputs.push_back(input<float>({rows, 30}, static_cast<std::uint64_t>(rows)));
    expected.push_back(net.predict(inputs.back()));
  }
  std::atomic<int> different = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        Workspace<float> workspace;
        for (std::size_t i = 0; i < 20; ++i) {
          const std::size_t at = (i + t) % inputs.size();
          if (!(Tensor<float>(net.predict(inputs[at], workspace)) == expected[at])) ++different;
        }
      });
    }
  }
  CHECK(different == 0);
}

TEST_CASE("the number of threads of a pool changes no bit of training or prediction") {
  const auto x = input<float>({70, 50});
  const auto target = labels(70, 20);
  Training alone(50, 20, {130, 40});
  for (int i = 0; i < 3; ++i) alone.step(x, target);
  for (int threads = 1; threads <= 4; ++threads) {
    CAPTURE(threads);
    ThreadPool pool(threads);
    Training shared(50, 20, {130, 40}, &pool);
    for (int i = 0; i < 3; ++i) shared.step(x, target);
    CHECK(shared.net.state_dict() == alone.net.state_dict());
    Workspace<float> workspace(&pool);
    CHECK(Tensor<float>(shared.net.predict(x, workspace)) == alone.net.predict(x));
  }
}

TEST_CASE("predictions of many rows are those of two at a time, for every number of threads") {
  const auto check = [](Index in, std::initializer_list<Index> hidden, std::initializer_list<Index> batches,
                        std::initializer_list<int> numbers_of_threads = {0, 1, 2, 3, 16}) {
    Generator g(3);
    const Network<float> net(in, 20, hidden, {}, g);
    const Index most = std::max(batches);
    const auto x = input<float>({most, in});
    Tensor<float> expected(Shape{most, 20});
    for (Index row = 0; row + 1 < most; row += 2) {
      const auto two = net.predict(x.rows(row, row + 2));
      std::ranges::copy(two.span(), expected.rows(row, row + 2).data());
    }
    for (const int threads : numbers_of_threads) {
      CAPTURE(threads);
      std::optional<ThreadPool> pool;
      if (threads > 0) pool.emplace(threads);
      Workspace<float> workspace(pool ? &*pool : nullptr);
      for (const Index rows : batches) {
        CAPTURE(rows);
        CHECK(Tensor<float>(net.predict(x.rows(0, rows), workspace)) ==
              Tensor<float>(expected.rows(0, rows)));
      }
    }
  };
  SUBCASE("a small network") { check(50, {130, 40}, {2, 16, 63, 64, 65, 66, 97, 128, 129, 300}); }
  SUBCASE("weights that stay in a cache") {
    check(330, {100, 32}, {2, 33, 64, 65, 66, 129, 511, 512, 513, 514, 1025, 1026}, {0, 3});
  }
  SUBCASE("weights that do not") { check(1100, {1000}, {65, 257, 258}, {0, 3}); }
}

TEST_CASE("training learns which input is the largest") {
  const auto x = input<float>({40, 3});
  Tensor<std::int64_t> target(Shape{40});
  argmax_rows<float>(x, target.view());
  Training training(3, 3, {20, 20});
  training.adam.set_lr(0.01);
  const float first = training.step(x, target);
  for (int i = 0; i < 200; ++i) training.step(x, target);
  const auto y = training.net.predict(x);
  CHECK(training.criterion(y, target) < first / 3);
  Tensor<std::int64_t> found(Shape{40});
  argmax_rows<float>(y, found.view());
  Index right = 0;
  for (Index b = 0; b < 40; ++b) right += found.at(b) == target.at(b) ? 1 : 0;
  CHECK(right >= 38);
}

TEST_CASE("prediction and training allocate nothing after the largest batch") {
  const auto run = [](ThreadPool* pool) {
    const auto x = input<float>({64, 50});
    const auto target = labels(64, 10);
    Training training(50, 10, {130, 40}, pool);
    CHECK(wick_tests::allocations_in([&] { training.step(x, target); }) > 0);
    CHECK(wick_tests::allocations_in([&] {
            training.step(x, target);
            training.step(x.rows(0, 17), target.rows(0, 17));
            training.step(x.rows(0, 1), target.rows(0, 1));
            training.step(x, target);
          }) == 0);
    Workspace<float> workspace(pool);
    const auto many = input<float>({200, 50});
    static_cast<void>(training.net.predict(many, workspace));
    CHECK(wick_tests::allocations_in([&] {
            static_cast<void>(training.net.predict(many, workspace));
            static_cast<void>(training.net.predict(many.rows(0, 130), workspace));
            static_cast<void>(training.net.predict(x, workspace));
            static_cast<void>(training.net.predict(x.rows(3, 4), workspace));
          }) == 0);
  };
  const auto predict = [](ThreadPool* pool) {
    Generator g(3);
    const Network<float> net(330, 20, {100, 32}, {}, g);
    const auto x = input<float>({1100, 330});
    Workspace<float> workspace(pool);
    static_cast<void>(net.predict(x, workspace));
    CHECK(wick_tests::allocations_in([&] {
            for (const Index rows : {1100, 1, 2, 31, 32, 64, 65, 66, 130, 399, 513, 1025})
              static_cast<void>(net.predict(x.rows(0, rows), workspace));
          }) == 0);
  };
  predict(nullptr);
  run(nullptr);
  ThreadPool pool(3);
  run(&pool);
  predict(&pool);
}

TEST_CASE("a copy of a network has parameters of its own") {
  auto net = network<float>(4, 3, {5, 6});
  net.eval();
  auto copy = net;
  CHECK(copy.state_dict() == net.state_dict());
  CHECK(copy.parameters() != net.parameters());
  CHECK_FALSE(copy.training());
  CHECK(printed(copy) == printed(net));
  const StateDict before = net.state_dict();
  const auto x = input<float>({2, 4});
  const auto y = net.predict(x);
  copy.parameters()->values()[0] += 1;
  copy.parameters()->value("output.bias").fill(3);
  CHECK(net.state_dict() == before);
  CHECK(net.predict(x) == y);
  CHECK_FALSE(copy.predict(x) == y);

  SUBCASE("and so has one made by assignment, which keeps the sizes of its source") {
    auto other = network<float>(7, 2, {});
    other = net;
    CHECK(printed(other) == printed(net));
    CHECK(other.predict(x) == y);
    other.parameters()->values()[0] += 1;
    CHECK(net.state_dict() == before);
  }
  SUBCASE("and assignment to itself changes nothing") {
    auto& self = net;
    net = self;
    CHECK(net.state_dict() == before);
    CHECK(net.predict(x) == y);
  }
}

TEST_CASE("an optimizer goes on with a network that was moved, and not with a copy") {
  auto net = network<float>(4, 3, {5, 6}, 0.0);
  Adam<float> adam(net.parameters());
  Network<float> moved = std::move(net);
  Network<float> copy = moved;
  const auto x = input<float>({2, 4});
  const auto before = moved.predict(x);
  Generator g(1);
  static_cast<void>(pass(moved, x, input<float>({2, 3}), g));
  adam.step();
  CHECK_FALSE(moved.predict(x) == before);
  CHECK(copy.predict(x) == before);
  CHECK(adam.parameters() == moved.parameters());

  SUBCASE("also by assignment") {
    auto target = network<float>(9, 9, {9});
    target = std::move(moved);
    const auto now = target.predict(x);
    adam.step();
    CHECK_FALSE(target.predict(x) == now);
  }
  SUBCASE("and keeps the parameters when the network is gone") {
    { const Network<float> gone = std::move(moved); }
    CHECK_NOTHROW(adam.step());
    CHECK(adam.parameters()->contains("output.weight"));
  }
}

TEST_CASE("inputs of another shape are refused with the layer and both shapes") {
  const auto net = network<float>(784, 10, {512, 256});
  const auto direct = network<float>(3, 2, {});
  Workspace<float> workspace;
  const auto message = [&](const Network<float>& n, const Shape& shape) {
    const auto x = Tensor<float>::zeros(shape);
    const GeneratorState before = default_generator().state();
    const auto text = message_of<ShapeError>([&] { static_cast<void>(n(x)); });
    CHECK(default_generator().state() == before);
    CHECK(message_of<ShapeError>([&] { n.predict(x, workspace); }) == text);
    CHECK(message_of<ShapeError>([&] { static_cast<void>(n.predict(x)); }) == text);
    return text;
  };
  const std::string start = "Network: layer hidden_layers.0 Linear(784 -> 512) expected input [*, 784], got ";
  CHECK(message(net, {64, 783}) == start + "[64, 783]");
  CHECK(message(net, {784}) == start + "[784]");
  CHECK(message(net, {}) == start + "[]");
  CHECK(message(net, {0, 1, 28, 28}) == start + "[0, 1, 28, 28]");
  CHECK(message(net, {64, 28, 27}) == start + "[64, 28, 27]");
  CHECK(message(net, {64, 1, 28, 28}) == start + "[64, 1, 28, 28]; flatten it first with reshape({64, 784})");
  CHECK(message(net, {2, 28, 28}) == start + "[2, 28, 28]; flatten it first with reshape({2, 784})");
  CHECK(message(direct, {2, 4}) == "Network: layer output Linear(3 -> 2) expected input [*, 3], got [2, 4]");
}

TEST_CASE("an empty batch gives no rows and no gradient") {
  for (auto net : {network<double>(4, 3, {5, 17}), network<double>(4, 3, {})}) {
    const Tensor<double> x(Shape{0, 4});
    CHECK(net.predict(x).shape() == Shape{0, 3});
    Generator g(1);
    CHECK(pass(net, x, Tensor<double>(Shape{0, 3}), g).shape() == Shape{0, 3});
    CHECK(std::ranges::all_of(net.parameters()->grads(), [](double d) { return d == 0; }));
  }
}

TEST_CASE("sizes below 1 are refused by the name of the layer, and nothing is drawn") {
  Generator g(1);
  const GeneratorState before = g.state();
  const auto message = [&](Index in, Index out, std::initializer_list<Index> hidden) {
    return message_of<OptionError>([&] { Network<float>(in, out, hidden, {}, g); });
  };
  CHECK(message(0, 10, {5}) == "Linear hidden_layers.0: in_features must be >= 1, got 0");
  CHECK(message(-3, 10, {5}) == "Linear hidden_layers.0: in_features must be >= 1, got -3");
  CHECK(message(0, 10, {}) == "Linear output: in_features must be >= 1, got 0");
  CHECK(message(-3, 10, {}) == "Linear output: in_features must be >= 1, got -3");
  CHECK(message(4, 0, {5}) == "Linear output: out_features must be >= 1, got 0");
  CHECK(message(4, -2, {5}) == "Linear output: out_features must be >= 1, got -2");
  CHECK(message(4, 2, {0}) == "Linear hidden_layers.0: out_features must be >= 1, got 0");
  CHECK(message(4, 2, {5, 0, 6}) == "Linear hidden_layers.1: out_features must be >= 1, got 0");
  CHECK(message(4, 2, {5, 6, -7}) == "Linear hidden_layers.2: out_features must be >= 1, got -7");
  CHECK(g.state() == before);
}

TEST_CASE("sizes whose parameters no memory can hold are refused before anything is allocated") {
  constexpr Index huge = Index{1} << 40;
  constexpr Index most = (std::numeric_limits<Index>::max)();
  CHECK_THROWS_AS(Network<float>(huge, huge, {}), ShapeError);
  CHECK_THROWS_AS(Network<float>(1, most, {}), ShapeError);
  CHECK_THROWS_AS(Network<float>(most, 1, {}), ShapeError);
  CHECK_THROWS_AS(Network<float>(1, 1, {most}), ShapeError);
  // Each fits, their sum does not.
  constexpr Index large = Index{1} << 31;
  CHECK(message_of<ShapeError>([&] {
          Network<double>(large, 1, {large / 2, large, large});
        }) == "Network: the parameters up to layer Linear(1073741824 -> 2147483648) do not fit in memory");
  CHECK(message_of<ShapeError>([&] { Network<double>(1, large, {large}); }) ==
        "Network: the parameters up to layer Linear(2147483648 -> 2147483648) do not fit in memory");
}

TEST_CASE("a dropout outside [0, 1] is refused by its value") {
  const auto message = [](double p) {
    return message_of<OptionError>([&] { Network<float>(4, 2, {3}, {.dropout = p}); });
  };
  const std::string start = "dropout probability has to be between 0 and 1, but got ";
  CHECK(message(-0.1) == start + "-0.1");
  CHECK(message(1.5) == start + "1.5");
  CHECK(message(std::numeric_limits<double>::quiet_NaN()) == start + "nan");
}

TEST_CASE("loading a state dict replaces all parameters, or none") {
  auto net = network<float>(4, 3, {5, 6});
  Generator g(50);
  const Network<float> source(4, 3, {5, 6}, {}, g);
  const StateDict before = net.state_dict();
  SUBCASE("its own names and shapes fit") {
    CHECK(printed(net.load_state_dict(source.state_dict())) == "<All keys matched successfully>");
    CHECK(net.state_dict() == source.state_dict());
  }
  SUBCASE("double parameters become float") {
    auto wide = network<double>(4, 3, {5, 6});
    CHECK(wide.load_state_dict(source.state_dict()).all_matched());
    CHECK(net.load_state_dict(wide.state_dict()).all_matched());
    CHECK(net.state_dict() == source.state_dict());
  }
  SUBCASE("the lesson's mismatch is told in PyTorch's words") {
    Network<float> lesson(784, 10, std::vector<Index>{512, 256, 128}, {}, uninitialised);
    const Network<float> small(784, 10, std::vector<Index>{400, 200, 100}, {}, uninitialised);
    const auto size = [](const char* name, const char* found, const char* wanted) {
      return std::string("\n\tsize mismatch for ") + name + ": copying a param with shape torch.Size([" +
             found + "]) from checkpoint, the shape in current model is torch.Size([" + wanted + "]).";
    };
    CHECK(message_of<StateDictError>([&] { lesson.load_state_dict(small.state_dict()); }) ==
          "Error(s) in loading state_dict for Network:" +
              size("hidden_layers.0.weight", "400, 784", "512, 784") +
              size("hidden_layers.0.bias", "400", "512") +
              size("hidden_layers.1.weight", "200, 400", "256, 512") +
              size("hidden_layers.1.bias", "200", "256") +
              size("hidden_layers.2.weight", "100, 200", "128, 256") +
              size("hidden_layers.2.bias", "100", "128") + size("output.weight", "10, 100", "10, 128"));
  }
  SUBCASE("missing and stray names leave the network as it was") {
    const Network<float> deeper(4, 3, {5, 6, 6}, {}, g);
    CHECK(message_of<StateDictError>([&] { net.load_state_dict(deeper.state_dict()); }) ==
          "Error(s) in loading state_dict for Network:\n\tUnexpected key(s) in state_dict: "
          "\"hidden_layers.2.weight\", \"hidden_layers.2.bias\". ");
    CHECK(net.state_dict() == before);
    auto copy = deeper;
    CHECK(message_of<StateDictError>([&] { copy.load_state_dict(source.state_dict()); }) ==
          "Error(s) in loading state_dict for Network:\n\tMissing key(s) in state_dict: "
          "\"hidden_layers.2.weight\", \"hidden_layers.2.bias\". ");
    CHECK(copy.state_dict() == deeper.state_dict());
  }
  SUBCASE("not strict, the rest is loaded and the strays are named") {
    const Network<float> deeper(4, 3, {5, 6, 6}, {}, g);
    const auto result = net.load_state_dict(deeper.state_dict(), false);
    CHECK(result.unexpected_keys ==
          std::vector<std::string>{"hidden_layers.2.weight", "hidden_layers.2.bias"});
    CHECK(result.missing_keys.empty());
    CHECK(net.state_dict()["hidden_layers.1.weight"] == deeper.state_dict()["hidden_layers.1.weight"]);
  }
}

TEST_CASE("a network over given memory predicts and trains there, and its copy elsewhere") {
  Generator g(3);
  Network<float> source(6, 4, {8, 5}, {}, g);
  const auto values = source.parameters()->values();
  auto owner = std::make_shared<wick::Buffer<float>>(static_cast<Index>(values.size()));
  std::ranges::copy(values, owner->data());
  const std::vector<Index> hidden = {8, 5};
  const std::span<float> memory(owner->data(), values.size());
  const std::weak_ptr<const void> watch = owner;
  {
    Network<float> over(6, 4, hidden, {.dropout = 0.5}, memory, owner);
    CHECK(over.state_dict() == source.state_dict());
    CHECK(over.parameters()->values().data() == memory.data());
    Network<float> copy = over;
    over.parameters()->values()[0] += 1;
    CHECK(memory[0] == values[0] + 1);
    CHECK(copy.parameters()->values()[0] == values[0]);
    const Network<float> moved = std::move(over);
    CHECK(moved.parameters()->values().data() == memory.data());
    owner.reset();
    CHECK_FALSE(watch.expired());
  }
  CHECK(watch.expired());

  wick::Buffer<float> other(static_cast<Index>(values.size()) + 16);
  for (const std::size_t size : {values.size() - 16, values.size() + 16}) {
    const std::span<float> wrong(other.data(), size);
    CHECK(message_of<wick::ShapeError>([&] {
            Network<float>(6, 4, hidden, {.dropout = 0.5}, wrong, nullptr);
          }) == "Network: parameters of these sizes take " + std::to_string(values.size()) +
                    " elements, the memory has " + std::to_string(size));
  }
}

TEST_CASE("logits are what log-softmax is taken of, for one row and for many") {
  const auto net = network<float>(6, 4, {9, 5}, 0.5);
  for (const Index rows : {1, 2, 65, 200}) {
    const auto x = input<float>({rows, 6});
    const auto raw = net.logits(x);
    const auto expected = net.predict(x);
    for (Index r = 0; r < rows; ++r) {
      double sum = 0;
      for (Index c = 0; c < 4; ++c) sum += std::exp(static_cast<double>(raw.at(r, c)));
      for (Index c = 0; c < 4; ++c) {
        CHECK(static_cast<double>(expected.at(r, c)) ==
              doctest::Approx(static_cast<double>(raw.at(r, c)) - std::log(sum)).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE(
    "one output is no class: its log-softmax, always 0, is refused, and the raw output is the formula") {
  const auto net = network<double>(3, 1, {}, 0.5);
  const auto x = input<double>({5, 3});
  Workspace<double> workspace;
  CHECK_THROWS_WITH_AS(
      static_cast<void>(net.predict(x, workspace)),
      "Network::predict: expected a network with two outputs or more, got one, whose log-softmax is "
      "always 0; logits() gives it raw",
      wick::Error);
  CHECK_THROWS_AS(static_cast<void>(net(x)), wick::Error);
  CHECK_THROWS_AS(static_cast<void>(net(Borrowed<double>(x))), wick::Error);
  const auto raw = net.logits(x);
  const auto weight = net.parameters()->value("output.weight");
  for (Index r = 0; r < 5; ++r) {
    double sum = net.parameters()->value("output.bias").at(0);
    for (Index c = 0; c < 3; ++c) sum += weight.at(0, c) * x.at(r, c);
    CHECK(raw.at(r, 0) == doctest::Approx(sum));
  }
}

namespace {

/// The same layers as a user writes them.
template <class Hidden>
struct ByHand {
  Linear<float> first, second;
  LayerNorm<float> first_norm, second_norm;
  Linear<float> last;
  Dropout drop;
  Hidden activation;
  bool normalises;

  ByHand(const Scope<float>& s, bool with_norms)
      : first(s / "hidden_layers" / 0, 6, 8),
        second(s / "hidden_layers" / 1, 8, 5),
        first_norm(s / "norms" / 0, 8),
        second_norm(s / "norms" / 1, 5),
        last(s / "output", 5, 3),
        drop(0.25),
        normalises(with_norms) {}
  auto operator()(auto x) const {
    x = first(x);
    if (normalises) x = first_norm(x);
    x = second(drop(activation(x)));
    if (normalises) x = second_norm(x);
    return log_softmax(last(drop(activation(x))));
  }
};

template <class Hidden>
void check_by_hand(Activation activation) {
  for (const Normalisation normalisation : {Normalisation::none, Normalisation::layer_norm}) {
    const bool with_norms = normalisation != Normalisation::none;
    CAPTURE(activation_name(activation));
    CAPTURE(with_norms);
    Generator g1(3), g2(3), d1(4), d2(4), data(5);
    Network<float> net(6, 3, {8, 5},
                       {.dropout = 0.25, .activation = activation, .normalisation = normalisation}, g1);
    Model<ByHand<Hidden>> model(g2, with_norms);
    const auto x = randn<float>({70, 6}, data);
    const auto y = randint(0, 3, {70}, data);
    Adam<float> o1(net.parameters()), o2(model.parameters());
    Recorder<float> r1, r2;
    r1->set_generator(d1);
    r2->set_generator(d2);
    const auto step = [&](const auto& m, auto& optimizer, auto& recorder) {
      optimizer.zero_grad();
      const auto loss = nll_loss(m(recorder->input(x)), y);
      loss.backward();
      optimizer.step();
      return loss.item();
    };
    for (int i = 0; i < 20; ++i) {
      const auto allocated =
          wick_tests::allocations_in([&] { CHECK(step(net, o1, r1) == step(model, o2, r2)); });
      if (i > 1) CHECK(allocated == 0);
    }
    for (const auto& e : net.parameters()->entries())
      CHECK(Tensor<float>(std::as_const(*net.parameters()).value(e.slot)) ==
            Tensor<float>(std::as_const(*model.parameters()).value(e.name)));
    CHECK(d1.state() == d2.state());
    // The program and the tape.
    CHECK(net.predict(x) == model.predict(x));
    CHECK(net.predict(x.rows(0, 1)) == model.predict(x.rows(0, 1)));
  }
}

struct Gelu : GELU {
  Gelu() : GELU("tanh") {}
};

}  // namespace

TEST_CASE("a network of any activation, with and without norms, is a user's model of the same layers") {
  check_by_hand<ReLU>(Activation::relu);
  check_by_hand<wick::Tanh>(Activation::tanh);
  check_by_hand<wick::Sigmoid>(Activation::sigmoid);
  check_by_hand<Gelu>(Activation::gelu_tanh);
  check_by_hand<Identity>(Activation::identity);
}

TEST_CASE("networks of any activation and normalisation print, begin, predict and train as PyTorch's") {
  Fixture file("network_options.bin");  // tests/reference/make_network_options.py
  const auto count = file.get<std::uint32_t>();
  CHECK(count == 10);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto seed = file.get<std::uint64_t>();
    const std::string activation = file.text();
    const std::string normalisation = file.text();
    CAPTURE(activation);
    CAPTURE(normalisation);
    const auto found = activation_named(activation);
    REQUIRE(found.has_value());
    const NetworkOptions options{
        .dropout = 0.25,
        .activation = *found,
        .normalisation = normalisation == "layer_norm" ? Normalisation::layer_norm : Normalisation::none};
    Generator g(seed);
    Network<double> net(6, 3, {8, 5}, options, g);
    CHECK(net.options() == options);
    CHECK(printed(net) == file.text());
    CHECK(printed(net.state_dict().keys()) == file.text());
    const auto x = file.tensor<double>({7, 6});
    const auto y = file.tensor<std::int64_t>({7});
    check_near<double>(net.predict(x), file.tensor<double>({7, 3}), 1e-13);

    g.manual_seed(seed + 1);
    Recorder<double> recorder;
    recorder->set_generator(g);
    Adam<double> adam(net.parameters(), {.lr = 0.01});
    std::vector<Tensor<double>> first;
    for (int step = 0; step < 3; ++step) {
      adam.zero_grad();
      const auto loss = nll_loss(net(recorder->input(x)), y);
      loss.backward();
      if (step == 0) {
        for (const auto& p : net.named_parameters())
          first.emplace_back(std::as_const(*net.parameters()).grad(p.slot));
      }
      adam.step();
      CHECK(loss.item() == doctest::Approx(file.get<double>()).epsilon(1e-13));
    }
    for (const auto& gradient : first) {
      // A bias ahead of a norm has a gradient of zero, but for rounding.
      CHECK_CLOSE(gradient, file.tensor<double>(gradient.shape()), 1e-11, 1e-15);
    }
    for (const auto& p : std::as_const(net).named_parameters()) {
      CAPTURE(p.name);
      // Adam's first steps divide a gradient by its own size, also one of rounding errors.
      const bool noise =
          normalisation == "layer_norm" && p.name.starts_with("hidden_layers") && p.name.ends_with("bias");
      CHECK_CLOSE(Tensor<double>(p.value), file.tensor<double>(p.value.shape()), 1e-9, noise ? 0.05 : 1e-11);
    }
    CHECK(random63(g) == file.get<std::int64_t>());
  }
  CHECK(file.at_end());
}

TEST_CASE("a network is a model: its modules, parameters and freezing") {
  auto net = network<float>(6, 3, {8, 5});
  CHECK(net.named_modules().size() == 6);
  CHECK(net.named_parameters().size() == 6);
  CHECK(net.named_parameters().front().name == "hidden_layers.0.weight");
  net.requires_grad_("hidden_layers", false);
  Generator g(1);
  const auto before = net.state_dict();
  Adam<float> adam(net.parameters());
  const auto x = input<float>({4, 6});
  static_cast<void>(pass(net, x, input<float>({4, 3}), g));
  adam.step();
  CHECK(net.state_dict()["hidden_layers.0.weight"] == before["hidden_layers.0.weight"]);
  CHECK_FALSE(net.state_dict()["output.weight"] == before["output.weight"]);
  auto copy = net;
  CHECK_FALSE(copy.named_parameters()[0].requires_grad);
}

TEST_CASE("an activation or normalisation that is none is refused") {
  CHECK(message_of<OptionError>([] {
          Network<float>(4, 2, {3}, {.activation = static_cast<Activation>(99)});
        }) == "Activation: there is none with the number 99");
  CHECK(message_of<OptionError>([] {
          Network<float>(4, 2, {3}, {.normalisation = static_cast<Normalisation>(7)});
        }) == "Network: there is no normalisation with the number 7");
}

// What users do wrong with models of their own: the table in docs/models.md. AddressSanitizer watches.

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;

namespace {

template <Floating T>
struct Net {
  Linear<T> a, b;
  explicit Net(const Scope<T>& s) : a(s / "a", 3, 8), b(s / "b", 8, 1) {}
  auto operator()(const auto& x) const { return b(tanh(a(x))); }
};
using Double = Model<Net<double>, double>;

Double made() {
  Generator g(0);
  return Double(g);
}

std::vector<double> gradients(const Double& model) {
  const auto grads = model.parameters()->grads();
  return {grads.begin(), grads.end()};
}

template <class A, class B>
concept Mixes = requires(const A& a, const B& b) {
  mse_loss(a, b);
};

}  // namespace

// Scalar types do not mix: not in operations, not between a model and its optimizer.
static_assert(!Mixes<Var<float>, Var<double>> && !Mixes<Var<float>, Tensor<double>>);
static_assert(Mixes<Var<float>, Tensor<float>>);
static_assert(!std::is_constructible_v<Adam<float>, std::shared_ptr<ParameterBlock<double>>>);
static_assert(!std::is_constructible_v<Model<Net<double>, float>>);

TEST_CASE("models: zero_grad() that was forgotten adds up") {
  auto model = made();
  const auto x = numbers({5, 3}, 1);
  const auto pass = [&] { sum(model(x)).backward(); };
  pass();
  const auto once = gradients(model);
  pass();
  const auto twice = gradients(model);
  for (std::size_t i = 0; i < once.size(); ++i) CHECK(twice[i] == doctest::Approx(2 * once[i]));
  model.parameters()->zero_grad();
  pass();
  CHECK(gradients(model) == once);
}

TEST_CASE("models: a step without backward(), or of another model's optimizer") {
  auto model = made();
  auto copy = model;
  Adam optimizer(model.parameters());
  CHECK(contains(message_of<Error>([&] { optimizer.step(); }), "call backward() before"));
  sum(copy(numbers({5, 3}, 1))).backward();
  CHECK(contains(message_of<Error>([&] { optimizer.step(); }),
                 "the model has other parameters: it was assigned anew or copied"));
}

TEST_CASE("models: predictions amid a step leave it as it is") {
  auto model = made();
  const auto other = made();
  const auto x = numbers({5, 3}, 1);
  sum(square(model(x))).backward();
  const auto expected = gradients(model);
  model.parameters()->zero_grad();
  const auto loss = sum(square(model(x)));
  const auto seen = model.predict(numbers({7, 3}, 2));
  CHECK(seen == other.predict(numbers({7, 3}, 2)));
  loss.backward();
  CHECK(gradients(model) == expected);
}

TEST_CASE("models: parameters that another model moves before backward()") {
  auto model = made();
  const auto target = made();
  const auto x = default_tape<double>().input(numbers({5, 3}, 1), true);
  const auto loss = sum(square(model(x)));
  model.parameters()->lerp(*target.parameters(), 0.1);
  CHECK(contains(message_of<Error>([&] { loss.backward(); }), "has been modified by an inplace operation"));
}

TEST_CASE("models: a graph outlives its model, and a model its graph") {
  std::optional<Double> model(made());
  const auto parameters = model->parameters();
  auto loss = sum(square((*model)(numbers({5, 3}, 1))));
  model.reset();
  loss.backward();
  CHECK(std::ranges::any_of(std::as_const(*parameters).grads(), [](double g) { return g != 0; }));
  loss = {};
  auto next = made();
  CHECK_NOTHROW(sum(next(numbers({5, 3}, 1))).backward());
}

TEST_CASE("models: a state that goes from step to step, as a tensor and as a variable") {
  const auto sizes_of = [](auto first, const auto& keep) {
    Generator generator(3);
    const Model<Linear<double>, double> model(generator, 2, 2);
    std::vector<std::size_t> sizes;
    std::vector<double> losses;
    auto state = std::move(first);
    for (int step = 0; step < 4; ++step) {
      const auto y = tanh(model(state));
      const auto loss = sum(square(y));
      loss.backward();
      losses.push_back(loss.item());
      sizes.push_back(default_tape<double>().size());
      state = keep(y);
    }
    return std::pair(sizes, losses);
  };
  const auto ones = Tensor<double>::ones({1, 2});
  const auto [steady, losses] = sizes_of(ones, [](const auto& y) { return y.tensor(); });
  CHECK(steady.back() == steady.front());
  const auto [growing, same_losses] = sizes_of(requires_grad(ones), [](const auto& y) { return y.detach(); });
  CHECK(growing.back() > growing.front());
  CHECK(losses == same_losses);
}

TEST_CASE("models: losses that are kept do no harm, used up or not") {
  auto model = made();
  const auto x = numbers({5, 3}, 1);
  std::vector<Var<double>> losses;
  for (int step = 0; step < 3; ++step) {
    losses.push_back(sum(model(x)));
    losses.back().backward();
  }
  CHECK(losses.back().item() == losses.back().item());
  CHECK(contains(message_of<Error>([&] { static_cast<void>(losses.front().item()); }),
                 "was used up by backward() and its memory by a new step; copy its value before that"));
  // One that was not: all steps since stay on the tape until it goes.
  losses.assign(1, sum(model(x)));
  const double value = losses[0].item();
  const std::size_t before = default_tape<double>().size();
  for (int step = 0; step < 3; ++step) sum(model(x)).backward();
  CHECK(default_tape<double>().size() > before);
  CHECK(losses[0].item() == value);
  losses.clear();
  sum(model(x)).backward();
  CHECK(default_tape<double>().size() <= before);
}

TEST_CASE("models: threads train models of their own, each on its tape, and get the bits of one") {
  const auto train = [] {
    auto model = made();
    Adam optimizer(model.parameters(), {.lr = 0.01});
    for (std::uint64_t step = 0; step < 20; ++step) {
      optimizer.zero_grad();
      mean(square(model(numbers({6, 3}, step)))).backward();
      optimizer.step();
    }
    const auto values = std::as_const(*model.parameters()).values();
    return std::vector<double>(values.begin(), values.end());
  };
  const auto expected = train();
  std::vector<std::vector<double>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = train(); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == expected);
}

TEST_CASE("models: a step that one thread began is not for another") {
  auto model = made();
  const auto h = model(numbers({5, 3}, 1));
  std::string message;
  std::thread([&] { message = message_of<Error>([&] { static_cast<void>(sum(h)); }); }).join();
  CHECK(contains(message, "this tape belongs to another thread"));
  CHECK_NOTHROW(sum(h).backward());
}

TEST_CASE("models: shapes that do not fit, in PyTorch's words") {
  const auto model = made();
  CHECK(contains(message_of<ShapeError>([&] {
                   static_cast<void>(model(numbers({5, 4}, 1)));
                 }),
                 "mat1 and mat2 shapes cannot be multiplied (5x4 and 3x8)"));
  CHECK(contains(message_of<ShapeError>([&] {
                   static_cast<void>(mse_loss(model(numbers({5, 3}, 1)), numbers({5}, 1)));
                 }),
                 "mse_loss: expected a target of the input's shape [5, 1], got [5]"));
}

TEST_CASE("models: float and double in one program") {
  Generator g(0);
  Model<Net<float>, float> narrow(g);
  auto wide = made();
  const auto x = numbers({5, 3}, 1);
  Tensor<float> y(x.shape());
  std::ranges::transform(x.span(), y.data(), [](double v) { return static_cast<float>(v); });
  const auto a = sum(narrow(y));
  const auto b = sum(wide(x));
  a.backward();
  b.backward();
  CHECK(narrow.parameters()->has_new_grad());
  CHECK(wide.parameters()->has_new_grad());
}

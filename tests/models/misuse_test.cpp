// What is done wrong with the lifetimes of networks, workspaces, layers, optimizers and loaders: it does not
// compile, it throws, or it works. The table in docs/reliability.md names these tests; AddressSanitizer
// watches them.

#include "support/allocations.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/models/static_network.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

constexpr const char* moved_from =
    "this model was moved from and has no parameters any more; assign a model to it first";

Tensor<float> numbers(const Shape& shape, std::uint64_t seed = 1) {
  Generator g(seed);
  return rand<float>(shape, g);
}

Network<float> network(Index in, Index out, std::vector<Index> hidden, std::uint64_t seed = 2) {
  Generator g(seed);
  return {in, out, hidden, {.dropout = 0}, g};
}

std::vector<float> copy_of(std::span<const float> x) { return {x.begin(), x.end()}; }
std::vector<float> grads_of(Network<float>& model) { return copy_of(model.parameters()->grads()); }

/// Adds the gradients for a derivative `grad` by what the model gives.
void add_grads(const Network<float>& model, const Tensor<float>& x, const Tensor<float>& grad) {
  const auto y = model(x);
  sum(y * default_tape<float>().constant(grad)).backward();
}
/// The gradients of `model` for these numbers, computed as is right.
std::vector<float> right_grads(Network<float> model, const Tensor<float>& x, const Tensor<float>& grad) {
  model.parameters()->require_grad();
  model.parameters()->zero_grad();
  add_grads(model, x, grad);
  return grads_of(model);
}

// --- What does not compile ---

template <class Model>
concept shows_layers = requires(Model&& model) {
  std::forward<Model>(model).hidden_layers();
};
static_assert(shows_layers<Network<float>&>);
static_assert(!shows_layers<Network<float>>);

template <class Input>
concept can_be_borrowed = requires(Input&& input) {
  Borrowed<float>(std::forward<Input>(input));
};
static_assert(can_be_borrowed<Tensor<float>&>);
static_assert(!can_be_borrowed<Tensor<float>>);

template <class Data>
concept can_be_loaded = requires(Data&& data) {
  DataLoader<TensorDataset<float>>(std::forward<Data>(data));
};
static_assert(can_be_loaded<TensorDataset<float>&>);
static_assert(!can_be_loaded<TensorDataset<float>>);

// A block keeps its layout: it can neither be replaced nor emptied under the layers that lie in it.
static_assert(!std::is_copy_assignable_v<ParameterBlock<float>>);
static_assert(!std::is_move_assignable_v<ParameterBlock<float>>);

// The result of a layer is not written to a temporary.
template <class Out>
concept takes_output = requires(const Linear<float>& layer, const ParameterBlock<float>& block,
                                const Tensor<float>& x, Out&& y, GemmScratch<float>& scratch) {
  layer.forward(block, x, std::forward<Out>(y), scratch);
};
static_assert(takes_output<Tensor<float>&>);
static_assert(!takes_output<Tensor<float>>);

}  // namespace

TEST_CASE("a network that was moved from throws until another one is assigned to it") {
  auto model = network(6, 3, {5});
  const auto x = numbers({2, 6});
  const auto expected = model.predict(x);
  Workspace<float> workspace;
  const auto good = std::move(model);
  CHECK(message_of<Error>([&] { static_cast<void>(model.predict(x)); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model.predict(x, workspace)); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model(x)); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model(Borrowed(x))); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model.logits(x)); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model.parameters()); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(std::as_const(model).parameters()); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model.state_dict()); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model.spec()); }) == moved_from);
  CHECK(message_of<Error>([&] { static_cast<void>(model.load_state_dict(good.state_dict())); }) ==
        moved_from);
  CHECK(message_of<Error>([&] { Adam<float>(model.parameters()); }) == moved_from);
  // Its layers are gone, so it has other sizes than before.
  CHECK_THROWS_AS((StaticNetwork<float, 6, 5, 3>(model)), Error);
  const auto copy = model;
  CHECK(message_of<Error>([&] { static_cast<void>(copy.predict(x)); }) == moved_from);
  CHECK(message_of<Error>([&] {
          std::ostringstream text;
          text << model;
        }) == moved_from);
  model = good;
  CHECK(model.predict(x) == expected);

  auto shallow = network(6, 3, {});
  const auto taken = std::move(shallow);
  CHECK(message_of<Error>([&] { StaticNetwork<float, 6, 3>{shallow}; }) == moved_from);
}

TEST_CASE("the input of a pass may be gone, changed or resized before backward()") {
  auto model = network(20, 5, {32});
  const auto grad = Tensor<float>::ones({8, 5});
  const auto kept = numbers({8, 20});
  const auto expected = right_grads(model, kept, grad);
  Var<float> y;
  SUBCASE("a temporary") { y = model(numbers({8, 20})); }
  SUBCASE("changed") {
    auto x = numbers({8, 20});
    y = model(x);
    x.fill(std::numeric_limits<float>::quiet_NaN());
  }
  SUBCASE("resized") {
    auto x = numbers({8, 20});
    y = model(x);
    x.resize({8000, 20});
  }
  SUBCASE("kept by the caller, who says so: no copy") { y = model(Borrowed(kept)); }
  sum(y).backward();
  CHECK(grads_of(model) == expected);
}

TEST_CASE(
    "a model that becomes another one between a pass and backward(): the gradients are of the old one") {
  const auto x = numbers({8, 20});
  auto model = network(20, 5, {32});
  const auto expected = right_grads(model, x, Tensor<float>::ones({8, 5}));
  const auto parameters = model.parameters();
  const auto y = model(x);
  SUBCASE("larger") { model = network(400, 5, {300}); }
  SUBCASE("as large, by a copy") {
    const auto other = network(20, 5, {32}, 3);
    model = other;
  }
  SUBCASE("as large, by a move") { model = network(20, 5, {32}, 3); }
  sum(y).backward();
  CHECK_FALSE(model.parameters()->has_grad());
  CHECK(copy_of(parameters->grads()) == expected);
}

TEST_CASE("a model that is moved or assigned to itself between a pass and backward() is the same") {
  const auto x = numbers({8, 20});
  auto model = network(20, 5, {32});
  const auto expected = right_grads(model, x, Tensor<float>::ones({8, 5}));
  const auto y = model(x);
  SUBCASE("moved") {
    auto moved = std::move(model);
    sum(y).backward();
    CHECK(grads_of(moved) == expected);
  }
  SUBCASE("assigned to itself") {
    const auto& same = model;
    model = same;
    sum(y).backward();
    CHECK(grads_of(model) == expected);
  }
}

TEST_CASE("a pass may read the result of the one before with the same workspace") {
  ThreadPool pool(3);
  for (const Index rows : {1, 8, 200}) {
    for (ThreadPool* const threads : {static_cast<ThreadPool*>(nullptr), &pool}) {
      for (const auto& hidden : {std::vector<Index>{}, std::vector<Index>{32}}) {
        CAPTURE(rows);
        CAPTURE(hidden.size());
        const auto a = network(20, 20, hidden, 3);
        const auto b = network(20, 20, hidden, 4);
        auto c = network(20, 90, {hidden.empty() ? Index{9} : Index{300}}, 5);
        const auto x = numbers({rows, 20});
        const auto expected = c.predict(b.predict(a.predict(x)));
        Workspace<float> workspace(threads);
        CHECK(Tensor<float>(c.predict(b.predict(a.predict(x, workspace), workspace), workspace)) == expected);
        // And once more, with memory that is large enough.
        CHECK(Tensor<float>(c.predict(b.predict(a.predict(x, workspace), workspace), workspace)) == expected);
        CHECK(wick_tests::allocations_in([&] {
                static_cast<void>(c.predict(b.predict(a.predict(x, workspace), workspace), workspace));
              }) == 0);

        const auto between = b.predict(a.predict(x));
        const auto grad = Tensor<float>::ones({rows, 90});
        const auto grads = right_grads(c, between, grad);
        const auto y = c(Borrowed(b.predict(a.predict(x, workspace), workspace)));
        sum(y).backward();
        CHECK(grads_of(c) == grads);
      }
    }
  }
}

TEST_CASE("the result of a pass stays in the workspace when a larger pass needs new memory") {
  const auto model = network(20, 5, {32});
  Workspace<float> workspace;
  const auto first = model.predict(numbers({8, 20}), workspace);
  const auto before = copy_of(first.span());
  for (const Index rows : {80, 160, 800}) {
    static_cast<void>(model.predict(numbers({rows, 20}), workspace));
    CHECK(copy_of(first.span()) == before);
  }
  // What is kept grows with the largest batch, not with the number of passes.
  Workspace<float> many;
  CHECK(wick_tests::bytes_allocated_in([&] {
          for (Index rows = 1; rows < 500; ++rows) static_cast<void>(many.result(0, rows));
        }) < 4 * 500 * sizeof(float) * 2);
}

TEST_CASE("a workspace that was moved from is a new one") {
  const auto model = network(20, 5, {32});
  const auto x = numbers({8, 20});
  const auto predicted = model.predict(x);
  ThreadPool pool(2);
  Workspace<float> workspace(&pool);
  static_cast<void>(model.predict(x, workspace));
  auto moved = std::move(workspace);
  CHECK(workspace.scratch().pool() == nullptr);
  CHECK(Tensor<float>(model.predict(x, workspace)) == predicted);
  CHECK(Tensor<float>(model.predict(x, moved)) == predicted);
  auto original = std::make_unique<Workspace<float>>();
  static_cast<void>(model.predict(x, *original));
  auto copy = *original;
  original.reset();
  CHECK(Tensor<float>(model.predict(x, copy)) == predicted);

  CHECK(message_of<IndexError>([&] { static_cast<void>(copy.of_worker(0)); }) ==
        "Workspace::of_worker: expected a worker in [0, 0), got 0; call reserve_workers() first");
}

TEST_CASE("a pool may be gone before those that it was given to") {
  auto model = network(20, 5, {32, 32});
  const auto x = numbers({200, 20});
  const auto grad = Tensor<float>::ones({200, 5});
  const auto predicted = model.predict(x);
  auto pool = std::make_unique<ThreadPool>(2);
  Workspace<float> workspace(pool.get());
  Adam<float> optimizer(model.parameters(), {}, pool.get());
  Recorder<float> recorder(pool.get());
  const auto step = [&] {
    optimizer.zero_grad();
    sum(model(recorder->input(x))).backward();
    optimizer.step();
  };
  CHECK(Tensor<float>(model.predict(x, workspace)) == predicted);
  step();
  pool.reset();
  auto reference = model;
  auto copy = optimizer;
  const auto again = model.predict(x);
  CHECK(Tensor<float>(model.predict(x, workspace)) == again);
  step();
  CHECK(grads_of(model) == right_grads(reference, x, grad));
}

TEST_CASE("empty batches, and numbers that are none") {
  auto model = network(20, 5, {32});
  Adam<float> optimizer(model.parameters());
  const Tensor<float> none({0, 20});
  CHECK(model.predict(none).shape() == Shape{0, 5});
  const auto before = model.state_dict();
  sum(model(none)).backward();
  optimizer.step();
  CHECK(model.state_dict() == before);
  const auto nan = Tensor<float>::full({70, 20}, std::numeric_limits<float>::quiet_NaN());
  const auto result = model.predict(nan);
  CHECK(std::ranges::all_of(result.span(), [](float v) { return std::isnan(v); }));
}

TEST_CASE_TEMPLATE("a layer refuses the block of other parameters", T, float, double) {
  Generator g(1);
  ParameterBlock<T> block;
  const Linear<T> first(block, "first", 8, 8, g);
  const Linear<T> second(block, "second", 80, 80, g);
  ParameterBlock<T> small;
  const Linear<T> only(small, "only", 8, 8, g);
  GemmScratch<T> scratch;
  const auto x = Tensor<T>::ones({2, 80});
  Tensor<T> y(Shape{2, 80});
  CHECK(
      message_of<IndexError>([&] { second.forward(small, x, y, scratch); }) ==
      "ParameterBlock: the slot of shape [80, 80], parameter 2 at element " +
          std::to_string(second.weight().offset) +
          ", is not one of the 2 of this block; pass the block that the layer was built in, or a copy of it");
  CHECK_THROWS_AS(second.reset_parameters(small, g), IndexError);
  // Of the same place and shape, but another parameter.
  const auto x8 = Tensor<T>::ones({2, 8});
  Tensor<T> y8(Shape{2, 8});
  CHECK_THROWS_AS(first.forward(small, x8, y8, scratch), IndexError);
  CHECK_THROWS_AS(static_cast<void>(ParameterBlock<T>().value(first.weight())), IndexError);
  CHECK(message_of<Error>([&] { first.backward(block, x8, y8, {}, scratch); }) ==
        "ParameterBlock::grad: \"first.weight\" has no gradient yet; call require_grad() first");
  // A copy has the same slots, and so has a block that grew.
  auto copy = block;
  copy.add("more", {1000});
  first.forward(block, x8, y8, scratch);
  const auto expected = y8;
  first.forward(copy, x8, y8, scratch);
  CHECK(y8 == expected);
}

TEST_CASE("an optimizer that was moved from throws") {
  auto model = network(6, 3, {5});
  Adam<float> optimizer(model.parameters());
  const auto state = optimizer.state();
  Adam<float> other(std::move(optimizer));
  const std::string text = "Adam: this optimizer was moved from and has no parameters any more";
  CHECK(message_of<Error>([&] { optimizer.step(); }) == text);
  CHECK(message_of<Error>([&] { optimizer.zero_grad(); }) == text);
  CHECK(message_of<Error>([&] { static_cast<void>(optimizer.state()); }) == text);
  CHECK(message_of<Error>([&] { optimizer.load_state(state); }) == text);
  CHECK(message_of<Error>([&] { static_cast<void>(optimizer.parameters()); }) == text);
  optimizer = other;
  std::ranges::fill(model.parameters()->grads(), 1.0F);
  optimizer.step();
  CHECK(optimizer.steps() == 1);
}

TEST_CASE("a model outlives its optimizer and the other way round") {
  std::optional<Network<float>> model = network(20, 5, {32});
  {
    Adam<float> optimizer(model->parameters());
    sum((*model)(numbers({8, 20}))).backward();
    optimizer.step();
  }
  Adam<float> optimizer(model->parameters());
  const auto y = sum((*model)(numbers({8, 20})));
  model.reset();
  y.backward();
  optimizer.step();
  CHECK(optimizer.steps() == 1);
  // Of a temporary.
  Adam<float> of_nobody(network(2, 2, {}).parameters());
  std::ranges::fill(of_nobody.parameters()->grads(), 1.0F);
  of_nobody.step();
}

TEST_CASE("a loader may be moved from in a loop: the pass goes on to its end") {
  const TensorDataset<float> data(numbers({10, 3}), Tensor<std::int64_t>::zeros({10}));
  DataLoader loader(data, {.batch_size = 4});
  std::optional<DataLoader<TensorDataset<float>>> taken;
  int batches = 0;
  for (const auto& batch : loader) {
    static_cast<void>(batch);
    if (++batches == 1) taken.emplace(std::move(loader));
  }
  CHECK(batches == 3);
  CHECK(taken->state().order.empty());
  const DataLoader<TensorDataset<float>>::Iterator none;
  CHECK(none == std::default_sentinel);
  // It can be used again: the dataset is the same.
  batches = 0;
  for (const auto& batch : loader) batches += batch.inputs.size(0) > 0;
  CHECK(batches == 3);
}

TEST_CASE("a dataset that becomes smaller during a pass is not read past its end") {
  TensorDataset<float> data(numbers({10, 3}), Tensor<std::int64_t>::zeros({10}));
  DataLoader loader(data, {.batch_size = 4});
  CHECK_THROWS_AS(
      [&] {
        for (const auto& batch : loader) {
          static_cast<void>(batch);
          data = TensorDataset<float>(numbers({1, 3}), Tensor<std::int64_t>::zeros({1}));
        }
      }(),
      IndexError);
  const auto taken = std::move(data);
  CHECK_THROWS_AS(static_cast<void>(loader.begin()), OptionError);
}

TEST_CASE_TEMPLATE("a StaticNetwork that was moved from still predicts", T, float, double) {
  Generator g(1);
  const Network<T> model(8, 3, {32}, {}, g);
  StaticNetwork<T, 8, 32, 3> a(model);
  const std::array<T, 8> x{1, 2, 3};
  const auto expected = a.predict(x);
  const auto b = std::move(a);
  CHECK(a.predict(x) == expected);
  CHECK(b.predict(x) == expected);
}

TEST_CASE("borrowed memory lives as long as a network in it") {
  std::weak_ptr<const void> watched;
  const auto expected = [&] {
    auto memory = std::make_shared<Buffer<float>>(Index{16 * 2});
    std::fill_n(memory->data(), memory->size(), 0.5F);
    watched = memory;
    Network<float> model(2, 4, std::vector<Index>{}, {}, std::span(memory->data(), 32), memory);
    memory.reset();
    const auto result = model.predict(Tensor<float>::ones({1, 2}));
    auto moved = std::move(model);
    CHECK_FALSE(watched.expired());
    auto copy = moved;
    CHECK(moved.predict(Tensor<float>::ones({1, 2})) == result);
    model = std::move(copy);
    sum(moved(Tensor<float>::ones({1, 2}))).backward();
    // More parameters than the memory holds: the values move out of it.
    moved.parameters()->add("more", {1000});
    CHECK(moved.predict(Tensor<float>::ones({1, 2})) == result);
    return std::pair(std::move(model), result);
  }();
  CHECK(watched.expired());
  CHECK(expected.first.predict(Tensor<float>::ones({1, 2})) == expected.second);
}

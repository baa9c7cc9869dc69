// What users do with tapes and variables, right and wrong. AddressSanitizer watches the lifetimes.

#include "support/allocations.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/dropout.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/linear.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/tensor/borrowed.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;

namespace {

struct Line {
  Linear<double> layer;
  explicit Line(const Scope<double>& s) : layer(s / "layer", 3, 2) {}
  auto operator()(const auto& x) const { return layer(x); }
};
struct Dropped {
  double p;
  Dropped(const Scope<double>&, double probability) : p(probability) {}
  auto operator()(const auto& x) const { return dropout(x, p); }
};

// The loss is a parameter itself.
struct Alone {
  Slot p;
  explicit Alone(const Scope<double>& s) : p(s.add("p", {1})) {}
  auto operator()(const auto& x) const { return x.tape().parameter(p); }
};

// A weight that is used twice, and parameters that are not used.
struct Tied {
  Linear<double> first, tied, unused, last;
  explicit Tied(const Scope<double>& s)
      : first(s / "first", 2, 2),
        tied(s / "tied", 2, 2),
        unused(s / "unused", 2, 2),
        last(s / "last", 2, 2) {}
  auto operator()(const auto& x) const { return last(tied(first(tied(x)))); }
};

/// Keeps what gradients are when they are said to be complete.
class Watcher final : public GradientObserver {
 public:
  explicit Watcher(ParameterBlock<double>& block) : block_(block), seen_(block.entries().size()) {}
  [[nodiscard]] const void* block() const noexcept override { return &block_; }
  void complete(std::size_t from) override {
    steps_.push_back(from);
    const double* const grads = block_.grads_to_reach().data;
    for (; next_ > from; --next_) {
      const Slot& slot = block_.entries()[next_ - 1].slot;
      seen_[next_ - 1].assign(grads + slot.offset, grads + slot.offset + slot.shape.numel());
    }
  }
  [[nodiscard]] const std::vector<std::vector<double>>& seen() const noexcept { return seen_; }
  [[nodiscard]] const std::vector<std::size_t>& steps() const noexcept { return steps_; }

 private:
  ParameterBlock<double>& block_;
  std::vector<std::vector<double>> seen_;
  std::vector<std::size_t> steps_ = {};
  std::size_t next_ = seen_.size();
};

template <class V>
concept CanView = requires(V&& v) {
  std::forward<V>(v).value();
};

}  // namespace

// A view of a temporary's value would outlive what keeps it; scalar types do not mix.
static_assert(CanView<Var<double>&>);
static_assert(!CanView<Var<double>>);
static_assert(!std::is_invocable_v<std::plus<>, Var<float>, Var<double>>);

TEST_CASE("Tape: gradients of inputs add up until the next step") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({1, 2}), true);
  CHECK(contains(message_of<Error>([&] { static_cast<void>(x.grad()); }), "this input has no gradient"));
  const auto y = sum(square(x));
  y.backward(Accumulate::yes, true);
  CHECK(x.grad().at(1) == 4);
  y.backward();
  CHECK(x.grad().at(1) == 8);
  CHECK(contains(message_of<Error>([&] { y.backward(); }),
                 "Trying to backward through the graph a second time"));
  CHECK(contains(message_of<Error>([&] { static_cast<void>(y.grad()); }), "only inputs keep a gradient"));
}

TEST_CASE("Tape: what backward() refuses") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({1, 2}), true);
  CHECK(contains(message_of<Error>([&] { square(x).backward(); }),
                 "grad can be implicitly created only for scalar outputs, this one has shape [2]"));
  CHECK(contains(message_of<Error>([&] { sum(x.detach()).backward(); }), "does not require grad"));
  const auto unrecorded = [&] {
    const NoGrad no_grad;
    return sum(x);
  }();
  CHECK(is_grad_enabled());
  CHECK(!unrecorded.requires_grad());
  CHECK(contains(message_of<Error>([&] { unrecorded.backward(); }), "does not require grad"));
  CHECK(contains(message_of<Error>([] { static_cast<void>(Var<double>().item()); }), "shows no value"));
  Recorder<double> other;
  CHECK(contains(message_of<Error>([&] {
                   static_cast<void>(x + other->input(Tensor<double>::from({1, 2})));
                 }),
                 "on another tape"));
}

TEST_CASE("Tape: a variable of a step that is over throws, one of a step that goes on does not") {
  Recorder<double> recorder;
  const auto data = numbers({2}, 1);
  const auto x = recorder->input(data, true);
  const auto kept = square(x);  // not used up: memory stays
  sum(square(x)).backward();
  const auto next = recorder->input(data);
  CHECK(sum(kept + next).item() ==
        doctest::Approx(kept.value().at(0) + kept.value().at(1) + data.at(0) + data.at(1)));

  Recorder<double> second;
  const auto a = second->input(data, true);
  const auto loss = sum(square(a));
  loss.backward();
  CHECK(loss.item() > 0);  // still there
  const auto b = second->input(data);
  CHECK(contains(message_of<Error>([&] { static_cast<void>(loss.item()); }), "was used up by backward()"));
  CHECK(contains(message_of<Error>([&] { static_cast<void>(a + b); }), "was used up by backward()"));
}

TEST_CASE("Tape: lives as long as a variable shows a value of it") {
  Var<double> outlives;
  {
    Recorder<double> recorder;
    outlives = square(recorder->input(Tensor<double>::from({3}), true));
  }
  CHECK(outlives.item() == 9);
  sum(outlives).backward();
  std::thread([&] { outlives = default_tape<double>().input(Tensor<double>::from({2})) * 2.0; }).join();
  CHECK(outlives.item() == 4);
  // But the tape of another thread records nothing here.
  CHECK(contains(message_of<Error>([&] { static_cast<void>(outlives * 2.0); }),
                 "this tape belongs to another thread"));
}

TEST_CASE("Tape: parameters that were changed before backward() are an error, where they are needed") {
  Generator g(0);
  Model<Line, double> model(g);
  const auto data = numbers({4, 3}, 1);
  Recorder<double> recorder;
  const auto change = [&] { model.parameters()->value("layer.weight").data()[0] += 1; };
  {
    const auto x = recorder->input(data, true);
    const auto y = model(x);
    const double before = y.value().at(0, 0);
    change();
    CHECK(y.value().at(0, 0) == before);
    CHECK(contains(
        message_of<Error>([&] { sum(y).backward(); }),
        "has been modified by an inplace operation: layer.weight, which linear used, is at version"));
  }
  {
    // The derivative by the parameters alone does not need them.
    const auto y = sum(model(recorder->input(data)));
    change();
    CHECK_NOTHROW(y.backward());
  }
  {
    // Reading is no change.
    const auto y = sum(model(recorder->input(data, true)));
    static_cast<void>(std::as_const(*model.parameters()).value("layer.weight"));
    CHECK_NOTHROW(y.backward());
  }
}

TEST_CASE("Tape: gradients that are due to be zero are written once") {
  Generator g(0);
  Model<Line, double> model(g);
  auto& parameters = *model.parameters();
  const auto data = numbers({4, 3}, 1);
  const auto pass = [&] { sum(model(data)).backward(); };
  pass();
  const Tensor<double> once(std::as_const(parameters).grad("layer.weight"));
  pass();
  CHECK(std::as_const(parameters).grad("layer.weight").at(0, 0) == doctest::Approx(2 * once.at(0, 0)));
  parameters.zero_grad();
  CHECK(!parameters.has_new_grad());
  for (const double e : std::as_const(parameters).grads()) CHECK(e == 0);
  pass();
  parameters.zero_grad();
  pass();
  CHECK(Tensor<double>(std::as_const(parameters).grad("layer.weight")) == once);
  // A pass that does not reach them leaves zeros, and says that there is no gradient.
  parameters.zero_grad();
  sum(square(default_tape<double>().input(data, true))).backward();
  CHECK(!parameters.has_new_grad());
  for (const double e : std::as_const(parameters).grads()) CHECK(e == 0);
}

TEST_CASE("Tape: DetectAnomaly names the operation and the layer") {
  Generator g(0);
  Model<Line, double> model(g);
  auto data = numbers({4, 3}, 1);
  const auto pass = [&] { sum(square(model(data))).backward(); };
  CHECK_NOTHROW(pass());
  data.data()[4] = std::nan("");
  const DetectAnomaly detect;
  CHECK(contains(message_of<Error>(pass), "anomaly: linear of layer.weight"));
  data.data()[4] = 1;
  CHECK_NOTHROW(pass());
  const auto backward = [&] {
    const auto x = default_tape<double>().input(Tensor<double>::from({0}), true);
    sum(square(square(x) / square(x.detach() + 1.0)) * log(square(x) + 0.0) * 0.0).backward();
  };
  // log(0) is no NaN, but 0 times it is.
  CHECK(contains(message_of<Error>(backward), "anomaly: mul"));
  const auto derivative = [&] {
    const auto x = default_tape<double>().input(Tensor<double>::from({0}), true);
    sum(x / square(x.detach() + 1.0) + exp(log(x))).backward();
  };
  CHECK(contains(message_of<Error>(derivative), "anomaly: the derivative of log"));
}

TEST_CASE("Tape: dropout draws in the order of the program, with and without threads") {
  const auto x = numbers({40, 50}, 1, 1, 2);
  ThreadPool two(2);
  std::vector<Tensor<double>> results;
  for (ThreadPool* const pool : {static_cast<ThreadPool*>(nullptr), &two}) {
    Generator g(3);
    Recorder<double> recorder(pool);
    recorder->set_generator(g);
    const Model<Dropped, double> model(0.25);
    const auto in = recorder->input(x, true);
    const auto a = model(in * 2.0);
    const auto between = rand<double>({3}, g);
    const auto b = model(relu(in));
    const auto y = sum(a * b);
    results.push_back(a.tensor());
    results.push_back(b.tensor());
    results.push_back(between);
    y.backward();
    results.emplace_back(in.grad());
  }
  for (std::size_t i = 0; i < 4; ++i) CHECK(results[i] == results[i + 4]);
  Index dropped = 0;
  for (Index i = 0; i < x.numel(); ++i) {
    const double kept = results[0].data()[i];
    dropped += kept == 0 ? 1 : 0;
    CHECK((kept == 0 || kept == doctest::Approx(2 * x.data()[i] / 0.75)));
  }
  CHECK(std::abs(static_cast<double>(dropped) / 2000 - 0.25) < 0.04);
  Model<Dropped, double> model(0.25);
  model.eval();
  CHECK(model(x).tensor() == x);
  CHECK_THROWS_AS(static_cast<void>(dropout(default_tape<double>().input(x), 1.5)), OptionError);
}

TEST_CASE("Tape: a step allocates nothing once it was seen; inputs may be lent") {
  Recorder<double> recorder;
  const auto data = numbers({30, 40}, 1);
  const auto step = [&] {
    const auto x = recorder->input(Borrowed<double>(data), true);
    const auto y = mean(square(tanh(x) * 2.0 - exp(x)));
    y.backward();
    return x.grad().at(0, 0);
  };
  const double first = step();
  CHECK(allocations_in([&] { CHECK(step() == first); }) == 0);
}

TEST_CASE("Tape: steps of other shapes in the places of those before") {
  Recorder<double> recorder;
  // No memory has an address too, on a tape that has none yet.
  CHECK(sum(recorder->input(Tensor<double>(Shape{0, 3}))).item() == 0);
  for (const Index rows : {3, 1, 0, 4, 3}) {
    for (const Index cols : {2, 3, 2}) {
      const auto data = numbers({rows, cols}, 1);
      const auto x = recorder->input(data, true);
      const auto y = square(x);
      const auto z = reshape(y, Shape{rows * cols});
      const auto t = transpose(y, 0, 1);
      CHECK(x.shape() == Shape{rows, cols});
      CHECK(y.shape() == Shape{rows, cols});
      CHECK(z.shape() == Shape{rows * cols});
      CHECK(t.shape() == Shape{cols, rows});
      (sum(z) + sum(t)).backward();
      CHECK(x.grad().shape() == Shape{rows, cols});
      for (Index i = 0; i < data.numel(); ++i) CHECK(x.grad().data()[i] == 4 * data.data()[i]);
      CHECK(y.shape() == Shape{rows, cols});
    }
  }
}

TEST_CASE("Tape: grows while variables, views and gradients show what is there") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({1, 2}), true);
  auto y = x * 1.0;
  const auto kept = y;
  for (int i = 0; i < 1000; ++i) y = square(y) / y;  // y again
  CHECK(kept.shape() == Shape{2});
  CHECK(kept.value().at(1) == 2);
  CHECK(y.value().at(1) == 2);
  sum(y * x).backward();
  CHECK(x.grad().at(0) == 2);
  CHECK(x.grad().at(1) == 4);
}

TEST_CASE("Tape: parameters that are added after a pass move no memory that the pass reads") {
  // Enough to be sure that the block needs other memory.
  const Shape large{1000};
  const auto x = Tensor<double>::from({{1, 2}, {3, 4}});

  // The derivative by the input of the second layer reads its weight.
  Model<Linear<double>, double> first(2, 2);
  Model<Linear<double>, double> second(2, 2);
  Recorder<double> recorder;
  const Var<double> y = sum(second(first(recorder->input(x))));
  second.parameters()->add("more", large);
  CHECK(contains(message_of<Error>([&] { y.backward(); }), "has been modified by an inplace operation"));

  // One that reads no weight is what it is, and what was added has a gradient of zero.
  Model<Linear<double>, double> model(2, 2);
  const Var<double> z = sum(model(recorder->input(x)));
  const Slot added = model.parameters()->add("more", large);
  z.backward(Accumulate::no);
  CHECK(model.parameters()->grad("weight").at(0, 1) == 6);
  CHECK(model.parameters()->grad("bias").at(1) == 2);
  for (const double g : std::as_const(*model.parameters()).grad(added).span()) REQUIRE(g == 0);

  // Another shape of the same numbers, and the parameter itself.
  Model<Alone, double> alone;
  const Var<double> p = alone(recorder->input(x));
  const Var<double> shaped = reshape(p, {1, 1});
  const double before = p.value().item();
  alone.parameters()->add("more", large);
  CHECK(shaped.value().item() == before);
  CHECK(message_of<Error>([&] { static_cast<void>(p.value()); }) ==
        "parameters were added since the variable of p was made, which moved it; take it again");
  CHECK(alone(recorder->input(x)).item() == before);
}

TEST_CASE("Tape: models that come in the middle of a step") {
  Generator g(0);
  Model<Line, double> first(g), second(g), third(g);
  const auto data = numbers({4, 3}, 1);
  const auto alone = [&](const Model<Line, double>& model) {
    Recorder<double> recorder;
    sum(square(model(recorder->input(data)))).backward();
    return Tensor<double>(model.parameters()->grad(model.parameters()->slot("layer.weight")));
  };
  const auto a = alone(first), b = alone(second), c = alone(third);
  for (auto* const model : {&first, &second, &third}) model->parameters()->zero_grad();
  Recorder<double> recorder;
  const auto x = recorder->input(data);
  const auto y = sum(square(first(x)));
  const auto z = sum(square(second(x)));
  (y + z + sum(square(third(x)))).backward();
  const auto gradient = [](const Model<Line, double>& model) {
    return Tensor<double>(model.parameters()->grad(model.parameters()->slot("layer.weight")));
  };
  CHECK(gradient(first) == a);
  CHECK(gradient(second) == b);
  CHECK(gradient(third) == c);
}

TEST_CASE("Tape: backward() from a parameter") {
  Generator g(0);
  Model<Alone, double> model(g);
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({1, 2}));
  for (int i = 1; i < 3; ++i) {
    model(x).backward(Accumulate::yes, true);
    CHECK(std::as_const(*model.parameters()).grads()[0] == i);
  }
}

TEST_CASE("Tape: an observer is told of gradients when they are complete") {
  Model<Tied, double> model;
  ParameterBlock<double>& block = *model.parameters();
  const auto x = numbers({4, 2}, 1);
  for (const bool spoiled : {false, true}) {
    block.require_grad();
    if (spoiled) std::ranges::fill(block.grads(), 7.0);  // what zero_grad() leaves to be written over
    block.zero_grad();
    Watcher watcher(block);
    const Var<double> loss = sum(model(x));
    loss.tape().backward(loss, &watcher);
    for (const auto& e : block.entries()) {
      CAPTURE(e.name);
      const auto grad = std::as_const(block).grad(e.slot);
      CHECK(watcher.seen()[e.slot.number] == std::vector<double>(grad.data(), grad.data() + grad.numel()));
      CHECK(block.has_new_grad(e.slot.number) == !e.name.starts_with("unused"));
    }
    // `last` and `unused` come early; the tied weight before `first` in the block, but after it.
    CHECK(watcher.steps().front() == block.entries().size());
    CHECK(std::ranges::count(watcher.steps(), std::size_t{4}) >= 2);
    CHECK(watcher.steps().back() == 0);
  }
  // Of another block: nothing.
  Model<Tied, double> other;
  Watcher watcher(*other.parameters());
  const Var<double> loss = sum(model(x));
  loss.tape().backward(loss, &watcher);
  CHECK(watcher.steps().empty());
}

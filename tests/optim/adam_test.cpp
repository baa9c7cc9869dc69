#include <wick/optim/adam.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <wick/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

template <class T>
struct Parameters {
  std::shared_ptr<ParameterBlock<T>> block = std::make_shared<ParameterBlock<T>>();
  std::vector<Slot> slots;

  explicit Parameters(std::initializer_list<Shape> shapes = {Shape{3, 5}, Shape{7}}) {
    for (const auto& shape : shapes) {
      slots.push_back(block->add(std::string(1, static_cast<char>('a' + slots.size())), shape));
    }
  }
  void set(Fixture& file) {
    for (const auto& s : slots) std::ranges::copy(file.tensor<T>(s.shape).span(), block->value(s).data());
  }
  void draw(std::uint64_t seed) {
    Generator g(seed);
    for (const auto& s : slots) normal_(block->value(s), 0.0, 1.0, g);
  }
  void draw_grad(std::uint64_t seed) {
    Generator g(seed);
    for (const auto& s : slots) normal_(block->grad(s), 0.0, 1.0, g);
  }
};

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T>
void check_against_pytorch(Fixture& file, double tolerance) {
  AdamOptions options;
  options.lr = file.get<double>();
  options.betas.first = file.get<double>();
  options.betas.second = file.get<double>();
  options.eps = file.get<double>();
  options.weight_decay = file.get<double>();
  options.amsgrad = file.get<std::uint8_t>() == 1;
  options.maximize = file.get<std::uint8_t>() == 1;
  Parameters<T> p;
  p.set(file);
  std::vector<std::vector<Tensor<T>>> grads(8);
  for (auto& g : grads) {
    for (const auto& s : p.slots) g.push_back(file.tensor<T>(s.shape));
  }
  std::vector<Tensor<T>> start;
  for (const auto& s : p.slots) start.emplace_back(p.block->value(s));
  Adam<T> adam(p.block, options);
  for (std::size_t k = 1; k <= 100; ++k) {
    for (std::size_t i = 0; i < 2; ++i) {
      std::ranges::copy(grads[k % 8][i].span(), p.block->grad(p.slots[i]).data());
    }
    adam.step();
    if (k == 50) adam.set_lr(adam.lr() / 2);
    if (k != 1 && k != 2 && k != 100) continue;
    CAPTURE(k);
    const OptimizerState state = adam.state();
    for (std::size_t i = 0; i < 2; ++i) {
      CAPTURE(i);
      const Shape& shape = p.slots[i].shape;
      const std::string name = i == 0 ? "a" : "b";
      const auto state_of = [&](const char* what) { return state.tensors[name + what].template to<T>(); };
      const Tensor<T> value(p.block->value(p.slots[i]));
      const Tensor<T> exp_avg = state_of(".exp_avg");
      const Tensor<T> exp_avg_sq = state_of(".exp_avg_sq");
      const Tensor<T> max_exp_avg_sq = options.amsgrad ? state_of(".max_exp_avg_sq") : exp_avg_sq;
      const auto expected_value = file.tensor<T>(shape);
      const auto expected_exp_avg = file.tensor<T>(shape);
      const auto expected_exp_avg_sq = file.tensor<T>(shape);
      const auto expected_max_exp_avg_sq = options.amsgrad ? file.tensor<T>(shape) : expected_exp_avg_sq;
      for (Index e = 0; e < shape.numel(); ++e) {
        CAPTURE(e);
        const auto at = [e](const Tensor<T>& t) { return static_cast<double>(t.data()[e]); };
        // A value that came close to zero has kept the rounding of what it was, and a mean of gradients of
        // both signs that of the largest. A mean of squares is as exact as they are, unless weight decay
        // brings the rounding of the value, d, into the gradient, g: then its square is off by 2 g d.
        double largest = 0;
        for (const auto& g : grads) largest = (std::max)(largest, std::abs(at(g[i])));
        CHECK(
            wick_tests::close(at(value), at(expected_value), tolerance, tolerance * std::abs(at(start[i]))));
        CHECK(wick_tests::close(at(exp_avg), at(expected_exp_avg), tolerance, tolerance * largest));
        const double kept = 2 * tolerance * options.weight_decay * std::abs(at(start[i]));
        for (const auto& [square, expected] : {std::pair(at(exp_avg_sq), at(expected_exp_avg_sq)),
                                               std::pair(at(max_exp_avg_sq), at(expected_max_exp_avg_sq))}) {
          CHECK(wick_tests::close(square, expected, tolerance, kept * std::sqrt(expected)));
        }
      }
    }
  }
  CHECK(adam.steps() == 100);
}

}  // namespace

TEST_CASE("1, 2 and 100 steps agree with PyTorch, for every option") {
  Fixture file("adam.bin");  // tests/reference/make_adam.py
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count == 20);
  for (std::uint32_t i = 0; i < count; ++i) {
    CAPTURE(i);
    if (file.get<std::uint8_t>() == 1) {
      check_against_pytorch<double>(file, 1e-12);
    } else {
      check_against_pytorch<float>(file, 1e-6);
    }
  }
  CHECK(file.at_end());
}

TEST_CASE("the first step is lr against the sign of the gradient, whatever its size") {
  Parameters<double> p({Shape{4}});
  Adam<double> adam(p.block, {.lr = 0.5, .eps = 0});
  auto grad = p.block->grad(p.slots[0]);
  grad.at(0) = 1e-20;
  grad.at(1) = -1e20;
  grad.at(2) = 3;
  grad.at(3) = -7;
  adam.step();
  CHECK_CLOSE(Tensor<double>(p.block->value(p.slots[0])), Tensor<double>::from({-0.5, 0.5, -0.5, 0.5}),
              1e-14);
}

TEST_CASE("steps need no gradient beforehand, and zero_grad sets all of it to zero") {
  Parameters<float> p;
  CHECK_FALSE(p.block->has_grad());
  Adam<float> adam(p.block);
  REQUIRE(p.block->has_grad());
  CHECK(adam.parameters() == p.block);
  CHECK(adam.options() == AdamOptions{});
  CHECK(adam.lr() == 1e-3);
  CHECK(adam.steps() == 0);
  p.draw_grad(1);
  adam.zero_grad();
  CHECK(std::ranges::all_of(p.block->grads(), [](float g) { return g == 0; }));
  p.draw(1);
  const StateDict before = p.block->state_dict();
  adam.step();
  CHECK(p.block->state_dict() == before);
  CHECK(adam.steps() == 1);
}

TEST_CASE("the gaps between parameters stay zero") {
  for (const bool amsgrad : {false, true}) {
    Parameters<float> p;
    p.draw(1);
    Adam<float> adam(p.block, {.lr = 0.1, .weight_decay = amsgrad ? 0.1 : 0.0, .amsgrad = amsgrad});
    std::vector<bool> gap(p.block->values().size(), true);
    for (const auto& s : p.slots) std::fill_n(gap.begin() + s.offset, s.shape.numel(), false);
    REQUIRE(std::ranges::count(gap, true) > 0);
    for (std::uint64_t k = 0; k < 5; ++k) {
      p.draw_grad(k);
      adam.step();
    }
    for (std::size_t i = 0; i < gap.size(); ++i) {
      if (gap[i]) REQUIRE(p.block->values()[i] == 0);
    }
  }
}

TEST_CASE("a restored optimizer goes on as the one that was saved, bit for bit, and not as a new one") {
  for (const bool amsgrad : {false, true}) {
    CAPTURE(amsgrad);
    const AdamOptions options{
        .lr = 0.01, .betas = {0.8, 0.9}, .eps = 1e-6, .weight_decay = 0.1, .amsgrad = amsgrad};
    Parameters<float> a;
    a.draw(1);
    Adam<float> first(a.block, options);
    const auto steps = [](Adam<float>& adam, Parameters<float>& p, std::uint64_t from, std::uint64_t to) {
      for (std::uint64_t k = from; k < to; ++k) {
        p.draw_grad(k);
        adam.step();
      }
    };
    steps(first, a, 0, 5);
    const OptimizerState saved = first.state();
    CHECK(saved.type == "Adam");
    CHECK(saved.step == 5);
    CHECK(saved.options == Attributes{{"lr", 0.01},
                                      {"betas", std::vector<double>{0.8, 0.9}},
                                      {"eps", 1e-6},
                                      {"weight_decay", 0.1},
                                      {"amsgrad", amsgrad},
                                      {"maximize", false}});
    const auto keys = amsgrad ? StateDict::Keys{"a.exp_avg", "a.exp_avg_sq", "a.max_exp_avg_sq",
                                                "b.exp_avg", "b.exp_avg_sq", "b.max_exp_avg_sq"}
                              : StateDict::Keys{"a.exp_avg", "a.exp_avg_sq", "b.exp_avg", "b.exp_avg_sq"};
    CHECK(saved.tensors.keys() == keys);
    CHECK(saved.tensors["a.exp_avg"].shape() == Shape{3, 5});

    Parameters<float> b;
    b.block->assign(a.block->state_dict());
    Parameters<float> c;
    c.block->assign(a.block->state_dict());
    Adam<float> restored(b.block);
    restored.load_state(saved);
    CHECK(restored.options() == options);
    CHECK(restored.steps() == 5);
    CHECK(restored.state() == saved);
    Adam<float> fresh(c.block, options);
    steps(first, a, 5, 9);
    steps(restored, b, 5, 9);
    steps(fresh, c, 5, 9);
    CHECK(b.block->state_dict() == a.block->state_dict());
    CHECK(restored.state() == first.state());
    CHECK_FALSE(c.block->state_dict() == a.block->state_dict());
  }
}

TEST_CASE("the state before the first step has no tensors, and restoring it starts anew") {
  Parameters<float> a;
  a.draw(1);
  Adam<float> adam(a.block, {.lr = 0.1});
  const OptimizerState start = adam.state();
  const StateDict values = a.block->state_dict();
  CHECK(start.tensors.empty());
  CHECK(start.step == 0);
  const auto run = [&] {
    for (std::uint64_t k = 0; k < 3; ++k) {
      a.draw_grad(k);
      adam.step();
    }
    return a.block->state_dict();
  };
  const StateDict once = run();
  adam.load_state(start);
  CHECK(adam.state() == start);
  a.block->assign(values);
  CHECK(run() == once);
}

TEST_CASE("a state of doubles restores an optimizer of floats") {
  Parameters<float> a;
  Adam<float> adam(a.block);
  a.draw_grad(1);
  adam.step();
  OptimizerState wide = adam.state();
  wide.tensors = {};
  for (const auto& [name, tensor] : adam.state().tensors) {
    wide.tensors.insert(name, AnyTensor::copy_of(tensor.to<double>()));
  }
  Adam<float> other(a.block);
  other.load_state(wide);
  CHECK(other.state() == adam.state());
}

TEST_CASE("options out of range are refused by name and value, before anything is touched") {
  Parameters<float> p;
  const auto message = [&](const AdamOptions& options) {
    return message_of<OptionError>([&] { Adam<float>(p.block, options); });
  };
  const std::string finite = ", expected a finite number >= 0";
  CHECK(message({.lr = -0.1}) == "Adam: Invalid learning rate: -0.1" + finite);
  CHECK(message({.lr = not_a_number}) == "Adam: Invalid learning rate: nan" + finite);
  CHECK(message({.lr = infinity}) == "Adam: Invalid learning rate: inf" + finite);
  CHECK(message({.eps = -1e-8}) == "Adam: Invalid epsilon value: -1e-08" + finite);
  CHECK(message({.eps = not_a_number}) == "Adam: Invalid epsilon value: nan" + finite);
  CHECK(message({.betas = {1.0, 0.9}}) == "Adam: Invalid beta parameter at index 0: 1.0, expected [0, 1)");
  CHECK(message({.betas = {-0.1, 0.9}}) == "Adam: Invalid beta parameter at index 0: -0.1, expected [0, 1)");
  CHECK(message({.betas = {not_a_number, 0.9}}) ==
        "Adam: Invalid beta parameter at index 0: nan, expected [0, 1)");
  CHECK(message({.betas = {0.9, 1.0}}) == "Adam: Invalid beta parameter at index 1: 1.0, expected [0, 1)");
  CHECK(message({.betas = {0.9, not_a_number}}) ==
        "Adam: Invalid beta parameter at index 1: nan, expected [0, 1)");
  CHECK(message({.weight_decay = -1}) == "Adam: Invalid weight_decay value: -1.0" + finite);
  CHECK(message({.weight_decay = not_a_number}) == "Adam: Invalid weight_decay value: nan" + finite);
  CHECK_FALSE(p.block->has_grad());
  CHECK_NOTHROW(Adam<float>(p.block, {.lr = 0, .betas = {0, 0}, .eps = 0, .weight_decay = 0}));

  Adam<float> adam(p.block, {.lr = 0.25});
  CHECK(message_of<OptionError>([&] { adam.set_lr(not_a_number); }) ==
        "Adam: Invalid learning rate: nan" + finite);
  CHECK_THROWS_AS(adam.set_lr(-1), OptionError);
  CHECK_THROWS_AS(adam.set_lr(infinity), OptionError);
  CHECK(adam.lr() == 0.25);
  adam.set_lr(0.5);
  CHECK(adam.lr() == 0.5);
}

TEST_CASE("an optimizer without parameters is refused") {
  const std::string text = "Adam: optimizer got an empty parameter list";
  CHECK(message_of<OptionError>([] { Adam<float>(nullptr); }) == text);
  CHECK(message_of<OptionError>([] { Adam<float>(std::make_shared<ParameterBlock<float>>()); }) == text);
}

TEST_CASE("a state that does not fit is refused, and the optimizer goes on as if nothing had happened") {
  Parameters<float> p;
  p.draw(1);
  Adam<float> adam(p.block, {.lr = 0.01, .amsgrad = true});
  p.draw_grad(1);
  adam.step();
  const OptimizerState good = adam.state();
  const StateDict values = p.block->state_dict();

  const auto without = [&](const std::string& name) {
    StateDict rest;
    for (const auto& [key, tensor] : good.tensors) {
      if (key != name) rest.insert(key, tensor);
    }
    return rest;
  };
  const auto refused = [&]<class E>(std::type_identity<E>,
                                    const std::function<void(OptimizerState&)>& spoil) {
    OptimizerState bad = good;
    spoil(bad);
    const auto text = message_of<E>([&] { adam.load_state(bad); });
    CHECK(adam.state() == good);
    CHECK(p.block->state_dict() == values);
    return text;
  };
  const std::type_identity<OptionError> option;
  const std::type_identity<StateDictError> tensors;
  CHECK(refused(option, [](auto& s) { s.type = "SGD"; }) ==
        "Adam::load_state: expected the state of Adam, got that of SGD");
  CHECK(refused(option, [](auto& s) { s.step = -1; }) == "Adam::load_state: step must be >= 0, got -1");
  CHECK(refused(option, [](auto& s) { s.options.set("lr", not_a_number); }) ==
        "Adam: Invalid learning rate: nan, expected a finite number >= 0");
  CHECK(refused(option, [](auto& s) { s.options.set("eps", -1.0); }) ==
        "Adam: Invalid epsilon value: -1.0, expected a finite number >= 0");
  CHECK(refused(option, [](auto& s) { s.options.set("betas", std::vector<double>{0.9}); }) ==
        "Adam::load_state: expected 2 betas, got 1");
  CHECK(refused(option, [](auto& s) {
          s.options.set("betas", std::vector<double>{0.9, 1.0});
        }) == "Adam: Invalid beta parameter at index 1: 1.0, expected [0, 1)");
  CHECK(refused(option, [](auto& s) { s.options.set("weight_decay", infinity); }) ==
        "Adam: Invalid weight_decay value: inf, expected a finite number >= 0");
  CHECK(refused(option, [](auto& s) { s.options = {}; }) ==
        "Adam::load_state: option \"betas\" is missing or of another type");
  CHECK(refused(option, [](auto& s) { s.options.set("lr", std::string("fast")); }) ==
        "Adam::load_state: option \"lr\" is missing or of another type");

  // One group with one number of steps is all that this optimizer can go on with.
  using Groups = std::vector<OptimizerGroup>;
  CHECK(
      refused(option,
              [](auto& s) {
                s.groups = Groups{{{"a"}, {{"lr", 0.1}, {"eps", 1e-6}}}, {{"b"}, {{"lr", 0.2}}}};
              }) ==
      "Adam::load_state: the state has 2 parameter groups with different options, \"lr\", \"eps\"; this Adam "
      "has one for all parameters");
  CHECK(refused(option,
                [](auto& s) {
                  s.groups = Groups{{{"a"}, {}}};
                }) ==
        "Adam::load_state: the state is for 1 parameters, this Adam has 2, the first of them \"a\"; it was "
        "saved "
        "for a model with other or frozen parameters");
  CHECK(refused(option,
                [](auto& s) {
                  s.groups = Groups{{{"0", "1"}, {}}};
                }) ==
        "Adam::load_state: the state is for 2 parameters, one of them \"0\", this Adam has 2, the first of "
        "them "
        "\"a\"; it was saved for a model with other or frozen parameters");
  CHECK(refused(option, [](auto& s) { s.values.set("b.step", 3.0); }) ==
        "Adam::load_state: the parameters took different numbers of steps, \"b\" for one; this Adam counts "
        "them once");

  CHECK(refused(tensors, [&](auto& s) { s.tensors = without("b.exp_avg"); }) ==
        "Error(s) in loading state_dict for Adam:\n\tMissing key(s) in state_dict: \"b.exp_avg\". ");
  CHECK(refused(tensors, [&](auto& s) { s.tensors = without("a.max_exp_avg_sq"); }) ==
        "Error(s) in loading state_dict for Adam:\n\tMissing key(s) in state_dict: \"a.max_exp_avg_sq\". ");
  CHECK(wick_tests::contains(refused(tensors, [](auto& s) { s.tensors = {}; }), "Missing key(s)"));
  CHECK(refused(tensors, [&](auto& s) {
          s.tensors.insert("c.exp_avg", AnyTensor::copy_of(Tensor<float>::zeros({2})));
        }) == "Error(s) in loading state_dict for Adam:\n\tUnexpected key(s) in state_dict: \"c.exp_avg\". ");
  CHECK(refused(tensors, [&](auto& s) { s.options.set("amsgrad", false); }) ==
        "Error(s) in loading state_dict for Adam:\n\tUnexpected key(s) in state_dict: \"a.max_exp_avg_sq\", "
        "\"b.max_exp_avg_sq\". ");
  CHECK(refused(tensors,
                [&](auto& s) {
                  s.tensors = without("a.exp_avg");
                  s.tensors.insert("a.exp_avg", AnyTensor::copy_of(Tensor<float>::zeros({5, 3})));
                }) ==
        "Error(s) in loading state_dict for Adam:\n\tsize mismatch for a.exp_avg: copying a param with shape "
        "torch.Size([5, 3]) from checkpoint, the shape in current model is torch.Size([3, 5]).");
  CHECK_NOTHROW(adam.load_state(good));
}

TEST_CASE("the number of threads changes no bit") {
  const auto run = [](ThreadPool* pool, const AdamOptions& options) {
    Parameters<float> p({Shape{300, 401}, Shape{5}, Shape{70001}});
    p.draw(1);
    Adam<float> adam(p.block, options, pool);
    for (std::uint64_t k = 0; k < 3; ++k) {
      p.draw_grad(k);
      adam.step();
    }
    return std::pair{p.block->state_dict(), adam.state()};
  };
  for (const auto& options : {AdamOptions{}, AdamOptions{.weight_decay = 0.1, .amsgrad = true}}) {
    const auto alone = run(nullptr, options);
    for (int threads = 1; threads <= 4; ++threads) {
      CAPTURE(threads);
      ThreadPool pool(threads);
      CHECK(run(&pool, options) == alone);
    }
  }
}

TEST_CASE("steps after the first allocate nothing") {
  ThreadPool pool(3);
  for (const bool amsgrad : {false, true}) {
    Parameters<float> p({Shape{300, 401}, Shape{5}});
    Adam<float> adam(p.block, {.weight_decay = amsgrad ? 0.5 : 0.0, .amsgrad = amsgrad}, &pool);
    p.draw_grad(1);
    // Each average, and how the work is shared out.
    CHECK(wick_tests::allocations_in([&] { adam.step(); }) == (amsgrad ? 4 : 3));
    CHECK(wick_tests::allocations_in([&] {
            adam.zero_grad();
            adam.step();
            adam.set_lr(0.5);
            adam.step();
          }) == 0);
  }
}

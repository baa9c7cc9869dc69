#include <wick/optim/adam.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
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
    for (const auto& s : slots) {
      const auto values = file.tensor<T>(s.shape);
      std::ranges::copy(values.span(), block->value(s).data());
    }
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

TEST_CASE(
    "a step without a gradient, before the first one or after zero_grad, is an error that changes nothing") {
  const std::string text =
      "Adam::step: the parameters of this optimizer have no gradient yet; call backward() before. If it was "
      "called, the model has other parameters: it was assigned anew or copied after the optimizer was made. "
      "Make the optimizer of model.parameters() as they are now";
  Parameters<float> p;
  p.draw(1);
  Adam<float> adam(p.block);
  const auto refused = [&] {
    const OptimizerState state = adam.state();
    const StateDict values = p.block->state_dict();
    CHECK(message_of<Error>([&] { adam.step(); }) == text);
    CHECK(adam.state() == state);
    CHECK(p.block->state_dict() == values);
  };
  refused();
  p.draw_grad(1);
  adam.step();
  adam.step();  // the same gradient once more, as in PyTorch
  adam.zero_grad();
  refused();
  CHECK(std::ranges::all_of(std::as_const(*p.block).grads(), [](float g) { return g == 0; }));
  refused();                                 // reading is not writing
  std::ranges::fill(p.block->grads(), 0.F);  // zero is a gradient too
  adam.step();
  CHECK(adam.steps() == 3);
}

TEST_CASE("without eps the gaps between tensors stay zero") {
  Parameters<float> p;
  p.draw(1);
  Adam<float> adam(p.block, {.eps = 0});
  for (std::uint64_t k = 0; k < 3; ++k) {
    p.draw_grad(k);
    adam.step();
    Index nonzero = 0;
    for (const float value : p.block->values()) nonzero += value != 0;
    CHECK(nonzero == p.block->numel());
  }
}

TEST_CASE("an optimizer allocates the gradients, and zero_grad sets all of them to zero") {
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
  CHECK(refused(option, [](auto& s) { s.step = -1; }) ==
        "Adam::load_state: step must be in [0, 9007199254740992], got -1");
  CHECK(refused(option, [](auto& s) { s.step = (std::numeric_limits<std::int64_t>::max)(); }) ==
        "Adam::load_state: step must be in [0, 9007199254740992], got 9223372036854775807");
  const auto with_value = [&](const std::string& name, float value) {
    return refused(option, [&](auto& s) {
      auto spoiled = good.tensors[name].template to<float>();
      spoiled.data()[2] = value;
      s.tensors = without(name);
      s.tensors.insert(name, AnyTensor::copy_of(spoiled));
    });
  };
  CHECK(with_value("b.exp_avg", static_cast<float>(not_a_number)) ==
        "Adam::load_state: \"b.exp_avg\" holds nan at element 2, expected finite values");
  CHECK(with_value("b.exp_avg", -static_cast<float>(infinity)) ==
        "Adam::load_state: \"b.exp_avg\" holds -inf at element 2, expected finite values");
  CHECK(with_value("a.exp_avg_sq", -1) ==
        "Adam::load_state: \"a.exp_avg_sq\" holds -1.0 at element 2, expected finite values >= 0");
  CHECK(with_value("a.max_exp_avg_sq", static_cast<float>(infinity)) ==
        "Adam::load_state: \"a.max_exp_avg_sq\" holds inf at element 2, expected finite values >= 0");
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

  // One group is all that this optimizer can go on with.
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
  // A count for each parameter, as a tensor or a value, takes the place of the one for all.
  const auto with_count = [&](auto count) {
    return refused(option, [&](auto& s) {
      s.step = 0;
      s.tensors.insert("a.step", AnyTensor::copy_of(Tensor<float>::full({}, 3)));
      s.values.set("b.step", count);
    });
  };
  CHECK(with_count(2.5) ==
        "Adam::load_state: \"b.step\" must be a whole number in [0, 9007199254740992], got 2.5");
  CHECK(wick_tests::contains(with_count(std::int64_t{-1}), "\"b.step\" must be a whole number"));
  CHECK(wick_tests::contains(with_count(std::string("3")), "\"b.step\" must be a whole number"));
  CHECK(wick_tests::contains(with_count(not_a_number), "\"b.step\" must be a whole number"));
  CHECK(wick_tests::contains(with_count(1e300), "\"b.step\" must be a whole number"));
  CHECK(refused(tensors, [&](auto& s) { s.step = 0; }) ==
        "Error(s) in loading state_dict for Adam:\n\tMissing key(s) in state_dict: \"a.step\", \"b.step\". ");
  CHECK(refused(tensors, [&](auto& s) {
          s.tensors.insert("a.step", AnyTensor::copy_of(Tensor<float>::full({}, 3)));
        }) == "Error(s) in loading state_dict for Adam:\n\tUnexpected key(s) in state_dict: \"a.step\". ");

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
    CHECK(wick_tests::allocations_in([&] { adam.step(); }) == (amsgrad ? 7 : 6));
    CHECK(wick_tests::allocations_in([&] {
            adam.zero_grad();
            std::ranges::fill(p.block->grads(), 1.F);
            adam.step();
            adam.set_lr(0.5);
            adam.step();
          }) == 0);
  }
}

TEST_CASE_TEMPLATE(
    "parameters that join later leave the averages of the others alone and begin at their first step", T,
    float, double) {
  // One optimizer for both, and one for each: nothing in Adam mixes parameters.
  const auto gradient = [](ParameterBlock<T>& block, std::string_view name, std::uint64_t seed) {
    Generator g(seed);
    normal_(block.grad(name), 0.0, 1.0, g);
  };
  const auto block = std::make_shared<ParameterBlock<T>>();
  const auto alone_a = std::make_shared<ParameterBlock<T>>();
  const auto alone_b = std::make_shared<ParameterBlock<T>>();
  block->add("a", {3, 5});
  alone_a->add("a", {3, 5});
  alone_b->add("b", {70});
  const AdamOptions options{.lr = 0.1, .weight_decay = 0.01, .amsgrad = true};
  Adam<T> adam(block, options);
  Adam<T> adam_a(alone_a, options);
  Adam<T> adam_b(alone_b, options);
  OptimizerState saved;
  for (std::uint64_t k = 1; k <= 12; ++k) {
    if (k == 5) block->add("b", {70});
    if (k == 9) {
      // What is saved and loaded goes on in the same way.
      saved = adam.state();
      CHECK(saved.step == 0);
      CHECK(saved.tensors["a.step"].template to<float>().item() == 8);
      CHECK(saved.tensors["b.step"].template to<float>().item() == 4);
      Adam<T> loaded(block);
      loaded.load_state(saved);
      adam = std::move(loaded);
    }
    gradient(*block, "a", k);
    gradient(*alone_a, "a", k);
    if (k >= 5) {
      gradient(*block, "b", 100 + k);
      gradient(*alone_b, "b", 100 + k);
      adam_b.step();
    }
    adam.step();
    adam_a.step();
    CAPTURE(k);
    CHECK(std::ranges::equal(block->value("a").span(), alone_a->value("a").span()));
    if (k >= 5) CHECK(std::ranges::equal(block->value("b").span(), alone_b->value("b").span()));
  }
  // What joined after the last step has no state yet, as in PyTorch, and nothing is read past the end.
  block->add("c", {1000});
  const OptimizerState state = adam.state();
  CHECK(!state.tensors.contains("c.exp_avg"));
  Adam<T> again(block);
  again.load_state(state);
  CHECK(again.state() == state);
  CHECK(again.steps() == 12);
}

TEST_CASE_TEMPLATE("a parameter without a new gradient takes no step", T, float, double) {
  // Which of a and b have one in each step, after zero_grad(); each has an optimizer of its own as well,
  // which takes the step or not.
  constexpr std::array<std::pair<bool, bool>, 8> steps{{{true, false},
                                                        {true, false},
                                                        {false, true},
                                                        {true, true},
                                                        {true, false},
                                                        {false, true},
                                                        {true, true},
                                                        {true, true}}};
  const auto block = std::make_shared<ParameterBlock<T>>();
  const auto alone_a = std::make_shared<ParameterBlock<T>>();
  const auto alone_b = std::make_shared<ParameterBlock<T>>();
  for (const auto& x : {block, alone_a})
    normal_(x->value(x->add("a", {3, 5})), 0.0, 1.0, *std::make_unique<Generator>(1));
  for (const auto& x : {block, alone_b})
    normal_(x->value(x->add("b", {70})), 0.0, 1.0, *std::make_unique<Generator>(2));
  const AdamOptions options{.lr = 0.1, .weight_decay = 0.01, .amsgrad = true};
  ThreadPool pool(2);
  Adam<T> adam(block, options, &pool);
  Adam<T> adam_a(alone_a, options);
  Adam<T> adam_b(alone_b, options);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    CAPTURE(k);
    adam.zero_grad();
    const auto step = [&](bool has, std::string_view name, ParameterBlock<T>& alone, Adam<T>& own) {
      if (!has) return;
      for (ParameterBlock<T>* const to : {block.get(), &alone}) {
        Generator g(k);
        normal_(to->grad(name), 0.0, 1.0, g);
      }
      own.step();
    };
    step(steps[k].first, "a", *alone_a, adam_a);
    step(steps[k].second, "b", *alone_b, adam_b);
    CHECK(block->has_new_grad(0) == steps[k].first);
    CHECK(block->has_new_grad(1) == steps[k].second);
    const auto allocated = wick_tests::allocations_in([&] { adam.step(); });
    // The first step of an optimizer makes its plan.
    CHECK((allocated == 0) == (k != 0 && k != 5));
    CHECK(std::ranges::equal(block->value("a").span(), alone_a->value("a").span()));
    CHECK(std::ranges::equal(block->value("b").span(), alone_b->value("b").span()));
    // Saved and loaded, it goes on in the same way.
    const OptimizerState state = adam.state();
    CHECK(state.tensors.contains("b.exp_avg") == (k >= 2));
    Adam<T> loaded(block, {}, &pool);
    loaded.load_state(state);
    CHECK(loaded.state() == state);
    if (k == 4) {
      CHECK(state.step == 0);
      CHECK(state.tensors["a.step"].template to<T>().item() == 4);
      CHECK(state.tensors["b.step"].template to<T>().item() == 2);
      adam = std::move(loaded);
    }
  }
}

TEST_CASE("Adam: frozen parameters stay, with their averages and their count of steps") {
  // As if the steps in between had not been for the one that was frozen, and nothing had been frozen for the
  // other one.
  const auto block_of = [] {
    auto block = std::make_shared<ParameterBlock<double>>();
    block->add("a", {3});
    block->add("b", {2});
    for (double& x : block->values()) x = 0;
    block->value("a").fill(0.5);
    block->value("b").fill(-0.25);
    return block;
  };
  const AdamOptions options{.lr = 0.1, .weight_decay = 0.01, .amsgrad = true};
  const auto step = [](Adam<double>& optimizer, int number) {
    ParameterBlock<double>& block = *optimizer.parameters();
    for (const char* const name : {"a", "b"}) {
      for (Index i = 0; i < block.grad(name).numel(); ++i)
        block.grad(name).data()[i] = std::sin(static_cast<double>(3 * number + i));
    }
    optimizer.step();
  };
  const auto frozen = block_of();
  const auto other = block_of();
  const auto few = block_of();
  Adam<double> optimizer(frozen, options), all_steps(other, options), few_steps(few, options);
  for (int i = 0; i < 6; ++i) {
    // Frozen from the beginning, thawed, frozen, thawed.
    const bool on = i == 1 || i >= 4;
    const std::vector<double> before(frozen->value("a").data(), frozen->value("a").data() + 3);
    frozen->set_requires_grad(frozen->slot("a"), on);
    step(optimizer, i);
    step(all_steps, i);
    if (on) step(few_steps, i);
    if (!on) CHECK(std::ranges::equal(before, frozen->value("a").span()));
    if (i == 3) {
      // What is saved in between goes on in the same way.
      const auto state = optimizer.state();
      optimizer.load_state(state);
      CHECK(optimizer.state() == state);
    }
  }
  CHECK(std::ranges::equal(frozen->value("a").span(), few->value("a").span()));
  CHECK(std::ranges::equal(frozen->value("b").span(), other->value("b").span()));
  CHECK(optimizer.steps() == 6);
  frozen->set_requires_grad(frozen->slot("a"), false);
  frozen->set_requires_grad(frozen->slot("b"), false);
  const auto before = frozen->state_dict();
  CHECK_NOTHROW(step(optimizer, 7));
  CHECK(frozen->state_dict() == before);
}

// What all optimizers share, checked for each of them; Adam's own tests are in optim/adam_test.cpp.

#include <wick/optim/adadelta.hpp>
#include <wick/optim/adafactor.hpp>
#include <wick/optim/adagrad.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/adamax.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/optim/asgd.hpp>
#include <wick/optim/nadam.hpp>
#include <wick/optim/radam.hpp>
#include <wick/optim/rmsprop.hpp>
#include <wick/optim/rprop.hpp>
#include <wick/optim/sgd.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"
#include "support/vector_levels.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A class of optimizers, with options under which it uses all it has.
template <template <class> class Class>
struct Kind {
  template <class T>
  using Optimizer = Class<T>;
  using Options = typename Class<float>::Options;
};
using AdamKind = Kind<Adam>;
using AdamWKind = Kind<AdamW>;
using SGDKind = Kind<SGD>;
using RMSpropKind = Kind<RMSprop>;
using AdagradKind = Kind<Adagrad>;
using AdamaxKind = Kind<Adamax>;
using NAdamKind = Kind<NAdam>;
using RAdamKind = Kind<RAdam>;
using AdadeltaKind = Kind<Adadelta>;
using ASGDKind = Kind<ASGD>;
using RpropKind = Kind<Rprop>;
using AdafactorKind = Kind<Adafactor>;
#define ALL_OPTIMIZERS                                                                                    \
  AdamKind, AdamWKind, SGDKind, RMSpropKind, AdagradKind, AdamaxKind, NAdamKind, RAdamKind, AdadeltaKind, \
      ASGDKind, RpropKind, AdafactorKind

/// All that can be switched on is, and nothing has its default.
template <class Options>
Options full() {
  Options o;
  o.lr = 0.02;
  o.maximize = true;
  if constexpr (requires { o.weight_decay; }) o.weight_decay = 0.1;
  if constexpr (requires { o.momentum; }) o.momentum = 0.8;
  if constexpr (requires { o.centered; }) o.centered = true;
  if constexpr (requires { o.amsgrad; }) o.amsgrad = true;
  if constexpr (requires { o.initial_accumulator_value; }) o.initial_accumulator_value = 0.5;
  if constexpr (requires { o.lr_decay; }) o.lr_decay = 0.25;
  if constexpr (requires { o.betas; }) o.betas = {0.5, 0.9};
  if constexpr (requires { o.t0; }) o.t0 = 2;
  if constexpr (requires { o.etas; }) o.etas = {0.25, 1.5};
  return o;
}

/// What an optimizer says of a learning rate.
std::string bad_rate(const std::string& name, const std::string& value) {
  return name + (name == "Adafactor"
                     ? ": Learning rate should be >= 0 but is: " + value
                     : ": Invalid learning rate: " + value + ", expected a finite number >= 0");
}

template <class T>
std::shared_ptr<ParameterBlock<T>> block_of(const std::vector<std::pair<std::string, Shape>>& parameters,
                                            std::uint64_t seed = 1) {
  auto block = std::make_shared<ParameterBlock<T>>();
  Generator g(seed);
  for (const auto& [name, shape] : parameters) normal_(block->value(block->add(name, shape)), 0.0, 1.0, g);
  return block;
}
template <class T>
std::shared_ptr<ParameterBlock<T>> two_parameters() {
  return block_of<T>({{"a", {3, 5}}, {"b", {7}}});
}
/// The same gradient for a parameter whatever else is in its block.
template <class T>
void draw_grad(ParameterBlock<T>& block, const std::string& name, std::uint64_t seed) {
  Generator g(100 * seed + static_cast<std::uint64_t>(name.back()));
  normal_(block.grad(name), 0.0, 1.0, g);
}
template <class T>
void draw_grads(ParameterBlock<T>& block, std::uint64_t seed) {
  for (const auto& e : block.entries()) draw_grad(block, e.name, seed);
}
template <class T>
void same_values(const ParameterBlock<T>& a, const ParameterBlock<T>& b, const std::string& name) {
  CHECK(std::ranges::equal(a.value(name).span(), b.value(name).span()));
}

Attributes options_in(Fixture& file) {
  Attributes options;
  const auto count = file.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string name = file.text();
    const auto kind = file.get<std::uint8_t>();
    if (kind == 0) options.set(name, file.get<double>());
    if (kind == 1) options.set(name, file.get<std::uint8_t>() == 1);
    if (kind == 3) options.set(name, std::monostate());
    if (kind == 2) {
      const double first = file.get<double>();
      options.set(name, std::vector<double>{first, file.get<double>()});
    }
  }
  return options;
}

template <class T>
Tensor<T> tensor_in(Fixture& file) {
  const Shape shape = file.shape();
  return file.tensor<T>(shape);
}

template <class T, class Optimizer>
void check_case(Fixture& file, const std::string& type, const Attributes& options) {
  constexpr double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-12;
  const std::vector<std::string> names{"a", "b"};
  const auto block = std::make_shared<ParameterBlock<T>>();
  for (const auto& name : names) {
    const Tensor<T> start = tensor_in<T>(file);
    const Slot slot = block->add(name, start.shape());
    std::ranges::copy(start.span(), block->value(slot).data());
  }
  std::vector<std::vector<Tensor<T>>> grads(8);
  double largest_grad = 0;
  for (auto& pair : grads) {
    for (int i = 0; i < 2; ++i) {
      pair.push_back(tensor_in<T>(file));
      for (const T g : pair.back().span())
        largest_grad = (std::max)(largest_grad, std::abs(static_cast<double>(g)));
    }
  }
  Optimizer optimizer(block);
  optimizer.load_state({.type = type, .step = 0, .options = options, .tensors = {}});
  // Python has them in another order.
  CHECK(optimizer.state().options.size() == options.size());
  for (const auto& [name, value] : optimizer.state().options) CHECK(*options.find(name) == value);
  // What a value has been on its way: its rounding stays.
  std::vector<double> on_the_way(static_cast<std::size_t>(block->values().size()), 0.0);
  const auto note = [&] {
    const auto values = std::as_const(*block).values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      on_the_way[i] = (std::max)(on_the_way[i], std::abs(static_cast<double>(values[i])));
    }
  };
  note();
  for (std::size_t k = 1; k <= 100; ++k) {
    for (std::size_t i = 0; i < 2; ++i) {
      std::ranges::copy(grads[k % 8][i].span(), block->grad(names[i]).data());
    }
    optimizer.step();
    note();
    if (k == 50) optimizer.set_lr(optimizer.lr() / 2);
    if (k != 1 && k != 2 && k != 100) continue;
    CAPTURE(k);
    const OptimizerState state = optimizer.state();
    for (const auto& name : names) {
      CAPTURE(name);
      const Tensor<T> expected = tensor_in<T>(file);
      const auto found = std::as_const(*block).value(name);
      const auto offset = static_cast<std::size_t>(block->slot(name).offset);
      double most = 0;
      for (Index e = 0; e < expected.numel(); ++e) {
        const double way = on_the_way[offset + static_cast<std::size_t>(e)];
        most = (std::max)(most, way);
        CAPTURE(e);
        CHECK(wick_tests::close(static_cast<double>(found.data()[e]), static_cast<double>(expected.data()[e]),
                                tolerance, tolerance * way));
      }
      const auto count = file.get<std::uint32_t>();
      std::size_t in_state = 0;
      for (const auto& [key, tensor] : state.tensors) in_state += key.starts_with(name + ".");
      CHECK(in_state == count);
      for (std::uint32_t s = 0; s < count; ++s) {
        const std::string what = file.text();
        CAPTURE(what);
        const bool wide = file.get<std::uint8_t>() == 1;
        const Tensor<double> reference =
            wide ? tensor_in<double>(file) : AnyTensor::copy_of(tensor_in<float>(file)).to<double>();
        const AnyTensor& own = state.tensors[name + "." + what];
        CHECK((own.dtype() == DType::f64) == wide);
        CHECK(own.shape() == reference.shape());
        const Tensor<double> mine = own.to<double>();
        for (Index e = 0; e < reference.numel(); ++e) {
          // Sums of gradients of both signs keep the rounding of the largest, and with weight decay that of
          // the values.
          const bool is_sum = what == "exp_avg" || what == "momentum_buffer" || what == "grad_avg";
          const double squares = what == "ax" ? most : is_sum ? largest_grad + most : 0;
          CHECK(wick_tests::close(mine.data()[e], reference.data()[e], 4 * tolerance, tolerance * squares));
        }
      }
    }
  }
}

template <class T>
void check_case(Fixture& file, const std::string& type, const Attributes& options) {
  const auto is = [&](const char* name) { return type == name; };
  if (is("SGD")) return check_case<T, SGD<T>>(file, type, options);
  if (is("AdamW")) return check_case<T, AdamW<T>>(file, type, options);
  if (is("RMSprop")) return check_case<T, RMSprop<T>>(file, type, options);
  if (is("Adagrad")) return check_case<T, Adagrad<T>>(file, type, options);
  if (is("Adamax")) return check_case<T, Adamax<T>>(file, type, options);
  if (is("NAdam")) return check_case<T, NAdam<T>>(file, type, options);
  if (is("RAdam")) return check_case<T, RAdam<T>>(file, type, options);
  if (is("Adadelta")) return check_case<T, Adadelta<T>>(file, type, options);
  if (is("ASGD")) return check_case<T, ASGD<T>>(file, type, options);
  if (is("Rprop")) return check_case<T, Rprop<T>>(file, type, options);
  if (is("Adafactor")) return check_case<T, Adafactor<T>>(file, type, options);
  FAIL("no such optimizer: " << type);
}

}  // namespace

TEST_CASE("values and states after 1, 2 and 100 steps are PyTorch's, for every optimizer and its options") {
  wick_tests::at_each_vector_level([] {
    Fixture file("optimizers.bin");  // tests/reference/make_optimizers.py
    const auto count = file.get<std::uint32_t>();
    REQUIRE(count > 100);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string type = file.text();
      CAPTURE(i);
      CAPTURE(type);
      const Attributes options = options_in(file);
      if (file.get<std::uint8_t>() == 1) {
        check_case<double>(file, type, options);
      } else {
        check_case<float>(file, type, options);
      }
    }
    CHECK(file.at_end());
  });
}

TEST_CASE_TEMPLATE("neither threads nor vector levels change a bit, but for Adam's levels", Each,
                   ALL_OPTIMIZERS) {
  using Optimizer = typename Each::template Optimizer<float>;
  constexpr bool is_adam = std::is_same_v<Each, AdamKind> || std::is_same_v<Each, AdamWKind>;
  // One thread has two tasks for the first of them, several have one each.
  const auto start = block_of<float>({{"a", {83, 401}}, {"b", {5}}, {"c", {7001}}});
  start->require_grad();
  std::array<std::vector<float>, 3> grads;
  for (std::size_t k = 0; k < grads.size(); ++k) {
    draw_grads(*start, k);
    grads[k].assign(start->grads().begin(), start->grads().end());
  }
  for (const auto& options : {typename Each::Options{}, full<typename Each::Options>()}) {
    const auto run = [&](ThreadPool* pool) {
      const auto block = std::make_shared<ParameterBlock<float>>(*start);
      Optimizer optimizer(block, options, pool);
      for (const auto& grad : grads) {
        std::ranges::copy(grad, block->grads().begin());
        optimizer.step();
      }
      return std::pair{block->state_dict(), optimizer.state()};
    };
    const auto first = run(nullptr);
    wick_tests::at_each_vector_level([&] {
      const auto alone = is_adam ? run(nullptr) : first;
      for (int threads = 1; threads <= 4; ++threads) {
        CAPTURE(threads);
        ThreadPool pool(threads);
        CHECK(run(&pool) == alone);
      }
    });
  }
}

TEST_CASE_TEMPLATE("steps after the first allocate nothing, and gaps between parameters stay zero", Each,
                   ALL_OPTIMIZERS) {
  using Optimizer = typename Each::template Optimizer<float>;
  ThreadPool pool(3);
  for (auto options : {typename Each::Options{}, full<typename Each::Options>()}) {
    for (const bool without_eps : {false, true}) {
      if constexpr (requires { options.eps = 0.0; }) {
        if (without_eps) options.eps = 0;
      }
      const auto block = two_parameters<float>();
      Optimizer optimizer(block, options, &pool);
      draw_grads(*block, 1);
      optimizer.step();
      CHECK(wick_tests::allocations_in([&] {
              optimizer.zero_grad();
              std::ranges::fill(block->grad("a").span(), 1.F);
              std::ranges::fill(block->grad("b").span(), -1.F);
              optimizer.step();
              optimizer.set_lr(0.5);
              optimizer.step();
            }) == 0);
      std::vector<bool> gap(block->values().size(), true);
      for (const auto& e : block->entries())
        std::fill_n(gap.begin() + e.slot.offset, e.slot.shape.numel(), false);
      REQUIRE(std::ranges::count(gap, true) > 0);
      for (std::size_t i = 0; i < gap.size(); ++i) {
        if (gap[i]) REQUIRE(block->values()[i] == 0);
      }
    }
  }
}

TEST_CASE_TEMPLATE("a restored optimizer goes on as the one that was saved, bit for bit", Each,
                   ALL_OPTIMIZERS) {
  using Optimizer = typename Each::template Optimizer<double>;
  for (const auto& options : {typename Each::Options{}, full<typename Each::Options>()}) {
    const auto a = two_parameters<double>();
    Optimizer first(a, options);
    const auto steps = [](Optimizer& optimizer, ParameterBlock<double>& block, std::uint64_t from,
                          std::uint64_t to) {
      for (std::uint64_t k = from; k < to; ++k) {
        draw_grads(block, k);
        optimizer.step();
      }
    };
    for (const std::uint64_t at : {0U, 1U, 5U}) {
      CAPTURE(at);
      if (at > 0) steps(first, *a, at == 5 ? 1 : 0, at);
      const OptimizerState saved = first.state();
      const auto b = two_parameters<double>();
      b->assign(a->state_dict());
      Optimizer restored(b);
      restored.load_state(saved);
      CHECK(restored.options() == options);
      CHECK(restored.state() == saved);
      const auto c = two_parameters<double>();
      c->assign(a->state_dict());
      Optimizer other(c, options);
      other.load_state(saved);
      steps(restored, *b, 7, 9);
      steps(other, *c, 7, 9);
      CHECK(b->state_dict() == c->state_dict());
      CHECK(restored.state() == other.state());
    }
    const auto b = two_parameters<double>();
    b->assign(a->state_dict());
    Optimizer restored(b);
    restored.load_state(first.state());
    steps(first, *a, 5, 8);
    steps(restored, *b, 5, 8);
    CHECK(b->state_dict() == a->state_dict());
    CHECK(restored.state() == first.state());
  }
}

TEST_CASE_TEMPLATE("frozen and unreached parameters stay, as if their steps had not been", Each,
                   ALL_OPTIMIZERS) {
  using Optimizer = typename Each::template Optimizer<double>;
  const auto options = full<typename Each::Options>();
  const auto block = two_parameters<double>();
  const auto alone_a = two_parameters<double>();
  const auto alone_b = two_parameters<double>();
  Optimizer both(block, options);
  Optimizer only_a(alone_a, {{"a", options}});
  Optimizer only_b(alone_b, {{"b", options}});
  const std::vector<std::pair<bool, bool>> reached{{true, false}, {true, true}, {false, true},
                                                   {true, true},  {true, true}, {false, true}};
  for (std::size_t k = 0; k < reached.size(); ++k) {
    CAPTURE(k);
    both.zero_grad();
    only_a.zero_grad();
    only_b.zero_grad();
    // The fifth step finds "a" frozen, the others without a gradient.
    const bool frozen = k == 4;
    block->set_requires_grad(block->slot("a"), !frozen);
    for (const auto& [name, own, other, on] :
         {std::tuple{"a", &only_a, alone_a.get(), reached[k].first && !frozen},
          std::tuple{"b", &only_b, alone_b.get(), reached[k].second}}) {
      if (!on) continue;
      draw_grad(*block, name, k);
      draw_grad(*other, name, k);
      own->step();
    }
    both.step();
    same_values(*block, *alone_a, "a");
    same_values(*block, *alone_b, "b");
    const OptimizerState state = both.state();
    for (const auto& [key, tensor] : only_a.state().tensors) {
      if (!key.ends_with(".step")) CHECK(state.tensors[key] == tensor);
    }
    Optimizer loaded(block);
    loaded.load_state(state);
    CHECK(loaded.state() == state);
    if (k == 3) both = std::move(loaded);
  }
}

TEST_CASE_TEMPLATE("groups have options and learning rates of their own", Each, ALL_OPTIMIZERS) {
  using Optimizer = typename Each::template Optimizer<float>;
  using Options = typename Each::Options;
  const std::vector<std::pair<std::string, Shape>> shapes{
      {"body.x", {3, 5}}, {"body.y", {7}}, {"head.z", {4}}, {"bodyguard.w", {2}}};
  const Options first = full<Options>();
  Options second;
  second.lr = 0.5;
  const auto block = block_of<float>(shapes);
  Optimizer optimizer(block, {{"body", first}, {"head.z", second}});
  CHECK(optimizer.groups() == 2);
  CHECK(optimizer.options(1) == second);
  CHECK(optimizer.lr() == first.lr);
  CHECK(optimizer.lr(1) == 0.5);
  const auto alone_body = block_of<float>(shapes);
  const auto alone_head = block_of<float>(shapes);
  Optimizer body(alone_body, first);
  Optimizer head(alone_head, second);
  const auto untouched = block_of<float>(shapes);
  const auto same = [&] {
    for (const char* name : {"body.x", "body.y"}) same_values(*block, *alone_body, name);
    same_values(*block, *alone_head, "head.z");
    same_values(*block, *untouched, "bodyguard.w");
  };
  for (std::uint64_t k = 0; k < 4; ++k) {
    if (k == 2) {
      optimizer.set_lr(1, 0.25);
      head.set_lr(0.25);
    }
    for (auto* b : {block.get(), alone_body.get(), alone_head.get()}) draw_grads(*b, k);
    optimizer.step();
    body.step();
    head.step();
    same();
  }
  const OptimizerState state = optimizer.state();
  REQUIRE(state.groups.size() == 2);
  CHECK(state.groups[0].parameters == std::vector<std::string>{"body.x", "body.y"});
  CHECK(state.groups[1].options.get<double>("lr") == 0.25);
  CHECK_FALSE(state.options.contains("lr"));
  Optimizer loaded(block, {{{"body.y", "body.x"}, second}, {"head", first}});
  loaded.load_state(state);
  CHECK(loaded.state() == state);
  for (auto* b : {block.get(), alone_body.get(), alone_head.get()}) draw_grads(*b, 9);
  loaded.step();
  body.step();
  head.step();
  same();
  optimizer.set_lr(0.125);
  CHECK(optimizer.lr(1) == 0.125);

  // Other groups are refused, here and there.
  const std::string name = state.type;
  Optimizer one(block);
  CHECK(contains(message_of<OptionError>([&] { one.load_state(state); }), "has one for all parameters"));
  CHECK(message_of<OptionError>([&] { loaded.load_state(one.state()); }) ==
        name +
            "::load_state: loaded state dict has a different number of parameter groups: expected 2, got 1");
  Optimizer others(block, {{"body.x", first}, {{"head", "body.y"}, second}});
  CHECK(message_of<OptionError>([&] { others.load_state(state); }) ==
        name +
            "::load_state: loaded state dict contains a parameter group that doesn't match the size of "
            "optimizer's "
            "group: group 0 has 2 parameters, one of them \"body.y\", expected 1, the first of them "
            "\"body.x\"");
  CHECK(message_of<OptionError>([&] {
          Optimizer(block, {{"body", first}, {"body.x", second}});
        }) ==
        name + ": some parameters appear in more than one parameter group: \"body.x\" is in groups 0 and 1");
  CHECK(contains(message_of<OptionError>([&] {
                   Optimizer(block, {{"bod", first}});
                 }),
                 name + ": parameter group 0 names \"bod\", which is neither a parameter nor a module"));
  CHECK(message_of<OptionError>([&] {
          Optimizer(block, {{std::vector<std::string>{}, first}});
        }) == name + ": parameter group 0 has no parameters");
  CHECK(message_of<IndexError>([&] { optimizer.set_lr(2, 0.1); }) ==
        name + ": parameter group 2 is out of range, this optimizer has 2");
  Options bad;
  bad.lr = -1;
  CHECK(message_of<OptionError>([&] {
          Optimizer(block, {{"body", first}, {"head", bad}});
        }) == bad_rate(name, "-1.0"));
  // A list made while the program runs, and none at all.
  const std::vector<ParameterGroup<Options>> list{{"head", second}};
  CHECK(Optimizer(block, list).state().groups.front().parameters == std::vector<std::string>{"head.z"});
  CHECK(Optimizer(block, {}).options() == Options{});
}

TEST_CASE_TEMPLATE("misuse is refused in the optimizer's own name", Each, ALL_OPTIMIZERS) {
  using Optimizer = typename Each::template Optimizer<float>;
  const auto block = two_parameters<float>();
  Optimizer optimizer(block, full<typename Each::Options>());
  const std::string name = optimizer.state().type;
  const StateDict values = block->state_dict();
  CHECK(contains(message_of<Error>([&] { optimizer.step(); }),
                 name + "::step: the parameters of this optimizer have no gradient yet"));
  CHECK(block->state_dict() == values);
  CHECK(message_of<OptionError>([] { Optimizer(nullptr); }) ==
        name + ": optimizer got an empty parameter list");
  CHECK(message_of<OptionError>([&] { optimizer.set_lr(not_a_number); }) == bad_rate(name, "nan"));
  CHECK(optimizer.lr() == 0.02);
  draw_grads(*block, 1);
  optimizer.step();
  const OptimizerState good = optimizer.state();
  const auto refused = [&](const auto& spoil) {
    OptimizerState bad = good;
    spoil(bad);
    const auto text = message_of<Error>([&] { optimizer.load_state(bad); });
    CHECK(optimizer.state() == good);
    return text;
  };
  CHECK(refused([](auto& s) { s.type = "Lion"; }) ==
        name + "::load_state: expected the state of " + name + ", got that of Lion");
  CHECK(contains(refused([](auto& s) { s.options = {}; }), "is missing or of another type"));
  CHECK(refused([](auto& s) { s.options.set("lr", -0.5); }) == bad_rate(name, "-0.5"));
  const auto without = [&](const std::string& key) {
    StateDict rest;
    for (const auto& [k, tensor] : good.tensors) {
      if (k != key) rest.insert(k, tensor);
    }
    return rest;
  };
  for (const auto& item : good.tensors) {
    const std::string& key = item.first;
    const AnyTensor& tensor = item.second;
    CAPTURE(key);
    // A parameter with one tensor that lacks it took no step, which is legal for some.
    const bool last = without(key).size() + 1 == good.tensors.size() &&
                      std::ranges::count_if(good.tensors, [&](const auto& other) {
                        return other.first.starts_with(key.substr(0, 2));
                      }) == 1;
    if (!last) {
      CHECK(contains(refused([&](auto& s) { s.tensors = without(key); }), "Missing key(s)"));
    }
    if (tensor.shape().dim() == 0) continue;
    CHECK(contains(refused([&, &own = key, &whole = tensor](auto& s) {
                     auto spoiled = whole.template to<float>();
                     spoiled.data()[2] = static_cast<float>(not_a_number);
                     s.tensors = without(own);
                     s.tensors.insert(own, AnyTensor::copy_of(spoiled));
                   }),
                   "\"" + key + "\" holds nan at element 2, expected finite values"));
  }
  CHECK(contains(
      refused([](auto& s) { s.tensors.insert("c.x", AnyTensor::copy_of(Tensor<float>::zeros({2}))); }),
      "Unexpected key(s)"));
  const Optimizer moved = std::move(optimizer);
  CHECK(message_of<Error>([&] { optimizer.step(); }) ==  // NOLINT(bugprone-use-after-move)
        name + ": this optimizer was moved from and has no parameters any more");
}

TEST_CASE("options out of range are refused in PyTorch's words") {
  const auto block = two_parameters<float>();
  const std::string finite = ", expected a finite number >= 0";
  const auto refused = [&]<class Options>(auto make, const Options& options) {
    return message_of<OptionError>([&] { make(options); });
  };
  const auto sgd = [&](const SGDOptions& o) { SGD<float>(block, o); };
  CHECK(refused(sgd, SGDOptions{.momentum = -0.5}) == "SGD: Invalid momentum value: -0.5" + finite);
  CHECK(refused(sgd, SGDOptions{.weight_decay = -1}) == "SGD: Invalid weight_decay value: -1.0" + finite);
  CHECK(refused(sgd, SGDOptions{.nesterov = true}) ==
        "SGD: Nesterov momentum requires a momentum and zero dampening");
  CHECK(refused(sgd, SGDOptions{.momentum = 0.9, .dampening = 0.5, .nesterov = true}) ==
        "SGD: Nesterov momentum requires a momentum and zero dampening");
  CHECK(refused(sgd, SGDOptions{.dampening = not_a_number}) ==
        "SGD: Invalid dampening value: nan, expected a finite number");
  const auto rmsprop = [&](const RMSpropOptions& o) { RMSprop<float>(block, o); };
  CHECK(refused(rmsprop, RMSpropOptions{.alpha = -1}) == "RMSprop: Invalid alpha value: -1.0" + finite);
  CHECK(refused(rmsprop, RMSpropOptions{.eps = -1}) == "RMSprop: Invalid epsilon value: -1.0" + finite);
  CHECK(refused(rmsprop, RMSpropOptions{.momentum = -1}) == "RMSprop: Invalid momentum value: -1.0" + finite);
  const auto adagrad = [&](const AdagradOptions& o) { Adagrad<float>(block, o); };
  CHECK(refused(adagrad, AdagradOptions{.lr_decay = -0.5}) ==
        "Adagrad: Invalid lr_decay value: -0.5" + finite);
  CHECK(refused(adagrad, AdagradOptions{.initial_accumulator_value = -0.5}) ==
        "Adagrad: Invalid initial_accumulator_value value: -0.5" + finite);
  const auto adamax = [&](const AdamaxOptions& o) { Adamax<float>(block, o); };
  CHECK(refused(adamax, AdamaxOptions{.betas = {0.0, 1.0}}) ==
        "Adamax: Invalid beta parameter at index 1: 1.0, expected [0, 1)");
  const auto adamw = [&](const AdamWOptions& o) { AdamW<float>(block, o); };
  CHECK(refused(adamw, AdamWOptions{.betas = {1.0, 0.0}}) ==
        "AdamW: Invalid beta parameter at index 0: 1.0, expected [0, 1)");
  const auto nadam = [&](const NAdamOptions& o) { NAdam<float>(block, o); };
  CHECK(refused(nadam, NAdamOptions{.momentum_decay = -0.2}) ==
        "NAdam: Invalid momentum_decay value: -0.2" + finite);
  const auto radam = [&](const RAdamOptions& o) { RAdam<float>(block, o); };
  CHECK(refused(radam, RAdamOptions{.weight_decay = -1}) ==
        "RAdam: Invalid weight_decay value: -1.0" + finite);
  const auto adadelta = [&](const AdadeltaOptions& o) { Adadelta<float>(block, o); };
  CHECK(refused(adadelta, AdadeltaOptions{.rho = 1.1}) ==
        "Adadelta: Invalid rho value: 1.1, expected [0, 1]");
  const auto asgd = [&](const ASGDOptions& o) { ASGD<float>(block, o); };
  CHECK(refused(asgd, ASGDOptions{.weight_decay = -0.5}) ==
        "ASGD: Invalid weight_decay value: -0.5" + finite);
  const auto adafactor = [&](const AdafactorOptions& o) { Adafactor<float>(block, o); };
  CHECK(refused(adafactor, AdafactorOptions{.beta2_decay = 0.8}) ==
        "Adafactor: beta2_decay should be <= 0 but is: 0.8");
  CHECK(refused(adafactor, AdafactorOptions{.eps = {-1e-30, 1e-3}}) ==
        "Adafactor: epsilon1 should be >= 0 but is: -1e-30");
  CHECK(refused(adafactor, AdafactorOptions{.d = 0}) ==
        "Adafactor: Clipping threshold d should be >= 1 but is: 0.0");
  const auto rprop = [&](const RpropOptions& o) { Rprop<float>(block, o); };
  CHECK(refused(rprop, RpropOptions{.etas = {1.0, 0.5}}) ==
        "Rprop: Invalid eta values: 1.0, 0.5, expected 0 < first < 1 < second");
  CHECK(refused(rprop, RpropOptions{.step_sizes = {1, 0.5}}) ==
        "Rprop: Invalid step sizes: 1.0, 0.5, expected 0 <= first <= second");
}

TEST_CASE("options are read as Python wrote them: integers, and tuples of both") {
  const auto block = two_parameters<float>();
  Rprop<float> rprop(block);
  OptimizerState state = rprop.state();
  state.options = {{"lr", std::int64_t{1}},
                   {"etas", std::vector<double>{0.5, 1.2}},
                   {"step_sizes(0)", 1e-6},
                   {"step_sizes(1)", std::int64_t{50}},
                   {"maximize", false}};
  rprop.load_state(state);
  CHECK(rprop.options() == RpropOptions{.lr = 1});
}

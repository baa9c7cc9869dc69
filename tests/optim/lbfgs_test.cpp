#include <wick/optim/lbfgs.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/throws.hpp"

#include <wick/training/concepts.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::close;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

/// loss = (1 - a0)^2 + 100 (a1 - a0^2)^2 + sum((b - (0, 1, 2))^4) + 0.1 a0 b1, from a = (-1.2, 1), b = (1,
/// -0.5, 3)
template <class T>
struct Valley {
  std::shared_ptr<ParameterBlock<T>> block = std::make_shared<ParameterBlock<T>>();
  Slot a, b;

  Valley() : a(block->add("a", {2})), b(block->add("b", {3})) {
    std::ranges::copy(std::array<T, 2>{T(-1.2), 1}, block->value(a).data());
    std::ranges::copy(std::array<T, 3>{1, T(-0.5), 3}, block->value(b).data());
  }
  double operator()() const {
    block->zero_grad();
    const T* const x = std::as_const(*block).value(a).data();
    const T* const y = std::as_const(*block).value(b).data();
    T* const dx = block->grad(a).data();
    T* const dy = block->grad(b).data();
    const T bend = x[1] - x[0] * x[0];
    dx[0] = -2 * (1 - x[0]) - 400 * bend * x[0] + T(0.1) * y[1];
    dx[1] = 200 * bend;
    T loss = (1 - x[0]) * (1 - x[0]) + 100 * bend * bend + T(0.1) * x[0] * y[1];
    for (int i = 0; i < 3; ++i) {
      const T off = y[i] - static_cast<T>(i);
      loss += off * off * off * off;
      dy[i] = 4 * off * off * off;
    }
    dy[1] += T(0.1) * x[0];
    return static_cast<double>(loss);
  }
  [[nodiscard]] std::vector<double> values() const {
    std::vector<double> all;
    for (const Slot& s : {a, b}) {
      for (const T v : std::as_const(*block).value(s).span()) all.push_back(static_cast<double>(v));
    }
    return all;
  }
};

const LBFGSOptions with_search{.line_search_fn = "strong_wolfe"};

}  // namespace

TEST_CASE("four steps are PyTorch's, with and without a line search") {
  // torch 2.13.0, float64: o = torch.optim.LBFGS([a, b], ...), the loss above, o.step(closure) four times;
  // what they return, a and b after them, state['func_evals'], state['n_iter'], len(state['old_dirs'])
  struct Case {
    LBFGSOptions options;
    std::array<double, 4> losses;
    std::array<double, 5> values;
    std::int64_t evaluations, iterations;
    double tolerance;
  };
  const std::vector<Case> cases{
      {{},
       {31.322499999999994, 2.6539350039876224, 1.7770598104983175, 1.0744294225377178},
       {1.0168854730089263, 0.45226692687499237, 0.08230108786521166, -0.19556517108299176,
        2.0823010878652135},
       80,
       80,
       1e-5},  // without a search rounding grows from step to step
      {{.lr = 0.1},
       {31.322499999999994, 8.788609541665203, 3.4379106321582356, 1.443776495237675},
       {0.2525340240020242, 0.05614344212068688, -0.3576229953137133, 1.4109061992720995, 1.6423770046862816},
       80,
       80,
       1e-9},
      {with_search,
       {31.322499999999994, 0.9819353409670254, 0.07741569513698845, 0.0768119498744976},
       {0.964446139921914, 0.9301560272294063, -0.003933043578079527, 0.7111048191059153, 1.9960669564219184},
       71,
       59,
       1e-6},
      {{.max_iter = 4, .history_size = 3, .line_search_fn = "strong_wolfe"},
       {31.322499999999994, 9.14544072920019, 3.9124049377562637, 3.4215721144606355},
       {-0.7338162247213809, 0.5002268230124053, 0.3036296555783511, 1.444103988480982, 2.3036296555783515},
       21,
       14,
       1e-9},
      {{.lr = 0.01, .max_iter = 3, .max_eval = 2},
       {31.322499999999994, 29.68641225990237, 29.353207659296178, 29.020574893368163},
       {-1.1893254392120909, 1.00468227363987, 0.9996397480289065, -0.49878311865284636, 2.9996397480289065},
       8,
       4,
       1e-12},
      {{.max_iter = 6, .max_eval = 8, .line_search_fn = "strong_wolfe"},
       {31.322499999999994, 4.293432419138324, 2.9857298438348, 1.1890345797531794},
       {0.3901863276929161, 0.14448464417423776, -0.2879311872881214, 0.6009398984955101, 1.71206881271188},
       33,
       24,
       1e-9}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i);
    const Case& c = cases[i];
    Valley<double> valley;
    LBFGS<double> optimizer(valley.block, c.options);
    for (const double expected : c.losses) CHECK(close(optimizer.step(valley), expected, c.tolerance));
    const auto values = valley.values();
    for (std::size_t v = 0; v < values.size(); ++v)
      CHECK(close(values[v], c.values[v], c.tolerance, c.tolerance));
    CHECK(optimizer.evaluations() == c.evaluations);
    CHECK(optimizer.iterations() == c.iterations);
  }
}

TEST_CASE_TEMPLATE("it comes to the minimum, in float as well", T, float, double) {
  Valley<T> valley;
  LBFGS<T> optimizer(valley.block, with_search);
  for (int i = 0; i < 20; ++i) optimizer.step(valley);
  static_cast<void>(valley());
  for (const char* name : {"a", "b"}) {
    for (const T g : std::as_const(*valley.block).grad(name).span()) CHECK(std::abs(g) < T(1e-3));
  }
}

TEST_CASE("a restored one goes on as the one that was saved, bit for bit") {
  for (const auto& options : {LBFGSOptions{.lr = 0.1}, with_search}) {
    Valley<double> first;
    LBFGS<double> optimizer(first.block, options);
    CHECK(optimizer.state().values.empty());
    for (int steps : {0, 1, 2}) {
      CAPTURE(steps);
      for (int i = 0; i < steps; ++i) optimizer.step(first);
      Valley<double> second;
      second.block->assign(first.block->state_dict());
      LBFGS<double> restored(second.block);
      restored.load_state(optimizer.state());
      CHECK(restored.options() == options);
      CHECK(restored.state() == optimizer.state());
      Valley<double> third;
      third.block->assign(first.block->state_dict());
      LBFGS<double> copied = optimizer;
      CHECK(restored.step(second) == [&] {
        LBFGS<double> again(third.block);
        again.load_state(copied.state());
        return again.step(third);
      }());
      CHECK(second.values() == third.values());
    }
    Valley<double> second;
    second.block->assign(first.block->state_dict());
    LBFGS<double> restored(second.block);
    restored.load_state(optimizer.state());
    CHECK(optimizer.step(first) == restored.step(second));
    CHECK(first.values() == second.values());
  }
}

TEST_CASE("steps allocate nothing once the history is full, and frozen parameters stay") {
  Valley<double> valley;
  LBFGS<double> optimizer(valley.block,
                          {.max_iter = 10, .history_size = 4, .line_search_fn = "strong_wolfe"});
  valley.block->set_requires_grad(valley.b, false);
  const auto half = [&] {
    const double loss = valley();
    valley.block->zero_grad();
    const double x = valley.values()[0];
    const double y = valley.values()[1];
    valley.block->grad(valley.a).at(0) = -2 * (1 - x) - 400 * (y - x * x) * x;
    valley.block->grad(valley.a).at(1) = 200 * (y - x * x);
    return loss;
  };
  const auto before = valley.values();
  optimizer.step(half);
  CHECK(valley.values()[0] != before[0]);
  for (std::size_t i = 2; i < 5; ++i) CHECK(valley.values()[i] == before[i]);
}

TEST_CASE("a step of a full history allocates nothing") {
  Valley<double> valley;
  LBFGS<double> optimizer(valley.block,
                          {.max_iter = 10, .history_size = 4, .line_search_fn = "strong_wolfe"});
  optimizer.step(valley);
  optimizer.step(valley);
  CHECK(wick_tests::allocations_in([&] { optimizer.step(valley); }) == 0);
}

TEST_CASE("misuse is refused") {
  static_assert(!TrainingOptimizer<LBFGS<float>>);
  Valley<double> valley;
  const auto refused = [&](const LBFGSOptions& options) {
    return message_of<OptionError>([&] { LBFGS<double>(valley.block, options); });
  };
  CHECK(refused({.lr = -0.5}) == "LBFGS: Invalid learning rate: -0.5, expected a finite number >= 0");
  CHECK(refused({.max_iter = 0}) == "LBFGS: Invalid max_iter value: 0, expected >= 1");
  CHECK(refused({.history_size = 0}) == "LBFGS: Invalid history_size value: 0, expected >= 1");
  CHECK(refused({.line_search_fn = "golden"}) ==
        "LBFGS: only 'strong_wolfe' is supported, got line_search_fn 'golden'");
  CHECK(message_of<OptionError>([] { LBFGS<double>(nullptr); }) ==
        "LBFGS: optimizer got an empty parameter list");
  LBFGS<double> optimizer(valley.block, with_search);
  CHECK(contains(message_of<Error>([&] { optimizer.step([] { return 1.0; }); }),
                 "LBFGS::step: the closure left no gradient"));
  optimizer.step(valley);
  const OptimizerState good = optimizer.state();
  const auto spoiled = [&](const auto& spoil) {
    OptimizerState bad = good;
    spoil(bad);
    const auto text = message_of<OptionError>([&] { optimizer.load_state(bad); });
    CHECK(optimizer.state() == good);
    return text;
  };
  CHECK(spoiled([](auto& s) { s.type = "SGD"; }) ==
        "LBFGS::load_state: expected the state of LBFGS, got that of SGD");
  CHECK(contains(spoiled([](auto& s) { s.options.set("max_iter", 1.5); }),
                 "must be a whole number >= 0, got 1.5"));
  CHECK(contains(spoiled([](auto& s) { s.options.set("history_size", std::int64_t{1}); }),
                 "the history is longer than history_size"));
  CHECK(contains(spoiled([](auto& s) { s.tensors = {}; }), "must be a finite number"));
  CHECK(contains(spoiled([](auto& s) { s.values.set("a.t", std::numeric_limits<double>::infinity()); }),
                 "\"a.t\" must be a finite number"));
  CHECK(spoiled([](auto& s) {
          s.groups = {OptimizerGroup{{"a"}, {}}, OptimizerGroup{{"b"}, {}}};
        }) == "LBFGS::load_state: LBFGS doesn't support per-parameter options (parameter groups)");
}

// Every scheduler, against PyTorch's rates.

#include <wick/optim/lr_scheduler.hpp>

#include <wick/optim/adam.hpp>
#include <wick/optim/composed_schedulers.hpp>
#include <wick/optim/cosine_schedulers.hpp>
#include <wick/optim/cyclic_schedulers.hpp>
#include <wick/optim/reduce_lr_on_plateau.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/optim/step_schedulers.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

std::shared_ptr<ParameterBlock<double>> two_parameters() {
  auto block = std::make_shared<ParameterBlock<double>>();
  block->add("a", {2});
  block->add("b", {2});
  return block;
}
SGD<double> sgd(int groups) {
  std::vector<ParameterGroup<SGDOptions>> list{{"a", SGDOptions{.lr = 0.1, .momentum = 0.9}}};
  if (groups == 2) list.emplace_back("b", SGDOptions{.lr = 0.02, .momentum = 0.9});
  return SGD<double>(two_parameters(), list);
}

/// PyTorch's rates and momenta.
struct Expected {
  std::string name;
  int groups = 0;
  std::vector<double> rates, momenta;
};

std::vector<Expected> expected_cases() {
  Fixture file("schedulers.bin");  // tests/reference/make_schedulers.py
  std::vector<Expected> cases(file.get<std::uint32_t>());
  for (Expected& c : cases) {
    c.name = file.text();
    const auto rates = file.get<std::uint32_t>();
    c.groups = file.get<std::uint8_t>();
    for (std::uint32_t i = 0; i < rates * static_cast<std::uint32_t>(c.groups); ++i)
      c.rates.push_back(file.get<double>());
    for (std::uint32_t i = 0; i < rates; ++i) c.momenta.push_back(file.get<double>());
  }
  CHECK(file.at_end());
  return cases;
}

double metric(std::int64_t k) {
  return 1.0 / static_cast<double>(1 + k / 7) + 0.05 * static_cast<double>(k / 60) +
         (k % 2 != 0 ? 0.001 : 0.0);
}

template <class Optimizer, class Scheduler>
void step(Scheduler& scheduler, Optimizer& optimizer, double value) {
  if constexpr (std::is_same_v<Scheduler, ReduceLROnPlateau>) {
    scheduler.step(optimizer, value);
  } else {
    scheduler.step(optimizer);
  }
}

std::size_t cases_done = 0;
std::int64_t equal_bits = 0;
std::int64_t rates_in_all = 0;

/// All rates, and again from a copy and from a saved state in the middle.
template <class Optimizer, class Make>
void follows(const std::vector<Expected>& cases, const std::string& name, Optimizer optimizer,
             const Make& make, double sign = 1) {
  CAPTURE(name);
  const auto found = std::ranges::find(cases, name, &Expected::name);
  REQUIRE(found != cases.end());
  ++cases_done;
  const auto groups = static_cast<std::size_t>(found->groups);
  REQUIRE(optimizer.groups() == groups);
  auto scheduler = make(optimizer);
  const auto compare = [&](const auto& own, const Optimizer& with, std::size_t k) {
    CAPTURE(k);
    for (std::size_t g = 0; g < groups; ++g) {
      const double expected = found->rates[k * groups + g];
      CHECK(std::abs(with.lr(g) - expected) <= 1e-12 * (std::max)(std::abs(expected), 1e-3));
      CHECK(own.last_lr()[g] == with.lr(g));
      ++rates_in_all;
      equal_bits += with.lr(g) == expected;
    }
    CHECK(std::abs(with.momentum(0) - found->momenta[k]) <= 1e-12);
  };
  compare(scheduler, optimizer, 0);
  auto copied = scheduler;
  auto other = optimizer;
  for (std::size_t k = 1; k < found->momenta.size(); ++k) {
    step(scheduler, optimizer, sign * metric(static_cast<std::int64_t>(k) - 1));
    compare(scheduler, optimizer, k);
    if (k % 37 == 5) {
      // A copy of both, and what a program makes anew and loads.
      copied = scheduler;
      other = optimizer;
      Optimizer fresh = optimizer;
      auto loaded = make(fresh);
      const Attributes state = scheduler.state();
      loaded.load_state(state);
      CHECK(loaded.state() == state);
      copied = loaded;
    } else if (k > 5) {
      step(copied, other, sign * metric(static_cast<std::int64_t>(k) - 1));
      compare(copied, other, k);
    }
  }
}

}  // namespace

TEST_CASE("rates over 200 steps are PyTorch's, of every scheduler") {
  const std::vector<Expected> cases = expected_cases();
  const auto with = [&](const std::string& name, int groups, const auto& make) {
    follows(cases, name, sgd(groups), make);
  };
  const auto of = [](const auto& options) {
    return [options](auto& optimizer) {
      using Options = std::remove_cvref_t<decltype(options)>;
      if constexpr (std::is_same_v<Options, StepLROptions>) return StepLR(optimizer, options);
      if constexpr (std::is_same_v<Options, MultiStepLROptions>) return MultiStepLR(optimizer, options);
      if constexpr (std::is_same_v<Options, ConstantLROptions>) return ConstantLR(optimizer, options);
      if constexpr (std::is_same_v<Options, LinearLROptions>) return LinearLR(optimizer, options);
      if constexpr (std::is_same_v<Options, ExponentialLROptions>) return ExponentialLR(optimizer, options);
      if constexpr (std::is_same_v<Options, PolynomialLROptions>) return PolynomialLR(optimizer, options);
      if constexpr (std::is_same_v<Options, CosineAnnealingLROptions>)
        return CosineAnnealingLR(optimizer, options);
      if constexpr (std::is_same_v<Options, CosineAnnealingWarmRestartsOptions>)
        return CosineAnnealingWarmRestarts(optimizer, options);
      if constexpr (std::is_same_v<Options, LambdaLROptions>) return LambdaLR(optimizer, options);
      if constexpr (std::is_same_v<Options, MultiplicativeLROptions>)
        return MultiplicativeLR(optimizer, options);
      if constexpr (std::is_same_v<Options, OneCycleLROptions>) return OneCycleLR(optimizer, options);
      if constexpr (std::is_same_v<Options, CyclicLROptions>) return CyclicLR(optimizer, options);
      if constexpr (std::is_same_v<Options, ReduceLROnPlateauOptions>)
        return ReduceLROnPlateau(optimizer, options);
    };
  };
  const auto power = [](double base) {
    return [base](std::int64_t k) { return std::pow(base, static_cast<double>(k)); };
  };
  with("StepLR", 1, of(StepLROptions{.step_size = 30}));
  with("StepLR, two groups", 2, of(StepLROptions{.step_size = 7, .gamma = 0.9}));
  with("MultiStepLR", 1, of(MultiStepLROptions{.milestones = {120, 30, 80, 30}, .gamma = 0.5}));
  with("ConstantLR", 1, of(ConstantLROptions{}));
  with("ConstantLR, two groups", 2, of(ConstantLROptions{.factor = 0.3, .total_iters = 40}));
  with("LinearLR", 1, of(LinearLROptions{}));
  with("LinearLR, long", 2, of(LinearLROptions{.start_factor = 0.05, .end_factor = 0.8, .total_iters = 150}));
  with("ExponentialLR", 2, of(ExponentialLROptions{.gamma = 0.97}));
  with("PolynomialLR", 2, of(PolynomialLROptions{.total_iters = 150}));
  with("PolynomialLR, power", 1, of(PolynomialLROptions{.total_iters = 190, .power = 2.5}));
  with("CosineAnnealingLR", 2, of(CosineAnnealingLROptions{.T_max = 50}));
  with("CosineAnnealingLR, eta_min", 1, of(CosineAnnealingLROptions{.T_max = 200, .eta_min = 0.001}));
  with("CosineAnnealingWarmRestarts", 2, of(CosineAnnealingWarmRestartsOptions{.T_0 = 17}));
  with("CosineAnnealingWarmRestarts, T_mult", 1,
       of(CosineAnnealingWarmRestartsOptions{.T_0 = 10, .T_mult = 2, .eta_min = 0.003}));
  LambdaLROptions two;
  two.lr_lambdas = {power(0.95), [](std::int64_t k) { return 1 / static_cast<double>(1 + k); }};
  with("LambdaLR", 2, of(two));
  MultiplicativeLROptions less;
  less.lr_lambda = [](std::int64_t k) { return 1 - 1 / static_cast<double>(k + 3); };
  with("MultiplicativeLR", 2, of(less));
  with("OneCycleLR", 1, of(OneCycleLROptions{.max_lr = 0.4, .total_steps = 201}));
  with("OneCycleLR, linear", 2,
       of(OneCycleLROptions{.max_lr = {0.4, 0.2},
                            .epochs = 3,
                            .steps_per_epoch = 67,
                            .pct_start = 0.2,
                            .anneal_strategy = "linear",
                            .base_momentum = 0.7,
                            .max_momentum = 0.99,
                            .div_factor = 10,
                            .final_div_factor = 100}));
  const auto adam = [] {
    const std::vector<ParameterGroup<AdamOptions>> list{{"a", AdamOptions{.lr = 0.1}}};
    return Adam<double>(two_parameters(), list);
  };
  follows(cases, "OneCycleLR, three phases", adam(),
          of(OneCycleLROptions{.max_lr = 0.4, .total_steps = 250, .pct_start = 0.4, .three_phase = true}));
  with("CyclicLR", 1,
       of(CyclicLROptions{.base_lr = 0.01, .max_lr = 0.3, .step_size_up = 23, .step_size_down = 31}));
  with("CyclicLR, triangular2", 2,
       of(CyclicLROptions{.base_lr = {0.01, 0.02},
                          .max_lr = {0.3, 0.1},
                          .step_size_up = 13,
                          .mode = "triangular2",
                          .base_momentum = 0.5,
                          .max_momentum = 0.95}));
  follows(cases, "CyclicLR, exp_range", adam(),
          of(CyclicLROptions{
              .base_lr = 0.01, .max_lr = 0.3, .step_size_up = 13, .mode = "exp_range", .gamma = 0.99}));
  with("CyclicLR, without momentum", 1,
       of(CyclicLROptions{.base_lr = 0.01, .max_lr = 0.3, .step_size_up = 13, .cycle_momentum = false}));
  with("ReduceLROnPlateau", 2, of(ReduceLROnPlateauOptions{.patience = 3}));
  follows(cases, "ReduceLROnPlateau, max", sgd(2),
          of(ReduceLROnPlateauOptions{.mode = "max",
                                      .factor = 0.5,
                                      .patience = 2,
                                      .threshold = 0.01,
                                      .threshold_mode = "abs",
                                      .cooldown = 4,
                                      .min_lr = {1e-3, 1e-4}}),
          -1);
  with("ChainedScheduler", 2, [](auto& optimizer) {
    return ChainedScheduler(optimizer, ConstantLR({.factor = 0.1, .total_iters = 20}),
                            ExponentialLR({.gamma = 0.98}), CosineAnnealingLR({.T_max = 70}));
  });
  with("SequentialLR", 2, [](auto& optimizer) {
    return SequentialLR(optimizer, {20, 100}, LinearLR({.start_factor = 0.1, .total_iters = 20}),
                        CosineAnnealingLR({.T_max = 80}), StepLR({.step_size = 9, .gamma = 0.7}));
  });
  with("SequentialLR, others", 2, [&](auto& optimizer) {
    MultiplicativeLROptions multiply;
    multiply.lr_lambda = [](std::int64_t) { return 0.97; };
    LambdaLROptions lambda;
    lambda.lr_lambda = power(0.9);
    return SequentialLR(optimizer, {15, 50, 70, 110, 140, 170}, ExponentialLR({.gamma = 0.95}),
                        CosineAnnealingWarmRestarts({.T_0 = 11}), MultiplicativeLR(multiply),
                        PolynomialLR({.total_iters = 30}), LambdaLR(lambda), ConstantLR(ConstantLROptions{}),
                        MultiStepLR({.milestones = {0, 5}, .gamma = 0.5}));
  });
  CHECK(cases_done == cases.size());
  MESSAGE(equal_bits << " of " << rates_in_all << " rates have PyTorch's last bit");
}

TEST_CASE("an optimizer of another library needs lr() and set_lr() alone") {
  struct Own {
    double rate = 1;
    [[nodiscard]] double lr() const { return rate; }
    void set_lr(double lr) { rate = lr; }
  };
  Own own;
  ExponentialLR scheduler(own, {.gamma = 0.5});
  scheduler.step(own);
  scheduler.step(own);
  CHECK(own.rate == 0.25);
  CHECK(message_of<OptionError>([&] { OneCycleLR(own, {.max_lr = 1, .total_steps = 3}); }) ==
        "OneCycleLR: optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
}

TEST_CASE("misuse of schedulers is refused in PyTorch's words, and changes nothing") {
  SGD<double> optimizer = sgd(1);
  const auto refused = [&](const auto& make) {
    const auto text = message_of<OptionError>(make);
    return text;
  };
  CHECK(refused([&] { ConstantLR(optimizer, {.factor = 1.5}); }) ==
        "ConstantLR: Constant multiplicative factor expected to be between 0 and 1, got 1.5.");
  CHECK(refused([&] { LinearLR(optimizer, {.start_factor = 0}); }) ==
        "LinearLR: Starting multiplicative factor expected to be greater than 0 and less or equal to 1, got "
        "0.0.");
  CHECK(refused([&] { LinearLR(optimizer, {.end_factor = -1}); }) ==
        "LinearLR: Ending multiplicative factor expected to be between 0 and 1, got -1.0.");
  CHECK(refused([&] { StepLR(optimizer, {.step_size = 0}); }) == "StepLR: step_size must be >= 1, got 0");
  CHECK(refused([&] { CosineAnnealingWarmRestarts(optimizer, {.T_0 = 0}); }) ==
        "CosineAnnealingWarmRestarts: Expected positive integer T_0, but got 0");
  CHECK(refused([&] { OneCycleLR(optimizer, {.max_lr = 1}); }) ==
        "OneCycleLR: You must define either total_steps OR (epochs AND steps_per_epoch)");
  CHECK(refused([&] { OneCycleLR(optimizer, {.max_lr = 1, .total_steps = 3, .anneal_strategy = "log"}); }) ==
        "OneCycleLR: anneal_strategy must be one of 'cos' or 'linear', instead got log");
  CHECK(refused([&] {
          CyclicLR(optimizer, {.base_lr = 0.1, .max_lr = {1, 2, 3}});
        }) ==
        "CyclicLR: max_lr must have the same length as optimizer.param_groups. max_lr has 3 values, "
        "param_groups has 1.");
  CHECK(refused([&] { ReduceLROnPlateau(optimizer, {.mode = "low"}); }) ==
        "ReduceLROnPlateau: mode low is unknown! Expected min or max");
  CHECK(refused([&] { ReduceLROnPlateau(optimizer, {.factor = 1}); }) ==
        "ReduceLROnPlateau: Factor should be < 1.0, got 1.0.");
  CHECK(contains(refused([&] { LambdaLR(optimizer, {}); }), "lr_lambda should be a function"));
  CHECK(contains(
      refused([&] { SequentialLR(optimizer, {}, StepLR(StepLROptions{}), StepLR(StepLROptions{})); }),
      "but got number of schedulers 2 and the number of milestones to be equal to 0"));
  CHECK(optimizer.lr() == 0.1);
  CHECK(optimizer.options().momentum == 0.9);

  StepLR part({.step_size = 3});
  CHECK(contains(message_of<Error>([&] { part.step(optimizer); }),
                 "StepLR::step: this scheduler was made without an optimizer"));
  StepLR scheduler(optimizer, {.step_size = 3});
  SGD<double> two = sgd(2);
  CHECK(refused([&] { scheduler.step(two); }) ==
        "StepLR: the optimizer has 2 parameter groups, that of the first step had 1");
  OneCycleLR cycle(optimizer, {.max_lr = 1, .total_steps = 2});
  cycle.step(optimizer);
  cycle.step(optimizer);
  CHECK(refused([&] { cycle.step(optimizer); }) ==
        "OneCycleLR: Tried to step 3 times. The specified number of total steps is 2");

  const Attributes good = scheduler.state();
  CHECK(refused([&] { scheduler.load_state(cycle.state()); }) ==
        "StepLR: expected the state of StepLR, got that of OneCycleLR");
  Attributes bad = good;
  bad.set("step_size", std::int64_t{0});
  CHECK(refused([&] { scheduler.load_state(bad); }) == "StepLR: step_size must be >= 1, got 0");
  bad = good;
  bad.set("gamma", std::string("half"));
  CHECK(refused([&] { scheduler.load_state(bad); }) ==
        "StepLR::load_state: \"gamma\" is missing or of another type");
  CHECK(scheduler.state() == good);
}

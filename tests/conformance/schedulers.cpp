// The schedulers of torch.optim.lr_scheduler: one row each.

#include "runners.hpp"

#include <wick/optim/composed_schedulers.hpp>
#include <wick/optim/cosine_schedulers.hpp>
#include <wick/optim/cyclic_schedulers.hpp>
#include <wick/optim/reduce_lr_on_plateau.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/optim/step_schedulers.hpp>

#include <array>
#include <cmath>
#include <functional>
#include <memory>

namespace conformance {

namespace {

using Optimizer = wick::SGD<double>;

/// The next step of a scheduler of any class, which may be given a metric.
using Step = std::function<void(Optimizer&, double metric)>;

double number(const Arguments& c, const char* name, double otherwise) {
  return c.number(Arguments::by_name, name, otherwise);
}
std::int64_t count(const Arguments& c, const char* name, std::int64_t otherwise) {
  return c.index(Arguments::by_name, name, static_cast<wick::Index>(otherwise));
}
std::string text(const Arguments& c, const char* name, const char* otherwise) {
  return c.text(Arguments::by_name, name, otherwise);
}
bool flag(const Arguments& c, const char* name, bool otherwise) {
  return c.flag(Arguments::by_name, name, otherwise);
}
std::vector<std::int64_t> milestones(const Arguments& c) {
  std::vector<std::int64_t> result;
  for (const wick::Index n : c.sizes(Arguments::by_name, "milestones")) result.push_back(n);
  return result;
}
std::function<double(std::int64_t)> function(const Arguments& c) {
  const std::string& name = c.at(Arguments::by_name, "lr_lambda").at("function").text;
  if (name == "0.95 ** epoch")
    return [](std::int64_t epoch) { return std::pow(0.95, static_cast<double>(epoch)); };
  if (name == "1 / (1 + epoch)")
    return [](std::int64_t epoch) { return 1 / (1 + static_cast<double>(epoch)); };
  if (name == "0.97") return [](std::int64_t /*epoch*/) { return 0.97; };
  throw Unsupported("the function " + name);
}

// Options by class, for those that can be parts of others.

struct MakeConstantLR {
  static constexpr std::string_view name = "ConstantLR";
  using type = wick::ConstantLR;
  static wick::ConstantLROptions options(const Arguments& c) {
    return {.factor = number(c, "factor", 1.0 / 3), .total_iters = count(c, "total_iters", 5)};
  }
};
struct MakeLinearLR {
  static constexpr std::string_view name = "LinearLR";
  using type = wick::LinearLR;
  static wick::LinearLROptions options(const Arguments& c) {
    return {.start_factor = number(c, "start_factor", 1.0 / 3),
            .end_factor = number(c, "end_factor", 1),
            .total_iters = count(c, "total_iters", 5)};
  }
};
struct MakeExponentialLR {
  static constexpr std::string_view name = "ExponentialLR";
  using type = wick::ExponentialLR;
  static wick::ExponentialLROptions options(const Arguments& c) { return {.gamma = number(c, "gamma", 1)}; }
};
struct MakeStepLR {
  static constexpr std::string_view name = "StepLR";
  using type = wick::StepLR;
  static wick::StepLROptions options(const Arguments& c) {
    return {.step_size = count(c, "step_size", 1), .gamma = number(c, "gamma", 0.1)};
  }
};
struct MakeCosineAnnealingLR {
  static constexpr std::string_view name = "CosineAnnealingLR";
  using type = wick::CosineAnnealingLR;
  static wick::CosineAnnealingLROptions options(const Arguments& c) {
    return {.T_max = count(c, "T_max", 1), .eta_min = number(c, "eta_min", 0)};
  }
};

struct Scheduler {
  std::string_view name;
  Step (*make)(Optimizer&, const Arguments&);
};

template <class Made>
Step steps_of(Made made) {
  return [kept = std::make_shared<Made>(std::move(made))](Optimizer& optimizer, double metric) {
    if constexpr (requires { kept->step(optimizer, metric); }) {
      kept->step(optimizer, metric);
    } else {
      static_cast<void>(metric);
      kept->step(optimizer);
    }
  };
}

template <class Make>
[[nodiscard]] constexpr Scheduler simple() {
  return {Make::name, [](Optimizer& optimizer, const Arguments& c) {
            return steps_of(typename Make::type(optimizer, Make::options(c)));
          }};
}
template <class Class, class Options>
[[nodiscard]] constexpr Scheduler scheduler(std::string_view name, Options /*without a state*/) {
  return {name,
          [](Optimizer& optimizer, const Arguments& c) { return steps_of(Class(optimizer, Options{}(c))); }};
}

/// f(the part that a value is), for a few classes.
template <class... Make, class Function>
Step with_part(const Value& part, const Function& f) {
  const std::string& name = part.at("scheduler").text;
  const std::vector<Value> none;
  const Arguments arguments(none, part.at("arguments").members);
  Step result;
  const auto try_one = [&]<class One>(One /*type*/) {
    if (One::name != name) return;
    const typename One::type made(One::options(arguments));
    arguments.check_all_used();
    result = f(made);
  };
  (try_one(Make{}), ...);
  if (!result) throw Unsupported("a part " + name + " in this place");
  return result;
}

Step sequential(Optimizer& optimizer, const Arguments& c) {
  const auto& parts = c.at(Arguments::by_name, "schedulers").list;
  const auto at = milestones(c);
  if (parts.size() == 1) {
    return with_part<MakeStepLR>(
        parts[0], [&](const auto& one) { return steps_of(wick::SequentialLR(optimizer, at, one)); });
  }
  return with_part<MakeLinearLR, MakeConstantLR>(parts.at(0), [&](const auto& first) {
    return with_part<MakeExponentialLR, MakeCosineAnnealingLR>(parts.at(1), [&](const auto& second) {
      if (parts.size() == 2) return steps_of(wick::SequentialLR(optimizer, at, first, second));
      return with_part<MakeStepLR>(parts.at(2), [&](const auto& third) {
        return steps_of(wick::SequentialLR(optimizer, at, first, second, third));
      });
    });
  });
}
Step chained(Optimizer& optimizer, const Arguments& c) {
  const auto& parts = c.at(Arguments::by_name, "schedulers").list;
  if (parts.size() != 2) throw Unsupported("other than two parts");
  return with_part<MakeConstantLR>(parts[0], [&](const auto& first) {
    return with_part<MakeExponentialLR>(parts[1], [&](const auto& second) {
      return steps_of(wick::ChainedScheduler(optimizer, first, second));
    });
  });
}

constexpr std::array rows{
    simple<MakeConstantLR>(),
    simple<MakeLinearLR>(),
    simple<MakeExponentialLR>(),
    simple<MakeStepLR>(),
    simple<MakeCosineAnnealingLR>(),
    scheduler<wick::MultiStepLR>("MultiStepLR",
                                 [](const Arguments& c) {
                                   return wick::MultiStepLROptions{.milestones = milestones(c),
                                                                   .gamma = number(c, "gamma", 0.1)};
                                 }),
    scheduler<wick::PolynomialLR>("PolynomialLR",
                                  [](const Arguments& c) {
                                    return wick::PolynomialLROptions{
                                        .total_iters = count(c, "total_iters", 5),
                                        .power = number(c, "power", 1)};
                                  }),
    scheduler<wick::LambdaLR>(
        "LambdaLR", [](const Arguments& c) { return wick::LambdaLROptions{.lr_lambda = function(c)}; }),
    scheduler<wick::MultiplicativeLR>(
        "MultiplicativeLR",
        [](const Arguments& c) { return wick::MultiplicativeLROptions{.lr_lambda = function(c)}; }),
    scheduler<wick::CosineAnnealingWarmRestarts>(
        "CosineAnnealingWarmRestarts",
        [](const Arguments& c) {
          return wick::CosineAnnealingWarmRestartsOptions{
              .T_0 = count(c, "T_0", 1), .T_mult = count(c, "T_mult", 1), .eta_min = number(c, "eta_min", 0)};
        }),
    scheduler<wick::CyclicLR>("CyclicLR",
                              [](const Arguments& c) {
                                return wick::CyclicLROptions{
                                    .base_lr = number(c, "base_lr", 0),
                                    .max_lr = number(c, "max_lr", 0),
                                    .step_size_up = count(c, "step_size_up", 2000),
                                    .step_size_down = count(c, "step_size_down", 0),
                                    .mode = text(c, "mode", "triangular"),
                                    .gamma = number(c, "gamma", 1),
                                    .cycle_momentum = flag(c, "cycle_momentum", true)};
                              }),
    scheduler<wick::OneCycleLR>("OneCycleLR",
                                [](const Arguments& c) {
                                  return wick::OneCycleLROptions{
                                      .max_lr = number(c, "max_lr", 0),
                                      .total_steps = count(c, "total_steps", 0),
                                      .epochs = count(c, "epochs", 0),
                                      .steps_per_epoch = count(c, "steps_per_epoch", 0),
                                      .pct_start = number(c, "pct_start", 0.3),
                                      .anneal_strategy = text(c, "anneal_strategy", "cos"),
                                      .cycle_momentum = flag(c, "cycle_momentum", true),
                                      .div_factor = number(c, "div_factor", 25),
                                      .final_div_factor = number(c, "final_div_factor", 1e4),
                                      .three_phase = flag(c, "three_phase", false)};
                                }),
    scheduler<wick::ReduceLROnPlateau>("ReduceLROnPlateau",
                                       [](const Arguments& c) {
                                         return wick::ReduceLROnPlateauOptions{
                                             .mode = text(c, "mode", "min"),
                                             .factor = number(c, "factor", 0.1),
                                             .patience = count(c, "patience", 10),
                                             .threshold = number(c, "threshold", 1e-4),
                                             .threshold_mode = text(c, "threshold_mode", "rel"),
                                             .cooldown = count(c, "cooldown", 0),
                                             .min_lr = number(c, "min_lr", 0),
                                             .eps = number(c, "eps", 1e-8)};
                                       }),
    Scheduler{"SequentialLR", &sequential},
    Scheduler{"ChainedScheduler", &chained},
};

Outcome run(const Scheduler& row, const Value& one_case) {
  const std::vector<Value> none;
  const Arguments arguments(none, one_case.at("constructor").members);
  const auto block = std::make_shared<wick::ParameterBlock<double>>();
  block->add("weight", wick::Shape{2});
  Optimizer optimizer(block, {.lr = one_case.at("lr").number, .momentum = one_case.at("momentum").number});
  if (one_case.find("error") != nullptr) {
    return expect_error(one_case, [&] {
      row.make(optimizer, arguments);
      arguments.check_all_used();
    });
  }
  const Step step = row.make(optimizer, arguments);
  arguments.check_all_used();
  const auto& expected = one_case.at("results").list.at(0).tensor;
  const Value* const momenta = one_case.find("momenta");
  const Value* const metrics = one_case.find("metrics");
  const auto given =
      metrics == nullptr ? wick::Tensor<double>::zeros(expected.shape()) : metrics->tensor.to<double>();
  wick::Tensor<double> rates(expected.shape());
  wick::Tensor<double> its_momenta(expected.shape());
  for (wick::Index k = 0; k < rates.numel(); ++k) {
    if (k > 0) step(optimizer, given.data()[k - 1]);
    rates.data()[k] = optimizer.lr(0);
    its_momenta.data()[k] = optimizer.momentum(0);
  }
  Comparison comparison;
  comparison.set_tolerance(0, 1e-12);
  comparison.compare("learning rates", wick::AnyTensor::copy_of(rates), expected);
  if (momenta != nullptr)
    comparison.compare("momenta", wick::AnyTensor::copy_of(its_momenta), momenta->tensor);
  return comparison.outcome();
}

}  // namespace

Runner scheduler_runner() {
  return {"scheduler",
          [] {
            std::vector<std::string> names;
            for (const Scheduler& row : rows) names.emplace_back(row.name);
            return names;
          },
          [](std::string_view name, const Value& one_case) {
            return guarded([&]() -> Outcome {
              for (const Scheduler& row : rows) {
                if (row.name == name) return run(row, one_case);
              }
              throw Unsupported("no such scheduler");
            });
          }};
}

}  // namespace conformance

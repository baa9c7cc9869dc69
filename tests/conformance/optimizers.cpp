// Optimizers by PyTorch's names: one row each.

#include "runners.hpp"

#include <wick/optim/adadelta.hpp>
#include <wick/optim/adafactor.hpp>
#include <wick/optim/adagrad.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/adamax.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/optim/asgd.hpp>
#include <wick/optim/lbfgs.hpp>
#include <wick/optim/muon.hpp>
#include <wick/optim/nadam.hpp>
#include <wick/optim/parameter_group.hpp>
#include <wick/optim/radam.hpp>
#include <wick/optim/rmsprop.hpp>
#include <wick/optim/rprop.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace conformance {

namespace {

/// An optimizer of any class: a step, whose closure computes the gradients anew and returns the loss, and the
/// state.
struct AnyOptimizer {
  std::function<void(const std::function<double()>&)> step;
  std::function<wick::OptimizerState()> state;
};

/// Some parameters with the arguments that are theirs.
struct Group {
  std::vector<std::string> parameters;
  Arguments arguments;
};

template <wick::Floating T>
using BlockOf = std::shared_ptr<wick::ParameterBlock<T>>;
template <wick::Floating T>
using Make = AnyOptimizer (*)(const BlockOf<T>&, const Arguments&, const std::vector<Group>&);

struct Optimizer {
  std::string_view name;
  Make<float> floats;
  Make<double> doubles;
};

template <class Made>
AnyOptimizer erased(Made made) {
  auto kept = std::make_shared<Made>(std::move(made));
  const auto step = [kept](const std::function<double()>& closure) {
    if constexpr (requires { kept->step(closure); }) {
      kept->step(closure);
    } else {
      closure();
      kept->step();
    }
  };
  return {step, [kept] { return kept->state(); }};
}

/// `Read` makes the options of arguments; those of a group are made of its own and the optimizer's.
template <template <wick::Floating> class Class, wick::Floating T, class Read>
AnyOptimizer made_of(const BlockOf<T>& block, const Arguments& c, const std::vector<Group>& groups) {
  using Options = std::invoke_result_t<Read, const Arguments&>;
  if (groups.empty()) return erased(Class<T>(block, Read{}(c)));
  using OneGroup = wick::ParameterGroup<Options>;
  if constexpr (std::is_constructible_v<Class<T>, BlockOf<T>, const std::vector<OneGroup>&>) {
    std::vector<OneGroup> all;
    for (const Group& group : groups) all.emplace_back(group.parameters, Read{}(group.arguments));
    return erased(Class<T>(block, all));
  } else {
    throw Unsupported("parameter groups");
  }
}

template <template <wick::Floating> class Class, class Read>
[[nodiscard]] constexpr Optimizer optimizer(std::string_view name, Read /*without a state*/) {
  return {name, &made_of<Class, float, Read>, &made_of<Class, double, Read>};
}

double number(const Arguments& c, const char* name, double otherwise) {
  return c.number(Arguments::by_name, name, otherwise);
}
bool flag(const Arguments& c, const char* name) { return c.flag(Arguments::by_name, name, false); }
std::int64_t count(const Arguments& c, const char* name, std::int64_t otherwise) {
  return c.index(Arguments::by_name, name, static_cast<wick::Index>(otherwise));
}
std::pair<double, double> pair(const Arguments& c, const char* name, double first, double second) {
  const Value* const v = c.find(name);
  if (v == nullptr) return {first, second};
  if (v->list.size() != 2) throw Unsupported(std::string(name) + "=" + v->str());
  return {v->list[0].number, v->list[1].number};
}

std::array<double, 3> triple(const Arguments& c, const char* name, const std::array<double, 3>& otherwise) {
  const Value* const v = c.find(name);
  if (v == nullptr) return otherwise;
  if (v->list.size() != 3) throw Unsupported(std::string(name) + "=" + v->str());
  return {v->list[0].number, v->list[1].number, v->list[2].number};
}

/// Adafactor's: the first may be None.
std::pair<std::optional<double>, double> two_eps(const Arguments& c) {
  const Value* const given = c.find("eps");
  if (given == nullptr) return wick::AdafactorOptions().eps;
  const Value& first = given->list.at(0);
  return {first.is_number() ? std::optional(first.number) : std::nullopt, given->list.at(1).number};
}

constexpr std::array rows{
    optimizer<wick::Adam>("Adam",
                          [](const Arguments& c) {
                            return wick::AdamOptions{.lr = number(c, "lr", 1e-3),
                                                     .betas = pair(c, "betas", 0.9, 0.999),
                                                     .eps = number(c, "eps", 1e-8),
                                                     .weight_decay = number(c, "weight_decay", 0),
                                                     .amsgrad = flag(c, "amsgrad"),
                                                     .maximize = flag(c, "maximize")};
                          }),
    optimizer<wick::AdamW>("AdamW",
                           [](const Arguments& c) {
                             return wick::AdamWOptions{.lr = number(c, "lr", 1e-3),
                                                       .betas = pair(c, "betas", 0.9, 0.999),
                                                       .eps = number(c, "eps", 1e-8),
                                                       .weight_decay = number(c, "weight_decay", 1e-2),
                                                       .amsgrad = flag(c, "amsgrad"),
                                                       .maximize = flag(c, "maximize")};
                           }),
    optimizer<wick::SGD>("SGD",
                         [](const Arguments& c) {
                           return wick::SGDOptions{.lr = number(c, "lr", 1e-3),
                                                   .momentum = number(c, "momentum", 0),
                                                   .dampening = number(c, "dampening", 0),
                                                   .weight_decay = number(c, "weight_decay", 0),
                                                   .nesterov = flag(c, "nesterov"),
                                                   .maximize = flag(c, "maximize")};
                         }),
    optimizer<wick::RMSprop>("RMSprop",
                             [](const Arguments& c) {
                               return wick::RMSpropOptions{.lr = number(c, "lr", 1e-2),
                                                           .alpha = number(c, "alpha", 0.99),
                                                           .eps = number(c, "eps", 1e-8),
                                                           .weight_decay = number(c, "weight_decay", 0),
                                                           .momentum = number(c, "momentum", 0),
                                                           .centered = flag(c, "centered"),
                                                           .maximize = flag(c, "maximize")};
                             }),
    optimizer<wick::Adagrad>("Adagrad",
                             [](const Arguments& c) {
                               return wick::AdagradOptions{
                                   .lr = number(c, "lr", 1e-2),
                                   .lr_decay = number(c, "lr_decay", 0),
                                   .weight_decay = number(c, "weight_decay", 0),
                                   .initial_accumulator_value = number(c, "initial_accumulator_value", 0),
                                   .eps = number(c, "eps", 1e-10),
                                   .maximize = flag(c, "maximize")};
                             }),
    optimizer<wick::Adadelta>("Adadelta",
                              [](const Arguments& c) {
                                return wick::AdadeltaOptions{.lr = number(c, "lr", 1),
                                                             .rho = number(c, "rho", 0.9),
                                                             .eps = number(c, "eps", 1e-6),
                                                             .weight_decay = number(c, "weight_decay", 0),
                                                             .maximize = flag(c, "maximize")};
                              }),
    optimizer<wick::Adafactor>("Adafactor",
                               [](const Arguments& c) {
                                 return wick::AdafactorOptions{.lr = number(c, "lr", 1e-2),
                                                               .beta2_decay = number(c, "beta2_decay", -0.8),
                                                               .eps = two_eps(c),
                                                               .d = number(c, "d", 1),
                                                               .weight_decay = number(c, "weight_decay", 0),
                                                               .maximize = flag(c, "maximize")};
                               }),
    optimizer<wick::Adamax>("Adamax",
                            [](const Arguments& c) {
                              return wick::AdamaxOptions{.lr = number(c, "lr", 2e-3),
                                                         .betas = pair(c, "betas", 0.9, 0.999),
                                                         .eps = number(c, "eps", 1e-8),
                                                         .weight_decay = number(c, "weight_decay", 0),
                                                         .maximize = flag(c, "maximize")};
                            }),
    optimizer<wick::NAdam>("NAdam",
                           [](const Arguments& c) {
                             return wick::NAdamOptions{
                                 .lr = number(c, "lr", 2e-3),
                                 .betas = pair(c, "betas", 0.9, 0.999),
                                 .eps = number(c, "eps", 1e-8),
                                 .weight_decay = number(c, "weight_decay", 0),
                                 .momentum_decay = number(c, "momentum_decay", 4e-3),
                                 .decoupled_weight_decay = flag(c, "decoupled_weight_decay"),
                                 .maximize = flag(c, "maximize")};
                           }),
    optimizer<wick::RAdam>("RAdam",
                           [](const Arguments& c) {
                             return wick::RAdamOptions{
                                 .lr = number(c, "lr", 1e-3),
                                 .betas = pair(c, "betas", 0.9, 0.999),
                                 .eps = number(c, "eps", 1e-8),
                                 .weight_decay = number(c, "weight_decay", 0),
                                 .decoupled_weight_decay = flag(c, "decoupled_weight_decay"),
                                 .maximize = flag(c, "maximize")};
                           }),
    optimizer<wick::ASGD>("ASGD",
                          [](const Arguments& c) {
                            return wick::ASGDOptions{.lr = number(c, "lr", 1e-2),
                                                     .lambd = number(c, "lambd", 1e-4),
                                                     .alpha = number(c, "alpha", 0.75),
                                                     .t0 = number(c, "t0", 1e6),
                                                     .weight_decay = number(c, "weight_decay", 0),
                                                     .maximize = flag(c, "maximize")};
                          }),
    optimizer<wick::Rprop>("Rprop",
                           [](const Arguments& c) {
                             return wick::RpropOptions{.lr = number(c, "lr", 1e-2),
                                                       .etas = pair(c, "etas", 0.5, 1.2),
                                                       .step_sizes = pair(c, "step_sizes", 1e-6, 50),
                                                       .maximize = flag(c, "maximize")};
                           }),
    optimizer<wick::Muon>("Muon",
                          [](const Arguments& c) {
                            return wick::MuonOptions{
                                .lr = number(c, "lr", 1e-3),
                                .weight_decay = number(c, "weight_decay", 0.1),
                                .momentum = number(c, "momentum", 0.95),
                                .nesterov = c.flag(Arguments::by_name, "nesterov", true),
                                .ns_coefficients =
                                    triple(c, "ns_coefficients", wick::MuonOptions().ns_coefficients),
                                .eps = number(c, "eps", 1e-7),
                                .ns_steps = count(c, "ns_steps", 5),
                                .adjust_lr_fn = c.text(Arguments::by_name, "adjust_lr_fn", "")};
                          }),
    optimizer<wick::LBFGS>("LBFGS",
                           [](const Arguments& c) {
                             return wick::LBFGSOptions{
                                 .lr = number(c, "lr", 1),
                                 .max_iter = count(c, "max_iter", 20),
                                 .max_eval = count(c, "max_eval", 0),
                                 .tolerance_grad = number(c, "tolerance_grad", 1e-7),
                                 .tolerance_change = number(c, "tolerance_change", 1e-9),
                                 .history_size = count(c, "history_size", 100),
                                 .line_search_fn = c.text(Arguments::by_name, "line_search_fn", "")};
                           }),
};

template <wick::Floating T>
AnyOptimizer made(const Optimizer& row, const BlockOf<T>& block, const Arguments& c,
                  const std::vector<Group>& groups = {}) {
  if constexpr (std::is_same_v<T, float>) {
    return row.floats(block, c, groups);
  } else {
    return row.doubles(block, c, groups);
  }
}

using Named = std::vector<Member>;

/// Arguments of a group: its own before those of the optimizer.
Named group_arguments(const Value& group, const Value& constructor) {
  Named all = constructor.members;
  for (const auto& own : group.at("options").members) {
    std::erase_if(all, [&](const auto& each) { return each.name == own.name; });
    all.push_back(own);
  }
  return all;
}

/// The state of a parameter by its name; `step` may be one for all parameters.
template <wick::Floating T>
std::optional<wick::Tensor<T>> state_of(const wick::OptimizerState& state, const std::string& parameter,
                                        const std::string& name) {
  const std::string key = parameter + "." + name;
  if (const wick::AnyTensor* const tensor = state.tensors.find(key)) return tensor->to<T>();
  if (const wick::Attribute* const value = state.values.find(key)) {
    if (const auto* number = std::get_if<double>(value))
      return wick::Tensor<T>::full(wick::Shape{}, static_cast<T>(*number));
    if (const auto* count = std::get_if<std::int64_t>(value))
      return wick::Tensor<T>::full(wick::Shape{}, static_cast<T>(*count));
  }
  if (name == "step" && state.step != 0)
    return wick::Tensor<T>::full(wick::Shape{}, static_cast<T>(state.step));
  return std::nullopt;
}

/// The parameters of a case, and what pulls at them.
template <wick::Floating T>
struct Problem {
  std::shared_ptr<wick::ParameterBlock<T>> block = std::make_shared<wick::ParameterBlock<T>>();
  std::vector<wick::Slot> slots;
  std::vector<std::string> names;
  wick::Tensor<T> targets;

  explicit Problem(const Value& one_case) : targets(one_case.at("targets").tensor.to<T>()) {
    const auto begin = one_case.at("begin").tensor.to<T>();
    wick::Index offset = 0;
    for (const Value& each : one_case.at("parameters").list) {
      std::vector<wick::Index> dims;
      for (const Value& d : each.list[1].list) dims.push_back(static_cast<wick::Index>(d.integer));
      names.push_back(each.list[0].text);
      slots.push_back(block->add(names.back(), wick::Shape(std::span<const wick::Index>(dims))));
      auto value = block->value(slots.back());
      std::copy_n(begin.data() + offset, value.numel(), value.data());
      offset += value.numel();
    }
    block->require_grad();
  }

  /// p - t for those that have a gradient in this step, unless t and they stay the same; returns half the sum
  /// of its squares.
  double set_gradients(std::int64_t step, bool stays) {
    block->zero_grad();
    double total = 0;
    const auto number = stays ? 0 : static_cast<wick::Index>(step % targets.size(0));
    const auto row = targets.rows(number, number + 1);
    wick::Index offset = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto value = std::as_const(*block).value(slots[i]);
      if (names[i] != "unused" && (names[i] != "rare" || step % 3 == 0 || stays)) {
        const auto grad = block->grad(slots[i]);
        for (wick::Index k = 0; k < value.numel(); ++k) {
          grad.data()[k] = value.data()[k] - row.data()[offset + k];
          total += static_cast<double>(grad.data()[k]) * static_cast<double>(grad.data()[k]) / 2;
        }
      }
      offset += value.numel();
    }
    return total;
  }

  [[nodiscard]] wick::Tensor<T> values() const {
    std::vector<T> all;
    for (const wick::Slot& slot : slots) {
      const auto value = std::as_const(*block).value(slot);
      all.insert(all.end(), value.data(), value.data() + value.numel());
    }
    return wick::Tensor<T>::from(std::span<const T>(all), wick::Shape{static_cast<wick::Index>(all.size())});
  }
};

template <wick::Floating T>
Outcome run(const Optimizer& row, const Value& one_case) {
  const std::vector<Value> none;
  const Arguments arguments(none, one_case.at("constructor").members);
  if (one_case.find("error") != nullptr) {
    return expect_error(one_case, [&] {
      const auto block = std::make_shared<wick::ParameterBlock<T>>();
      block->add("weight", wick::Shape{2, 3});
      static_cast<void>(made<T>(row, block, arguments));
      arguments.check_all_used();
    });
  }
  Problem<T> problem(one_case);
  std::vector<Named> named;
  std::vector<Group> groups;
  if (const Value* const given = one_case.find("groups")) {
    for (const Value& group : given->list)
      named.push_back(group_arguments(group, one_case.at("constructor")));
    for (std::size_t i = 0; i < named.size(); ++i) {
      Group group{{}, Arguments(none, named[i])};
      for (const Value& name : given->list[i].at("parameters").list) group.parameters.push_back(name.text);
      groups.push_back(std::move(group));
    }
  }
  const AnyOptimizer optimizer = made<T>(row, problem.block, arguments, groups);
  if (groups.empty()) arguments.check_all_used();
  for (const Group& group : groups) group.arguments.check_all_used();
  Comparison comparison;
  // LBFGS adds up in double what PyTorch adds up in float, and a search along a line magnifies the
  // difference.
  const bool in_float = std::is_same_v<T, float>;
  comparison.set_tolerance(in_float && row.name == "LBFGS" ? 1e-5 : 1e-6, in_float ? 1e-6 : 1e-9);
  const auto expected = one_case.at("after").tensor.to<T>();
  const auto& shown = one_case.at("shown").list;
  std::size_t next = 0;
  for (std::int64_t step = 1; step <= one_case.at("steps").integer; ++step) {
    optimizer.step([&] { return problem.set_gradients(step, row.name == "LBFGS"); });
    if (next == shown.size() || shown[next].integer != step) continue;
    const auto wanted = expected.rows(static_cast<wick::Index>(next), static_cast<wick::Index>(next) + 1);
    const auto values = problem.values();
    comparison.compare("after " + std::to_string(step) + " steps", wick::AnyTensor::copy_of(values),
                       wick::AnyTensor::copy_of(wanted.reshape(values.shape())));
    ++next;
  }
  if (comparison.failed()) return comparison.outcome();
  const Value* const state = one_case.find("state");
  if (state == nullptr) return comparison.outcome();
  const wick::OptimizerState own = optimizer.state();
  const auto values = one_case.at("state_values").tensor.to<T>();
  wick::Index offset = 0;
  for (const Value& parameter : state->list) {
    for (const Value& each : parameter.list[1].list) {
      std::vector<wick::Index> dims;
      for (const Value& d : each.list[1].list) dims.push_back(static_cast<wick::Index>(d.integer));
      wick::Tensor<T> wanted{wick::Shape(std::span<const wick::Index>(dims))};
      std::copy_n(values.data() + offset, wanted.numel(), wanted.data());
      offset += wanted.numel();
      const std::string& name = each.list[0].text;
      const auto found = state_of<T>(own, parameter.list[0].text, name);
      const std::string what = "state " + parameter.list[0].text + "." + name;
      if (!found) {
        comparison.fail("no " + what);
      } else {
        comparison.compare(what, wick::AnyTensor::copy_of(*found), wick::AnyTensor::copy_of(wanted));
      }
    }
  }
  return comparison.outcome();
}

}  // namespace

Runner optimizer_runner() {
  return {"optimizer",
          [] {
            std::vector<std::string> names;
            for (const Optimizer& row : rows) names.emplace_back(row.name);
            return names;
          },
          [](std::string_view name, const Value& one_case) {
            return guarded([&]() -> Outcome {
              for (const Optimizer& row : rows) {
                if (row.name != name) continue;
                return one_case.at("dtype").text == "float32" ? run<float>(row, one_case)
                                                              : run<double>(row, one_case);
              }
              throw Unsupported("no such optimizer");
            });
          }};
}

}  // namespace conformance

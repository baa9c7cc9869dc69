#include <wick/graph/describe.hpp>

#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/trace.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

// A residual network with a mean over its features, tied weights, numbers of its own and dropout.
struct Residual {
  Linear<double> first, last;
  LayerNorm<double> norm;
  Dropout drop{0.25};
  explicit Residual(const Scope<double>& s)
      : first(s / "first", 6, 6), last(s / "last", 6, 3), norm(s / "norm", 6) {}
  auto operator()(const auto& x) const {
    const Tensor<double> shift = Tensor<double>::from({0.5, -1, 2, 0, 0.25, 3});
    const auto h = x + drop(gelu_tanh(first(norm(x)))) * 0.5;
    const auto centred = h - mean(h, 1, true);
    return last(tanh(matmul(centred, x.tape().parameter(first.weight()))) + shift);
  }
};

Model<Residual, double> residual() {
  Generator generator(11);
  return Model<Residual, double>(generator);
}

const Attribute& at(const Attributes& description, const char* name) { return *description.find(name); }

template <class Value>
Attributes with(const Attributes& description, const char* name, std::size_t i, Value value) {
  Attributes changed = description;
  auto list = std::get<std::vector<Value>>(at(description, name));
  list.at(i) = std::move(value);
  changed.set(name, list);
  return changed;
}

}  // namespace

TEST_CASE("a program that was described computes the same bits when it is built again") {
  const auto model = residual();
  const Program<double> program = trace(model, Shape{6});
  const Attributes description = describe_program(program, *model.parameters());
  const Program<double> built = build_program(description, *model.parameters(), all_operations<double>());
  CHECK(describe_program(built, *model.parameters()) == description);
  Workspace<double> a, b;
  Generator data(4);
  for (const Index rows : {1, 5, 70}) {
    const auto x = rand<double>({rows, 6}, data);
    const auto expected = model.predict(x);
    const auto first = program(model.parameters()->values(), x, a);
    const auto second = built(model.parameters()->values(), x, b);
    CHECK(expected.shape() == first.shape());
    CHECK(std::ranges::equal(expected.span(), first.span()));
    CHECK(std::ranges::equal(first.span(), second.span()));
  }
}

TEST_CASE("operations with numbers of their own are described and built again") {
  Generator generator(1);
  const ParameterBlock<double> none;
  std::vector<std::int64_t> many(100);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i % 6);
  const Tensor<std::int64_t> index = Tensor<std::int64_t>::from(std::span<const std::int64_t>(many), {100});
  const auto module = [&](const auto& x) {
    const auto parts = stack({narrow(x, 1, -3, 3), narrow(x, -1, 0, 3), sqrt(abs(narrow(x, 1, 1, 3)))}, -1);
    const auto turned = softmax(transpose(parts, -1, 1)) + sin(parts) * cos(parts) + sign(parts);
    const auto picked = index_select(x, -1, index);
    return cat(
        {flatten(permute(turned, {0, -1, 1}), 1),
         where(Tensor<bool>::from({true, false, true, true, false, false}), maximum(x, 0.5), minimum(x, -x)),
         index_add(x, -1, index, picked)},
        -1);
  };
  const Program<double> program = trace(module, none, Shape{6});
  const Attributes description = describe_program(program, none);
  const Program<double> built = build_program(description, none, all_operations<double>());
  CHECK(describe_program(built, none) == description);
  Workspace<double> a, b;
  const auto x = rand<double>({70, 6}, generator);
  CHECK(std::ranges::equal(program(none.values(), x, a).span(), built(none.values(), x, b).span()));

  // Each number changed: built with other numbers, or refused, and never another error.
  const auto numbers = std::get<std::vector<std::int64_t>>(at(description, "attributes"));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (const std::int64_t other : {-3, -1, 0, 1, 3, 7, 1000}) {
      const Attributes changed = with<std::int64_t>(description, "attributes", i, other);
      try {
        const Program<double> another = build_program(changed, none, all_operations<double>());
        std::vector<double> y(static_cast<std::size_t>(another.output_shape(0, 70).numel()));
        const double* const in = x.data();
        double* const out = y.data();
        another.run(none.values(), {&in, 1}, 70, {&out, 1}, a);
      } catch (const FormatError&) {
        CHECK(true);
      }
    }
  }
}

TEST_CASE("what a description of a program says is checked") {
  const auto model = residual();
  const Attributes good = describe_program(trace(model, Shape{6}), *model.parameters());
  const auto refused = [&](const Attributes& description) {
    return message_of<FormatError>([&] {
      static_cast<void>(build_program(description, *model.parameters(), all_operations<double>(), "m.wick"));
    });
  };
  const auto operations = std::get<std::vector<std::string>>(at(good, "operations"));
  const auto where = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(operations, name) - operations.begin());
  };
  CHECK(contains(refused({}), "m.wick: program: expected a list \"operands\", which is missing"));
  for (const char* name :
       {"operations", "operands", "numbers", "attributes", "parameters", "shapes", "constants", "outputs"}) {
    Attributes changed = good;
    changed.set(name, std::int64_t{3});
    CHECK(contains(refused(changed), std::string("expected a list \"") + name + "\", got another type"));
    std::visit(
        [&](auto list) {
          if constexpr (requires {
                          list.pop_back();
                          list.resize(1);
                        }) {
            if constexpr (!std::is_same_v<decltype(list), std::string>) {
              if (std::string(name) != "outputs") {
                list.push_back(list.back());
                changed.set(name, list);
                CHECK(!refused(changed).empty());
              }
              list.clear();
              changed.set(name, list);
              CHECK(!refused(changed).empty());
            }
          }
        },
        at(good, name));
  }
  CHECK(contains(refused(with<std::string>(good, "operations", where("tanh"), "ta\nh")),
                 "operation \"ta\\nh\" is not in the table"));
  CHECK(
      contains(refused(with<std::string>(good, "parameters", 0, "none")), "there is no parameter \"none\""));
  CHECK(contains(refused(with<std::int64_t>(good, "operands", 0, 1000)), "is read before it is there"));
  CHECK(contains(refused(with<std::int64_t>(good, "operands", 0, -1)), "is read before it is there"));
  CHECK(contains(refused(with<std::int64_t>(good, "outputs", 0, -2)), "is read before it is there"));
  CHECK(contains(refused(with<std::int64_t>(good, "shapes", 0, -1)), "expected a count, got -1"));
  CHECK(contains(refused(with<std::int64_t>(good, "shapes", 1, any_rows)), "is no size"));
  CHECK(contains(refused(with<std::int64_t>(good, "shapes", 1, -5000)), "is no size"));
  // Another width of the samples does not fit the first layer.
  CHECK(contains(refused(with<std::int64_t>(good, "shapes", 1, 7)), "layer_norm"));

  ProgramLimits limits;
  limits.steps = operations.size() - 1;
  const auto limited = [&] {
    return message_of<FormatError>([&] {
      static_cast<void>(build_program(good, *model.parameters(), all_operations<double>(), "m.wick", limits));
    });
  };
  CHECK(contains(limited(), "expected at most"));
  limits = {};
  limits.elements = 5;
  CHECK(contains(limited(), "expected at most 5 elements for each sample, got 6"));
  limits = {};
  // As many rows without elements are as many turns of a loop.
  {
    ParameterBlock<double> none;
    Trace<double> trace(none);
    const Symbol<double> x = trace.input({Index{1} << 30, 0});
    const Attributes rows = describe_program(Program<double>(trace, std::span(&x, 1)), none);
    CHECK(contains(message_of<FormatError>([&] {
                     static_cast<void>(build_program(rows, none, all_operations<double>(), "m.wick"));
                   }),
                   "expected at most 16777216 elements for each sample, got 1073741824"));
  }
  limits.memory = 7;
  CHECK(contains(limited(), "expected to need at most 7 elements"));
}

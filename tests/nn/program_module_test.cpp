#include <wick/nn/program_module.hpp>

#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/graph/trace.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/trace.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

struct TwoHeads {
  Linear<double> left, right;
  explicit TwoHeads(const Scope<double>& s) : left(s / "left", 3, 2), right(s / "right", 4, 2) {}
  auto operator()(const auto& x, const auto& y) const { return std::pair(left(x) + right(y), exp(left(x))); }
};

}  // namespace

TEST_CASE("ProgramModule: several inputs and outputs") {
  Generator generator(2);
  const Model<TwoHeads, double> model(generator);
  const auto program = trace(model, Shape{3}, Shape{4});
  Model<ProgramModule<double>, double> loaded(uninitialised, program, *model.parameters());
  loaded.load_state_dict(model.state_dict());
  const auto x = randn<double>({5, 3}, generator);
  const auto y = randn<double>({5, 4}, generator);
  const auto expected = model(x, y);
  CHECK(contains(message_of<Error>([&] { static_cast<void>(loaded(x, y)); }),
                 "ProgramModule: the program has 2 outputs; call it with all_outputs before the inputs"));
  CHECK(loaded(all_outputs, x, y).at(1).tensor() == expected.second.tensor());
  CHECK(loaded.predict(all_outputs, x, y).at(0) == expected.first.tensor());
  // A module is called within its model.
  struct Second {
    ProgramModule<double> both;
    Second(const Scope<double>& s, const Program<double>& p, const ParameterBlock<double>& block)
        : both(s, p, block) {}
    auto operator()(const Var<double>& a, const Var<double>& b) const {
      return both.outputs(std::array{a, b})[1];
    }
  };
  Model<Second, double> second(uninitialised, program, *model.parameters());
  second.load_state_dict(model.state_dict());
  CHECK(second(x, y).tensor() == expected.second.tensor());
  CHECK(contains(message_of<ShapeError>([&] { static_cast<void>(second(x, y.rows(0, 4))); }),
                 "expected input 1 of shape [*, 4], * for 5 samples, got [4, 4]"));
}

TEST_CASE("ProgramModule: parameters of another model are refused") {
  Generator generator(2);
  const Model<TwoHeads, double> model(generator);
  const auto program = trace(model, Shape{3}, Shape{4});
  ParameterBlock<double> other;
  other.add("left.weight", {2, 5});
  CHECK(contains(message_of<IndexError>([&] {
                   static_cast<void>(Model<ProgramModule<double>, double>(uninitialised, program, other));
                 }),
                 "the program reads parameters of another block"));
  using Names = std::vector<std::pair<std::string, std::string>>;
  CHECK(contains(message_of<IndexError>([&] {
                   static_cast<void>(Model<ProgramModule<double>, double>(
                       uninitialised, program, *model.parameters(), "TwoHeads", Names{{"tied", "none"}}));
                 }),
                 "no parameter \"none\""));
}

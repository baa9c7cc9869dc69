#include "support/named_sections.hpp"

#include <wick/nn.hpp>
#include <wick/nn/summary.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <utility>

using namespace wick;
using wick_tests::NamedSections;

namespace {

std::string printed(const Summary& summary) {
  std::ostringstream out;
  out << summary << "\n";
  return out.str();
}

// Says what it returns.
struct Said {
  ModuleId id;
  Linear<float> fc;
  explicit Said(const Scope<float>& s) : id(s.is("Said")), fc(s / "fc", 4, 4) {}
  auto operator()(const auto& x) const { return id.returned(x + fc(x)); }
};
// Does not; and calls one module twice.
struct Silent {
  Said inner;
  Linear<float> twice;
  Slot scale;
  explicit Silent(const Scope<float>& s)
      : inner(s / "inner"), twice(s / "twice", 4, 4, {.bias = false}), scale(s.add("scale", {4}, 1)) {}
  auto operator()(const auto& x, const auto& y) const {
    return twice(twice(inner(x))) * x.tape().parameter(scale) + y;
  }
};

struct Heads {
  Linear<float> a, b;
  explicit Heads(const Scope<float>& s) : a(s / "a", 3, 2), b(s / "b", 3, 1) {}
  auto operator()(const auto& x) const { return std::pair(a(x), b(x)); }
};

}  // namespace

TEST_CASE("summary: the table of torchinfo") {
  const NamedSections torchinfo("summaries.txt");
  Generator g(0);
  const Model<Sequential<Linear<float>, ReLU, Dropout, Linear<float>, LogSoftmax>> mlp(
      g, args(784, 512), args(), args(0.2), args(512, 10), args());
  CHECK(printed(summary(mlp, {64, 784})) == torchinfo["mlp"]);

  using Inner = Sequential<Tanh, Linear<float>>;
  using Body = Sequential<Linear<float>, LayerNorm<float>, Inner>;
  Model<Sequential<Flatten, Body, Linear<float>>> nested(
      g, named("flat"),
      named("body", args(12, 8, LinearOptions{.bias = false}), args(8), args(args(), args(8, 8))),
      named("head", 8, 2));
  nested.requires_grad_("body.0.weight", false);
  CHECK(printed(summary(nested, {5, 3, 4})) == torchinfo["nested"]);

  const Model<Linear<float>> linear(g, 1000, 1000);
  CHECK(printed(summary(linear, {2048, 1000})) == torchinfo["linear"]);
}

TEST_CASE("summary: classes of the user's own, and modules that are called twice") {
  Generator g(0);
  const Model<Silent> model(g);
  const auto table = summary(model, {3, 4}, Shape{3, 4});
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[0].output == Shape{3, 4});
  CHECK(table.rows[0].own_params == 4);
  CHECK(table.rows[1].output == Shape{3, 4});
  CHECK(table.rows[3].calls == 2);
  CHECK(table.rows[3].mult_adds == 2 * 3 * 16);
  CHECK(table.total_params == 4 + 20 + 16);
  CHECK(table.mult_adds == 2 * 3 * 16 + 3 * 20);
  CHECK(table.input_bytes == 2 * 12 * 4);
  CHECK(table.param_bytes == 4 * table.total_params);
  CHECK(table.pass_bytes == 2 * (3 * 12 * 4));
  // The model is as it was, and nobody watches any more.
  CHECK(model.training());
  CHECK(default_tape<float>().observer() == nullptr);
}

TEST_CASE("summary: a model of several outputs") {
  const auto made = summary(Model<Heads>(), {5, 3});
  CHECK(!made.rows.at(0).output.has_value());
  CHECK(made.rows.at(2).output == Shape{5, 1});
  CHECK(made.total_params == 12);
}

#include <wick/nn/embedding.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/graph/trace.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

using I = Tensor<std::int64_t>;
using Table = Model<Embedding<double>, double>;

// A category in column 0 of a batch, beside numbers.
struct Mixed {
  Embedding<double> colour;
  Linear<double> out;
  explicit Mixed(const Scope<double>& s) : colour(s / "colour", 4, 2), out(s / "out", 4, 1) {}
  auto operator()(const auto& x) const {
    return out(cat({flatten(colour(narrow(x, 1, 0, 1)), 1), narrow(x, 1, 1, 2)}, 1));
  }
};

// The table is the batch.
struct OfSamples {
  explicit OfSamples(const Scope<double>& /*without parameters*/) {}
  auto operator()(const auto& x) const { return embedding(x, x); }
};

void set(Table& model, const Tensor<double>& table) {
  std::ranges::copy(table.span(), model.parameters()->value("weight").data());
}

}  // namespace

TEST_CASE("Embedding: the vectors that indices name") {
  Table model(5, 3);
  const auto table = numbers({5, 3}, 1);
  set(model, table);
  const I index = I::from({{4, 0}, {1, 4}});
  const Tensor<double> y = model.predict(index);
  REQUIRE(y.shape() == Shape{2, 2, 3});
  for (Index i = 0; i < 4; ++i) {
    for (Index k = 0; k < 3; ++k) CHECK(y.data()[i * 3 + k] == table.at(index.data()[i], k));
  }
  CHECK(model.predict(Tensor<double>::from({{4, 0}, {1, 4}})) == y);
  CHECK(model.predict(I::full({}, 2)).shape() == Shape{3});
  CHECK(model.predict(I::zeros({0, 2})).shape() == Shape{0, 2, 3});
}

TEST_CASE("Embedding: gradients, of both orders, with padding and by frequency") {
  const auto table = numbers({5, 3}, 1);
  const I index = I::from({4, 0, 4, 1, 4});
  check_derivatives([&](const Variables& v) { return square(embedding(index, v[0])); }, {table});
  const auto gradient = [&](const EmbeddingOptions& options) {
    Table model(5, 3, options);
    set(model, table);
    sum(model(index)).backward();
    return Tensor<double>(std::as_const(*model.parameters()).grad("weight"));
  };
  CHECK(gradient({}).at(4, 2) == 3);
  CHECK(gradient({}).at(2, 0) == 0);
  CHECK(gradient({.padding_idx = -1}).at(4, 2) == 0);
  CHECK(gradient({.padding_idx = -1}).at(1, 2) == 1);
  CHECK(gradient({.scale_grad_by_freq = true}).at(4, 2) == doctest::Approx(1));
}

TEST_CASE("Embedding: begins with normal numbers, and zeros for padding") {
  Generator g(3);
  const Table model(g, 4, 2, EmbeddingOptions{.padding_idx = 1});
  Generator again(3);
  Tensor<double> expected({4, 2});
  normal_(expected.view(), 0, 1, again);
  expected[1].fill(0);
  CHECK(Tensor<double>(std::as_const(*model.parameters()).value("weight")) == expected);
}

TEST_CASE("Embedding: max_norm shortens vectors when they are looked up") {
  for (const double p : {0.0, 1.0, 1.5, 2.0, std::numeric_limits<double>::infinity()}) {
    CAPTURE(p);
    const auto table = Tensor<double>::from({{3, -4}, {0.25, 0.5}, {6, 8}, {0, 0}});
    const double longest = p == 0 ? 2 : 1;
    Table model(4, 2, EmbeddingOptions{.max_norm = longest, .norm_type = p});
    set(model, table);
    const double norm = p == 0     ? 2
                        : p == 1   ? 7
                        : p == 2   ? 5
                        : p == 1.5 ? std::cbrt(13.196152422706632 * 13.196152422706632)
                                   : 4;
    const double factor = norm > longest ? longest / norm : 1;
    // Passes without derivatives leave the parameters as they are, and so do programs.
    const auto y = model.predict(I::from({0, 1, 3}));
    CHECK(y.at(0, 0) == doctest::Approx(3 * factor));
    CHECK(y.at(0, 1) == doctest::Approx(-4 * factor));
    CHECK(y.at(1, 1) == 0.5);
    CHECK(y.at(2, 0) == 0);
    const auto columns = Tensor<double>::from({0, 1, 3});
    CHECK(model.predict(columns) == y);
    const Program<double> program = trace(model.module(), std::as_const(*model.parameters()), Shape{});
    Workspace<double> workspace;
    CHECK(std::ranges::equal(program(model.parameters()->values(), columns, workspace).span(), y.span()));
    CHECK(Tensor<double>(std::as_const(*model.parameters()).value("weight")) == table);
    // Where they are recorded the table is written, and its gradient is that of the shorter vectors.
    const auto z = model(I::from({0, 1, 3}));
    const Tensor<double> now(std::as_const(*model.parameters()).value("weight"));
    CHECK(z.value().at(0, 0) == now.at(0, 0));
    CHECK(now.at(0, 0) == doctest::Approx(y.at(0, 0)));
    CHECK(now.at(2, 1) == 8);
    sum(z).backward();
    CHECK(model.parameters()->grad("weight").at(0, 0) == 1);
    const auto again = model(columns);
    CHECK(again.value().at(0, 0) == now.at(0, 0));
  }
}

TEST_CASE("EmbeddingBag: max_norm in both kinds of passes") {
  Model<EmbeddingBag<double>, double> model(3, 2, EmbeddingBagOptions{.max_norm = 1, .mode = "sum"});
  const auto table = Tensor<double>::from({{3, -4}, {0.25, 0.5}, {6, 8}});
  std::ranges::copy(table.span(), model.parameters()->value("weight").data());
  const I bags = I::from({{0, 1}});
  const auto y = model.predict(bags);
  CHECK(y.at(0, 0) == doctest::Approx(0.6 + 0.25));
  CHECK(Tensor<double>(std::as_const(*model.parameters()).value("weight")) == table);
  const auto z = model(bags);
  CHECK(z.value().at(0, 1) == doctest::Approx(-0.8 + 0.5));
  CHECK(std::as_const(*model.parameters()).value("weight").at(0, 0) == doctest::Approx(0.6));
  CHECK(std::as_const(*model.parameters()).value("weight").at(2, 0) == 6);
}

TEST_CASE("Embedding: in models with numbers, and in programs") {
  Generator g(0);
  const Model<Mixed, double> model(g);
  const auto x = Tensor<double>::from({{3, 0.5, -1}, {0, 2, 0.25}});
  const auto y = model.predict(x);
  const auto& block = std::as_const(*model.parameters());
  const auto table = block.value("colour.weight");
  const auto weight = block.value("out.weight");
  CHECK(y.at(0, 0) ==
        doctest::Approx(table.at(3, 0) * weight.at(0, 0) + table.at(3, 1) * weight.at(0, 1) +
                        0.5 * weight.at(0, 2) - weight.at(0, 3) + block.value("out.bias").at(0)));
  const Program<double> program = trace(model.module(), block, Shape{3});
  Workspace<double> workspace;
  CHECK(std::ranges::equal(program(block.values(), x, workspace).span(), y.span()));
  // A program cannot stop halfway.
  const auto wrong = Tensor<double>::from({{4, 0, 0}, {0.5, 0, 0}, {-1, 0, 0}, {2, 0, 0}});
  const auto z = program(block.values(), wrong, workspace);
  for (Index i = 0; i < 3; ++i) CHECK(std::isnan(z.at(i, 0)));
  CHECK_FALSE(std::isnan(z.at(3, 0)));
  const Model<OfSamples, double> odd;
  CHECK_THROWS_AS(static_cast<void>(trace(odd.module(), *odd.parameters(), Shape{3})), ShapeError);
}

TEST_CASE("Embedding: what is no index, and wrong options") {
  const Table model(3, 2);
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(model(I::from({0, 3})));
        }) == "embedding: index out of range in self: expected a whole number in [0, 3), got 3");
  CHECK_THROWS_AS(static_cast<void>(model(I::from({-1}))), IndexError);
  for (const double wrong : {3.0, -1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS(static_cast<void>(model(Tensor<double>::full({1}, wrong))), IndexError);
  CHECK_THROWS_AS(Table(0, 2), OptionError);
  CHECK_THROWS_AS(Table(2, 0), OptionError);
  CHECK_THROWS_AS(Table(3, 2, EmbeddingOptions{.max_norm = 0}), OptionError);
  CHECK(message_of<OptionError>([] { Table(3, 2, EmbeddingOptions{.padding_idx = -4}); }) ==
        "Embedding: padding_idx must be within num_embeddings (3), got -4");
  std::ostringstream text;
  text << Table(10, 3, EmbeddingOptions{.padding_idx = -1, .max_norm = 2, .norm_type = 1});
  CHECK(text.str() == "Embedding(10, 3, padding_idx=9, max_norm=2.0, norm_type=1.0)");
}

TEST_CASE("EmbeddingBag: sums, means and largest elements of bags, and their derivatives") {
  const auto table = numbers({5, 3}, 1);
  const I index = I::from({4, 0, 1, 1, 3, 4});
  const I offsets = I::from({0, 2, 2});
  const auto bag = [&](const char* mode) {
    return [mode, &index, &offsets](const Variables& v) {
      return embedding_bag(index, v[0], offsets, {.mode = mode});
    };
  };
  Recorder<double> recorder;
  const Var<double> w = recorder->constant(table);
  const auto total = bag("sum")({w}).tensor();
  REQUIRE(total.shape() == Shape{3, 3});
  for (Index d = 0; d < 3; ++d) {
    CHECK(total.at(0, d) == table.at(4, d) + table.at(0, d));
    CHECK(total.at(1, d) == 0);
    CHECK(total.at(2, d) == doctest::Approx(2 * table.at(1, d) + table.at(3, d) + table.at(4, d)));
    CHECK(bag("mean")({w}).tensor().at(2, d) == doctest::Approx(total.at(2, d) / 4));
    CHECK(bag("max")({w}).tensor().at(0, d) == (std::max)(table.at(4, d), table.at(0, d)));
    CHECK(bag("max")({w}).tensor().at(1, d) == 0);
  }
  for (const char* mode : {"sum", "mean", "max"})
    check_derivatives([&](const Variables& v) { return square(bag(mode)(v)); }, {table});
  const auto weights = numbers({6}, 2);
  check_derivatives(
      [&](const Variables& v) { return embedding_bag(index, v[0], offsets, {.mode = "sum"}, v[1]); },
      {table, weights});
  // Rows as bags, and padding that is in none.
  const BagOptions padded{.mode = "mean", .padding_idx = 1};
  const auto by_rows = embedding_bag(Tensor<std::int64_t>(index).reshape({2, 3}), w, {}, padded).tensor();
  CHECK(by_rows.at(0, 0) == doctest::Approx((table.at(4, 0) + table.at(0, 0)) / 2));
  CHECK(by_rows.at(1, 0) == doctest::Approx((table.at(3, 0) + table.at(4, 0)) / 2));
  CHECK(embedding_bag(I::from({1, 1}), w, I::from({0}), padded).tensor() == Tensor<double>::zeros({1, 3}));
  // The end of the last bag may be said.
  const BagOptions last{.mode = "sum", .include_last_offset = true};
  CHECK(embedding_bag(index, w, I::from({0, 2, 3}), last).tensor().at(1, 0) == table.at(1, 0));
  CHECK(embedding_bag(I::zeros({0}), w, I::from({0}), {.mode = "max"}).tensor() ==
        Tensor<double>::zeros({1, 3}));
  CHECK(embedding_bag(I::zeros({0}), w, I::zeros({0})).shape() == Shape{0, 3});
}

TEST_CASE("EmbeddingBag: what does not fit is refused") {
  Recorder<double> recorder;
  const Var<double> w = recorder->constant(numbers({5, 3}, 1));
  const I index = I::from({4, 0, 1});
  const auto bags = [&](const I& offsets, const BagOptions& options = {}) {
    return [&w, index, offsets, options] { static_cast<void>(embedding_bag(index, w, offsets, options)); };
  };
  CHECK_THROWS_AS(bags(I::from({1}))(), IndexError);
  CHECK_THROWS_AS(bags(I::from({0, 2, 1}))(), IndexError);
  CHECK_THROWS_AS(bags(I::from({0, 4}))(), IndexError);
  CHECK_THROWS_AS(bags(I::zeros({0}), {.include_last_offset = true})(), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(embedding_bag(I::zeros({1, 1, 1}), w)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(embedding_bag(I::zeros({1, 1}), w, I::from({0}))), ShapeError);
  CHECK(message_of<OptionError>(bags(I::from({0}), {.mode = "min"})) ==
        "embedding_bag: mode has to be one of sum, mean or max, got \"min\"");
  CHECK_THROWS_AS(bags(I::from({0}), {.mode = "max", .scale_grad_by_freq = true})(), OptionError);
  CHECK_THROWS_AS(static_cast<void>(embedding_bag(index, w, I::from({0}), {.mode = "mean"},
                                                  recorder->constant(numbers({3}, 1)))),
                  OptionError);
  using Bag = Model<EmbeddingBag<double>, double>;
  CHECK_THROWS_AS(Bag(3, 2, EmbeddingBagOptions{.mode = "median"}), OptionError);
  std::ostringstream text;
  text << Bag(3, 2, EmbeddingBagOptions{.mode = "sum", .padding_idx = -1});
  CHECK(text.str() == "EmbeddingBag(3, 2, mode='sum', padding_idx=2)");
}

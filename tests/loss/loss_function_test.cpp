#include <wick/loss/loss_function.hpp>

#include "support/fixture.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/binary_cross_entropy.hpp>
#include <wick/autograd/losses.hpp>
#include <wick/autograd/margin_losses.hpp>
#include <wick/autograd/regression_losses.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/loss/bce_with_logits.hpp>
#include <wick/loss/cross_entropy.hpp>
#include <wick/loss/margin.hpp>
#include <wick/loss/mse.hpp>
#include <wick/loss/regression.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::Fixture;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

struct Given {
  int kind;  // 0: a gradient is wanted, 1: none, 2: classes
  Tensor<double> values;
  Tensor<std::int64_t> classes;
};

struct Case {
  std::string name;
  std::map<std::string, double> options;
  std::vector<Given> given;
  Tensor<double> loss;
  std::vector<Tensor<double>> gradients;

  [[nodiscard]] double number(const std::string& option, double otherwise) const {
    const auto at = options.find(option);
    return at == options.end() ? otherwise : at->second;
  }
  [[nodiscard]] bool has(const std::string& option) const { return options.contains(option); }
};

std::optional<Case> next(Fixture& file) {
  if (file.at_end()) return std::nullopt;
  Case c;
  std::istringstream words(file.text());
  words >> c.name;
  for (std::string word; words >> word;) {
    const auto at = word.find('=');
    c.options[word.substr(0, at)] = std::stod(word.substr(at + 1));
  }
  for (auto n = file.get<std::uint8_t>(); n > 0; --n) {
    Given g{file.get<std::uint8_t>(), {}, {}};
    const Shape shape = file.shape();
    if (g.kind == 2) {
      g.classes = file.tensor<std::int64_t>(shape);
    } else {
      g.values = file.tensor<double>(shape);
    }
    c.given.push_back(std::move(g));
  }
  const Shape shape = file.shape();
  c.loss = file.tensor<double>(shape);
  for (const Given& g : c.given) {
    if (g.kind == 0) c.gradients.push_back(file.tensor<double>(g.values.shape()));
  }
  return c;
}

template <class T>
Tensor<T> as(const Tensor<double>& x) {
  Tensor<T> y(x.shape());
  for (Index i = 0; i < x.numel(); ++i) y.data()[i] = static_cast<T>(x.data()[i]);
  return y;
}

template <class T>
void check_close(TensorView<const T> got, TensorView<const double> expected, double relative) {
  REQUIRE(got.shape() == expected.shape());
  for (Index i = 0; i < got.numel(); ++i) {
    const double e = expected.data()[i];
    const auto g = static_cast<double>(got.data()[i]);
    if (g == e || std::abs(g - e) <= relative * (1 + std::abs(e))) continue;
    CAPTURE(i);
    CAPTURE(g);
    CHECK(g == e);
  }
}

/// The loss of a case, by its class; v holds the variables, empty ones for classes.
template <class T>
Var<T> loss_of(const Case& c, const std::vector<Var<T>>& v, const std::optional<Tensor<T>>& weight,
               const std::optional<Tensor<T>>& pos_weight) {
  const auto r = static_cast<Reduction>(static_cast<int>(c.number("reduction", 0)));
  const auto set = [&](const char* option) { return c.number(option, 0) != 0; };
  if (c.name == "l1_loss") return L1Loss(r)(v[0], v[1]);
  if (c.name == "mse_loss") return MSELoss(r)(v[0], v[1]);
  if (c.name == "smooth_l1_loss")
    return SmoothL1Loss({.beta = c.number("beta", 1), .reduction = r})(v[0], v[1]);
  if (c.name == "huber_loss") return HuberLoss({.delta = c.number("delta", 1), .reduction = r})(v[0], v[1]);
  if (c.name == "poisson_nll_loss") {
    return PoissonNLLLoss({.log_input = c.number("log_input", 1) != 0,
                           .full = set("full"),
                           .eps = c.number("eps", 1e-8),
                           .reduction = r})(v[0], v[1]);
  }
  if (c.name == "gaussian_nll_loss") {
    return GaussianNLLLoss({.full = set("full"), .eps = c.number("eps", 1e-6), .reduction = r})(v[0], v[1],
                                                                                                v[2]);
  }
  if (c.name == "kl_div") {
    return KLDivLoss({.log_target = set("log_target"), .batchmean = set("batchmean"), .reduction = r})(v[0],
                                                                                                       v[1]);
  }
  if (c.name == "binary_cross_entropy") return BCELoss<T>({.weight = weight, .reduction = r})(v[0], v[1]);
  if (c.name == "binary_cross_entropy_with_logits") {
    return BCEWithLogitsLoss<T>({.weight = weight, .reduction = r, .pos_weight = pos_weight})(v[0], v[1]);
  }
  const double margin =
      c.number("margin", c.name == "margin_ranking_loss" || c.name == "cosine_embedding_loss" ? 0 : 1);
  if (c.name == "hinge_embedding_loss")
    return HingeEmbeddingLoss({.margin = margin, .reduction = r})(v[0], v[1]);
  if (c.name == "margin_ranking_loss") {
    return MarginRankingLoss({.margin = margin, .reduction = r})(v[0], v[1], v[2]);
  }
  if (c.name == "soft_margin_loss") return SoftMarginLoss(r)(v[0], v[1]);
  if (c.name == "cosine_embedding_loss") {
    return CosineEmbeddingLoss({.margin = margin, .reduction = r})(v[0], v[1], v[2]);
  }
  if (c.name == "triplet_margin_loss") {
    return TripletMarginLoss({.margin = margin,
                              .p = c.number("p", 2),
                              .eps = c.number("eps", 1e-6),
                              .swap = set("swap"),
                              .reduction = r})(v[0], v[1], v[2]);
  }
  if (c.name == "multi_margin_loss") {
    return MultiMarginLoss<T>(
        {.p = static_cast<int>(c.number("p", 1)), .margin = margin, .weight = weight, .reduction = r})(
        v[0], c.given[1].classes);
  }
  if (c.name == "multilabel_margin_loss") return MultiLabelMarginLoss(r)(v[0], c.given[1].classes);
  if (c.name == "multilabel_soft_margin_loss") {
    return MultiLabelSoftMarginLoss<T>({.weight = weight, .reduction = r})(v[0], v[1]);
  }
  REQUIRE(c.name == "cross_entropy");
  const CrossEntropyLoss<T> loss({.weight = weight,
                                  .ignore_index = static_cast<std::int64_t>(c.number("ignore_index", -100)),
                                  .reduction = r,
                                  .label_smoothing = c.number("label_smoothing", 0)});
  return c.given[1].kind == 2 ? loss(v[0], c.given[1].classes) : loss(v[0], v[1]);
}

template <class T>
void check_case(const Case& c) {
  Recorder<T> recorder;
  std::vector<Var<T>> v;
  std::vector<Var<T>> wanted;
  for (const Given& g : c.given) {
    v.push_back(g.kind == 2 ? Var<T>() : recorder->constant(as<T>(g.values), g.kind == 0));
    if (g.kind == 0) wanted.push_back(v.back());
  }
  std::optional<Tensor<T>> weight, pos_weight;
  const std::size_t last = c.given.size() - 1;
  if (c.has("pos_weight")) pos_weight = as<T>(c.given[last].values);
  if (c.has("weight")) weight = as<T>(c.given[c.has("pos_weight") ? last - 1 : last].values);
  const Var<T> loss = loss_of<T>(c, v, weight, pos_weight);
  const double relative = sizeof(T) == 4 ? 1e-5 : 1e-12;
  check_close<T>(loss.value(), c.loss, relative);
  Tensor<T> dy(loss.shape());
  for (Index i = 0; i < dy.numel(); ++i) dy.data()[i] = T(1) / static_cast<T>(1 + i);
  const auto gradients = grad(std::vector{loss}, wanted, {recorder->constant(dy)});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CAPTURE(i);
    // Of a probability of 0 or 1 the derivative is about 1e12, in which floats leave no digits of the rest.
    const bool at_ends =
        c.name == "binary_cross_entropy" && sizeof(T) == 4 && c.given[0].values.data()[0] == 0;
    if (!at_ends) check_close<T>(gradients[i].value(), c.gradients[i], relative);
  }
}

}  // namespace

TEST_CASE("losses: PyTorch's values and gradients, with all options and reductions") {
  Fixture file("losses.bin");
  int count = 0;
  while (const auto c = next(file)) {
    CAPTURE(c->name);
    std::string options;
    for (const auto& [option, value] : c->options) options += option + "=" + std::to_string(value) + " ";
    CAPTURE(options);
    check_case<double>(*c);
    check_case<float>(*c);
    ++count;
  }
  CHECK(count > 100);
}

TEST_CASE("losses: derivatives of both orders against central differences") {
  const auto x = numbers({3, 4}, 1);
  const auto y = numbers({3, 4}, 2);
  const auto p = numbers({3, 4}, 3, 0.1, 0.9);
  const auto signs = Tensor<double>::from({{1, -1, 1, 1}, {-1, -1, 1, -1}, {1, 1, -1, 1}});
  const auto classes = Tensor<std::int64_t>::from({2, 0, 3});
  const auto labels = Tensor<std::int64_t>::from({{3, 0, -1, 1}, {-1, 0, 0, 0}, {2, -1, 2, 3}});
  const auto check_one = [](const auto& f, const std::vector<Tensor<double>>& inputs) {
    check_derivatives([&](const Variables& v) { return f(v); }, inputs);
  };
  check_one([&](const Variables& v) { return l1_loss(v[0], v[1]); }, {x, y});
  check_one([&](const Variables& v) { return smooth_l1_loss(v[0], v[1], {.beta = 0.8}); }, {x, y});
  check_one([&](const Variables& v) { return huber_loss(v[0], v[1], {.delta = 0.7}); }, {x, y});
  check_one([&](const Variables& v) { return poisson_nll_loss(v[0], y, {.full = true}); }, {x});
  check_one([&](const Variables& v) { return poisson_nll_loss(v[0], y, {.log_input = false}); }, {p});
  check_one([&](const Variables& v) { return gaussian_nll_loss(v[0], v[1], v[2], {.full = true}); },
            {x, y, p});
  check_one([&](const Variables& v) { return kl_div(v[0], v[1]); }, {x, p});
  check_one([&](const Variables& v) { return kl_div(v[0], v[1], {.log_target = true}); }, {x, y});
  check_one([&](const Variables& v) { return binary_cross_entropy(v[0], v[1]); }, {p, p});
  check_one(
      [&](const Variables& v) {
        return binary_cross_entropy_with_logits(v[0], p,
                                                {.pos_weight = Tensor<double>::from({1, 2, 3, 0.5})});
      },
      {x});
  check_one([&](const Variables& v) { return hinge_embedding_loss(v[0], signs); }, {x});
  check_one([&](const Variables& v) { return margin_ranking_loss(v[0], v[1], signs, {.margin = 0.3}); },
            {x, y});
  check_one([&](const Variables& v) { return soft_margin_loss(v[0], signs); }, {x});
  check_one(
      [&](const Variables& v) {
        return cosine_embedding_loss(v[0], v[1], Tensor<double>::from({1, -1, -1}), {.margin = -0.9});
      },
      {x, y});
  check_one([&](const Variables& v) { return triplet_margin_loss(v[0], v[1], v[2], {.margin = 3}); },
            {x, y, p});
  check_one([&](const Variables& v) { return triplet_margin_loss(v[0], v[1], v[2], {.margin = 3, .p = 3}); },
            {x, y, p});
  check_one([&](const Variables& v) { return multi_margin_loss(v[0], classes, {.p = 2}); }, {x});
  check_one([&](const Variables& v) { return multilabel_margin_loss(v[0], labels); }, {x});
  check_one([&](const Variables& v) { return multilabel_soft_margin_loss(v[0], p); }, {x});
  check_one([&](const Variables& v) { return cross_entropy(v[0], classes, {.label_smoothing = 0.1}); }, {x});
  check_one([&](const Variables& v) { return cross_entropy(v[0], v[1], {.label_smoothing = 0.1}); }, {x, p});
  check_one([&](const Variables& v) { return weighted(mse_loss(v[0], y, Reduction::none), v[1]); },
            {x, numbers({3}, 5, 0.5, 2)});
}

TEST_CASE("losses: a weight for each sample") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({{1, 2}, {3, 5}, {0, 1}}));
  const auto zeros = Tensor<double>::zeros({3, 2});
  const auto losses = l1_loss(x, zeros, Reduction::none);
  const auto weight = Tensor<double>::from({1, 0, 3});
  CHECK(weighted(losses, weight).item() == doctest::Approx((3 + 3 * 1) / 8.0));
  CHECK(weighted(losses, weight, Reduction::sum).item() == 6);
  CHECK(weighted(losses, weight, Reduction::none).tensor() == Tensor<double>::from({{1, 2}, {0, 0}, {0, 3}}));
  CHECK(message_of<ShapeError>([&] { static_cast<void>(weighted(mean(losses), weight)); }) ==
        "weighted: expected one weight for each sample of losses of shape [], got weights of shape [3]; "
        "losses are "
        "recorded with Reduction::none");
}

TEST_CASE("kl_div: 0 for a target of 0, NaN for one below, as in PyTorch") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({-1, -2, -3}), true);
  const auto losses = kl_div(x, Tensor<double>::from({-0.5, 0, 0.5}), {.reduction = Reduction::none});
  CHECK(std::isnan(losses.value().data()[0]));
  CHECK(losses.value().data()[1] == 0);
  CHECK(losses.value().data()[2] == doctest::Approx(0.5 * std::log(0.5) + 1.5));
  sum(narrow(losses, 0, 1, 2)).backward();
  CHECK(Tensor<double>(x.grad()) == Tensor<double>::from({0, 0, -0.5}));
}

TEST_CASE("losses: wrong options, shapes and targets are refused") {
  Recorder<float> recorder;
  const auto x = recorder->input(Tensor<float>::ones({2, 3}));
  const auto y = Tensor<float>::ones({2, 3});
  const auto narrow_one = Tensor<float>::ones({2, 1});
  using Classes = Tensor<std::int64_t>;
  CHECK(message_of<OptionError>([&] { static_cast<void>(smooth_l1_loss(x, y, {.beta = -1})); }) ==
        "smooth_l1_loss does not support negative values for beta, got -1.0");
  CHECK(message_of<OptionError>([&] { static_cast<void>(huber_loss(x, y, {.delta = 0})); }) ==
        "huber_loss does not support non-positive values for delta, got 0.0");
  CHECK(message_of<Error>([&] {
          static_cast<void>(binary_cross_entropy(x * 2.0F, y));
        }).starts_with("binary_cross_entropy: all elements of input should be between 0 and 1, got 2.0"));
  CHECK(message_of<ShapeError>([&] { static_cast<void>(binary_cross_entropy(x, narrow_one)); }) ==
        "binary_cross_entropy: Target size ([2, 1]) must be the same as input size ([2, 3])");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(binary_cross_entropy_with_logits(x, y, {.pos_weight = Tensor<float>::ones({2})}));
        }) == "binary_cross_entropy_with_logits: pos_weight: shape [2] does not broadcast to [2, 3]");
  CHECK(message_of<Error>([&] {
          static_cast<void>(gaussian_nll_loss(x, y, Tensor<float>::full({2, 3}, -1)));
        }) == "gaussian_nll_loss: var has negative entry/entries");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(gaussian_nll_loss(x, y, Tensor<float>::ones({3})));
        }).starts_with("gaussian_nll_loss: var is of incorrect size [3]"));
  CHECK(message_of<ShapeError>([&] { static_cast<void>(margin_ranking_loss(x, y, narrow_one)); }) ==
        "margin_ranking_loss: All input tensors should have same dimension but got sizes: input1: [2, 3], "
        "input2: "
        "[2, 3], target: [2, 1]");
  CHECK(message_of<OptionError>([&] { static_cast<void>(triplet_margin_loss(x, y, y, {.margin = -1})); }) ==
        "triplet_margin_loss: expected margin to be greater than 0, got -1.0 instead");
  CHECK(message_of<OptionError>([&] {
          static_cast<void>(multi_margin_loss(x, Classes::from({0, 1}), {.p = 3}));
        }) == "multi_margin_loss: only p == 1 and p == 2 supported, got 3");
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(multi_margin_loss(x, Classes::from({0, 3})));
        }) == "multi_margin_loss: target out of range: row 1 must hold classes in [0, 3), got 3");
  CHECK_THROWS_AS(static_cast<void>(multilabel_margin_loss(x, Classes::from({{0, 1, 5}, {0, 0, 0}}))),
                  IndexError);
  CHECK_THROWS_AS(static_cast<void>(multilabel_margin_loss(x, Classes::from({{0, 1}}))), ShapeError);
  CHECK(message_of<OptionError>([&] {
          static_cast<void>(cross_entropy(x, Classes::from({0, 1}), {.label_smoothing = 2}));
        }) == "cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: 2.0");
  CHECK(message_of<OptionError>([&] { static_cast<void>(cross_entropy(x, y, {.ignore_index = 1})); }) ==
        "cross_entropy: ignore_index is not supported for floating point target, got 1");
  CHECK_THROWS_AS(CrossEntropyLoss<float>({.label_smoothing = -0.1}), OptionError);
  CHECK_THROWS_AS(static_cast<void>(l1_loss(x, narrow_one)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(kl_div(x, narrow_one)), ShapeError);
}

TEST_CASE("losses: print as in PyTorch") {
  std::ostringstream out;
  out << L1Loss() << SmoothL1Loss() << HuberLoss() << PoissonNLLLoss() << GaussianNLLLoss() << KLDivLoss()
      << BCELoss() << BCEWithLogitsLoss() << HingeEmbeddingLoss() << MarginRankingLoss() << SoftMarginLoss()
      << CosineEmbeddingLoss() << TripletMarginLoss() << MultiMarginLoss() << MultiLabelMarginLoss()
      << MultiLabelSoftMarginLoss() << CrossEntropyLoss();
  CHECK(out.str() ==
        "L1Loss()SmoothL1Loss()HuberLoss()PoissonNLLLoss()GaussianNLLLoss()KLDivLoss()BCELoss()"
        "BCEWithLogitsLoss()"
        "HingeEmbeddingLoss()MarginRankingLoss()SoftMarginLoss()CosineEmbeddingLoss()TripletMarginLoss()"
        "MultiMarginLoss()MultiLabelMarginLoss()MultiLabelSoftMarginLoss()CrossEntropyLoss()");
}

#include <wick/graph/mixed.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/nn/model.hpp>
#include <wick/ops/parts.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <utility>

using namespace wick;
using wick_tests::check_traced_as;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::Values;

namespace {

struct Scaled {
  Slot w;
  explicit Scaled(const Scope<double>& s) : w(s.add("w", {2}, 3)) {}
  auto operator()(const auto& x) const { return maximum(w, x) + pow(x, w) + dot(x, w); }
};

}  // namespace

TEST_CASE("functions of values beside tensors: programs give the bits of the tape") {
  const auto m = Tensor<double>::from({{1, 2}, {3, 4}});
  const auto v = Tensor<double>::from({2, -1});
  check_traced_as<double>(
      {2}, [&](const auto& x) { return matmul(x, m) + linear(x, m) + linear(x, m, v) + mm(x, m); },
      [](const Values& x) {
        return Values{2 * (x[0] + 3 * x[1]) + 2 * (x[0] + 2 * x[1]) + 2,
                      2 * (2 * x[0] + 4 * x[1]) + 2 * (3 * x[0] + 4 * x[1]) - 1};
      });
  const auto mask = Tensor<bool>::from({true, false});
  check_traced_as<double>(
      {2},
      [&](const auto& x) {
        return maximum(x, v) + minimum(v, x) + where(mask, x, v) + where(mask, v, x) + sub(v, mul(x, v)) +
               div(add(x, v), v);
      },
      [](const Values& x) {
        Values y;
        for (std::size_t i = 0; i < 2; ++i) {
          const double w = i == 0 ? 2 : -1;
          y.push_back(2 * (x[i] + w) + w - x[i] * w + (x[i] + w) / w);
        }
        return y;
      });
  check_traced_as<double>(
      {2}, [&](const auto& x) { return fmod(x, v) + hypot(v, x) + pow(v * v, x) + pow(exp(x), v); },
      [](const Values& x) {
        return Values{std::fmod(x[0], 2) + std::hypot(2, x[0]) + std::pow(4, x[0]) + std::exp(2 * x[0]),
                      std::fmod(x[1], -1) + std::hypot(1, x[1]) + 1 + std::exp(-x[1])};
      });
}

TEST_CASE("functions of values beside tensors and parameters: derivatives") {
  const auto m = Tensor<double>::from({{1, 2}, {3, 4}});
  const auto v = Tensor<double>::from({2, 1});
  const auto f = [&](const auto& in) {
    auto y =
        matmul(m, in[0]) + matmul(in[0], m) + outer(v, select(in[0], 0, 0)) + dot(v, select(in[0], 0, 1));
    y += maximum(in[0], v);
    y *= linear(m, in[0]);
    y -= linear(in[0], m, v);
    y /= 2.0;
    return y + reshape(bmm(reshape(in[0], {1, 2, 2}), m.reshape({1, 2, 2})), {2, 2});
  };
  CHECK(gradcheck(f, {Tensor<double>::from({{0.5, -1}, {1.5, 3}})}));

  const Model<Scaled, double> model;
  CHECK(model.predict(v) == Tensor<double>::from({3 + 8 + 9, 3 + 1 + 9}));
  sum(model(v)).backward();
  const auto by = model.parameters()->grad("w");
  CHECK(by.at(0) == doctest::Approx(1 + 8 * std::log(2) + 4));
  CHECK(by.at(1) == doctest::Approx(1 + 2));
  CHECK(contains(message_of<ShapeError>([&] { static_cast<void>(model.predict(m)); }),
                 "dot: 1D tensors expected"));
}

TEST_CASE("what assigns gives a variable another value, and copies keep theirs") {
  auto x = requires_grad(Tensor<double>::from({1, 2}));
  const auto before = x;
  auto y = x;
  y += 1;
  y *= Tensor<double>::from({2, 3});
  y -= x;
  y /= before;
  CHECK(y.tensor() == Tensor<double>::from({3, 3.5}));
  CHECK(before.tensor() == Tensor<double>::from({1, 2}));
  sum(y).backward();
  CHECK(before.grad().at(0) == -2);  // (2 (x + 1) - x) / x
}

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/function.hpp>
#include <wick/autograd/functional.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/grad.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/operands.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops/combine.hpp>
#include <wick/ops/parts.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace wick;
using wick_tests::message_of;
using wick_tests::numbers;

namespace {

using Numbers = Tensor<double>;

// torch.autograd.functional of 2.13 on
//   w = torch.tensor([[1., -2., 0.5], [0.25, 3., -1.]], dtype=torch.float64)
//   f = lambda x: (w @ x).tanh() * x[:2]
//   g = lambda x: (x[0] * x[1] ** 2).exp() + (x * x[[1, 2, 0]]).sin().sum()
//   x = torch.tensor([0.3, -0.4, 0.9], dtype=torch.float64)
const Numbers point = Numbers::from({0.3, -0.4, 0.9});
const Numbers direction = Numbers::from({1, -2, 0.5});
const Numbers weights = Numbers::from({{1, -2, 0.5}, {0.25, 3, -1}});

auto products(const Var<double>& x) {
  const auto rows = reshape(matmul(x.tape().constant(weights), reshape(x, {3, 1})), {2});
  return tanh(rows) * narrow(x, 0, 0, 2);
}
auto waves(const Var<double>& x) {
  const auto shifted = index_select(x, 0, Tensor<std::int64_t>::from({1, 2, 0}));
  return exp(select(x, 0, 0) * square(select(x, 0, 1))) + sum(sin(x * shifted));
}

void check_near(const Numbers& got, const Numbers& expected) {
  REQUIRE(got.shape() == expected.shape());
  CHECK(allclose(got, expected, {.rtol = 1e-12, .atol = 1e-12}));
}

}  // namespace

TEST_CASE("functional: PyTorch's numbers") {
  check_near(jacobian(products, point),
             Numbers::from({{0.9632843135328641, -0.09899764683007282, 0.024749411707518206},
                            {-0.006732320319491821, -1.0465397772024465, 0.026929281277967284}}));
  check_near(vjp(products, point, Numbers::from({0.5, -1.5})).first,
             Numbers::from({0.2741356470353483, 0.38630077334741786}));
  check_near(vjp(products, point, Numbers::from({0.5, -1.5})).second,
             Numbers::from({0.4917406372456698, 1.5203108423886331, -0.028019216063191826}));
  check_near(jvp(products, point, direction).second, Numbers::from({1.173654313046769, 2.099811874724385}));
  check_near(hessian(waves, point),
             Numbers::from({{-0.17003974177541967, 0.0988184935551597, 0.8917534084599061},
                            {0.09881849355515981, 0.9860508505501975, 0.8090780996989024},
                            {0.8917534084599061, 0.8090780996989024, 0.03235804802201961}}));
  CHECK(hvp(waves, point, direction).first.item() == doctest::Approx(0.8439156514492925).epsilon(1e-13));
  check_near(hvp(waves, point, direction).second,
             Numbers::from({0.07819997534421397, -1.468744157695784, -0.7102237669268889}));
}

TEST_CASE("functional: Jacobians beside central differences, of several dimensions and inputs") {
  const auto f = [](const std::vector<Var<double>>& x) { return reshape(matmul(x[0], tanh(x[1])), {4, 1}); };
  std::vector<Numbers> inputs{numbers({2, 3}, 1), numbers({3, 2}, 2)};
  const auto at = [&] {
    const NoGrad no_grad;
    return f({default_tape<double>().constant(inputs[0]), default_tape<double>().constant(inputs[1])})
        .tensor();
  };
  const auto rows = jacobian(f, inputs);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].shape() == Shape{4, 1, 2, 3});
  CHECK(rows[1].shape() == Shape{4, 1, 3, 2});
  for (std::size_t i = 0; i < 2; ++i) {
    for (Index e = 0; e < 6; ++e) {
      double& x = inputs[i].data()[e];
      const double before = x;
      x = before + 1e-6;
      const Numbers up = at();
      x = before - 1e-6;
      const Numbers down = at();
      x = before;
      for (Index o = 0; o < 4; ++o)
        CHECK(rows[i].data()[o * 6 + e] ==
              doctest::Approx((up.data()[o] - down.data()[o]) / 2e-6).epsilon(1e-6));
    }
  }
}

TEST_CASE("functional: products are those with the whole matrices") {
  const auto whole = jacobian(products, point);
  const Numbers left = Numbers::from({0.5, -1.5});
  const auto [y, row] = vjp(products, point, left);
  const auto [same, column] = jvp(products, point, direction);
  CHECK(equal(y, same));
  for (Index i = 0; i < 3; ++i)
    CHECK(row.at(i) == doctest::Approx(0.5 * whole.at(0, i) - 1.5 * whole.at(1, i)).epsilon(1e-13));
  for (Index o = 0; o < 2; ++o) {
    CHECK(column.at(o) ==
          doctest::Approx(whole.at(o, 0) - 2 * whole.at(o, 1) + 0.5 * whole.at(o, 2)).epsilon(1e-13));
  }
  const auto curvature = hessian(waves, point);
  const auto product = hvp(waves, point, direction).second;
  for (Index i = 0; i < 3; ++i) {
    CHECK(product.at(i) ==
          doctest::Approx(curvature.at(i, 0) - 2 * curvature.at(i, 1) + 0.5 * curvature.at(i, 2))
              .epsilon(1e-13));
    for (Index j = 0; j < 3; ++j) CHECK(curvature.at(i, j) == doctest::Approx(curvature.at(j, i)));
  }
}

TEST_CASE("functional: several inputs, some of which nothing depends on") {
  const std::vector<Numbers> inputs{numbers({2}, 1), numbers({3}, 2), numbers({}, 3)};
  // sum(x) * z + z^3 + 5, and nothing of the second.
  const auto f = [](const std::vector<Var<double>>& x) {
    return sum(x[0]) * x[2] + x[2] * x[2] * x[2] + 5.0;
  };
  const double z = inputs[2].item();
  const auto second = hessian(f, inputs);
  CHECK(equal(second[0][0], Numbers::zeros({2, 2})));
  CHECK(equal(second[0][2], Numbers::ones({2})));
  CHECK(equal(second[1][0], Numbers::zeros({3, 2})));
  CHECK(second[2][2].item() == doctest::Approx(6 * z));
  const auto [value, first] = vjp(f, inputs, Numbers::full({}, 2));
  CHECK(equal(first[1], Numbers::zeros({3})));
  CHECK(first[0].at(0) == doctest::Approx(2 * z));
  const auto product = hvp(f, inputs, {Numbers::ones({2}), Numbers::ones({3}), Numbers::full({}, 1)}).second;
  CHECK(product[2].item() == doctest::Approx(2 + 6 * z));
  CHECK(equal(product[1], Numbers::zeros({3})));
  // Linear: no second derivative; constant: no first.
  CHECK(equal(hessian([](const auto& x) { return sum(x); }, point), Numbers::zeros({3, 3})));
  const auto fixed = [](const Var<double>& x) { return x.tape().constant(Numbers::ones({2})); };
  CHECK(equal(jacobian(fixed, point), Numbers::zeros({2, 3})));
  CHECK(equal(jvp(fixed, point, direction).second, Numbers::zeros({2})));
  CHECK(equal(jacobian([](const auto& x) { return x * x; }, Numbers::zeros({0})), Numbers::zeros({0, 0})));
}

TEST_CASE("functional: models, other variables, NoGrad, and the memory of the tape") {
  Generator generator(1);
  const Model<Linear<double>, double> model(generator, 3, 2);
  const auto by_inputs = [&](const Var<double>& x) { return model(x); };
  const NoGrad no_grad;
  const auto slope = jacobian(by_inputs, point);
  CHECK(equal(slope, model.parameters()->value("weight")));
  CHECK_FALSE(is_grad_enabled());
  // A variable from outside stays on the tape; rows leave nothing there.
  Tape<double>& tape = default_tape<double>();
  const auto kept = tape.input(numbers({64}, 4));
  const std::size_t size = tape.size();
  const auto scaled = [&](const Var<double>& x) { return x * kept; };
  const auto diagonal = jacobian(scaled, numbers({64}, 5));
  CHECK(tape.size() < size + 6);
  for (Index i = 0; i < 64; ++i) CHECK(diagonal.at(i, i) == kept.value().at(i));
}

TEST_CASE("functional: what cannot be had") {
  CHECK(message_of<ShapeError>([] { static_cast<void>(vjp(products, point, direction)); }) ==
        "vjp: v has invalid size: should be torch.Size([2]) but got torch.Size([3])");
  CHECK(message_of<ShapeError>([] { static_cast<void>(jvp(products, point, Numbers::ones({2}))); }) ==
        "jvp: v has invalid size: should be torch.Size([3]) but got torch.Size([2])");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(hvp(waves, point, Numbers::ones({1, 3})));
        }) == "hvp: v has invalid size: should be torch.Size([3]) but got torch.Size([1, 3])");
  CHECK(
      message_of<ShapeError>([] { static_cast<void>(hessian(products, point)); }) ==
      "The Tensor returned by the function given to hessian should contain a single element, got shape [2]");
  const auto f = [](const std::vector<Var<double>>& x) { return sum(x[0]); };
  CHECK(message_of<Error>([&] { static_cast<void>(jacobian(f, std::vector<Numbers>{})); }) ==
        "expected one input or more, got none");
  CHECK(message_of<Error>([&] {
          static_cast<void>(jvp(f, std::vector<Numbers>{point}, {point, point}));
        }) == "jvp: expected a v for each of the 1 inputs, got 2");
}

namespace {

struct AsksForAnother {
  static auto forward(const Var<double>& x) { return x * x; }
  static Var<double> backward(const Var<double>& dy, const Var<double>& /*y*/, const Var<double>& x) {
    return dy * grad(sum(square(x)), x);
  }
};

}  // namespace

TEST_CASE("grad: within a derivative on the same tape") {
  Recorder<double> recorder;
  const auto x = recorder->input(point, true);
  const auto y = sum(apply<AsksForAnother>(x));
  CHECK(
      wick_tests::contains(message_of<Error>([&] { y.backward(); }), "grad: called while the derivative of"));
  // The tape is as it was.
  const auto z = sum(x * x);
  CHECK(grad(z, x).tensor().at(0) == 0.6);
}

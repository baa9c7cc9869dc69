#include "support/allocations.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/function.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <tuple>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::check_derivatives;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

struct Swish {
  static auto forward(const auto& x) { return x * sigmoid(x); }
  static auto backward(const auto& dy, const auto& y, const auto& x) {
    const auto s = sigmoid(x);
    return dy * (s + y * (1 - s));
  }
};

// The same with the sigmoid saved.
struct SavingSwish {
  static auto forward(const auto& x) {
    const auto s = sigmoid(x);
    return std::tuple{x * s, s};
  }
  static auto backward(const auto& dy, const auto& y, const auto& s, const auto&) {
    return dy * (s + y * (1 - s));
  }
};

// The same in loops over tensors.
struct LoopSwish {
  static Tensor<double> forward(TensorView<const double> x) {
    Tensor<double> y(x.shape());
    for (Index i = 0; i < x.numel(); ++i) y.data()[i] = x.data()[i] / (1 + std::exp(-x.data()[i]));
    return y;
  }
  static Tensor<double> backward(TensorView<const double> dy, TensorView<const double> y,
                                 TensorView<const double> x) {
    Tensor<double> dx(x.shape());
    for (Index i = 0; i < x.numel(); ++i) {
      const double s = 1 / (1 + std::exp(-x.data()[i]));
      dx.data()[i] = dy.data()[i] * (s + y.data()[i] * (1 - s));
    }
    return dx;
  }
};

// scale a b + c, with c broadcast; the gradient of c is left for the tape to sum.
struct MulAdd {
  double scale;
  auto forward(const auto& a, const auto& b, const auto& c) const { return a * b * scale + c; }
  auto backward(const auto& dy, const auto&, const auto& a, const auto& b, const auto&) const {
    return std::tuple{dy * b * scale, dy * a * scale, dy};
  }
};

// Backwards the other way round: PyTorch users know it from domain adaptation.
struct Reversal {
  double strength;
  static auto forward(const auto& x) { return x; }
  auto backward(const auto& dy, const auto&...) const { return dy * -strength; }
};

struct FirstOnly {
  static auto forward(const auto& a, const auto& b) { return a * b; }
  static auto backward(const auto& dy, const auto&, const auto&, const auto& b) {
    return std::array<Var<double>, 2>{dy * b, {}};
  }
};
struct TensorFirstOnly {
  static Tensor<double> forward(TensorView<const double> a, TensorView<const double>) {
    return Tensor<double>(a);
  }
  static auto backward(TensorView<const double> dy, TensorView<const double>, TensorView<const double>,
                       TensorView<const double>) {
    return std::pair{Tensor<double>(dy), Tensor<double>()};
  }
};

struct WrongShape {
  static auto forward(const auto& x) { return x * 2.0; }
  static auto backward(const auto& dy, const auto&, const auto&) { return sum(dy); }
};
struct WrongTensor {
  static Tensor<double> forward(TensorView<const double> x) { return Tensor<double>(x); }
  static Tensor<double> backward(TensorView<const double>, TensorView<const double>,
                                 TensorView<const double>) {
    return Tensor<double>::ones({7});
  }
};
struct NoNumber {
  static auto forward(const auto& x) { return log(x); }
  static auto backward(const auto& dy, const auto&, const auto& x) { return dy / x; }
};

struct Net {
  Linear<double> a, b;
  explicit Net(const Scope<double>& s) : a(s / "a", 3, 8), b(s / "b", 8, 1) {}
  auto operator()(const auto& x) const { return b(apply<Swish>(a(x))); }
};
struct Scaled {
  Slot weight;
  explicit Scaled(const Scope<double>& s) : weight(s.add("weight", {3}, 1)) {}
  auto operator()(const auto& x) const {
    return apply(MulAdd{2}, x, x, x.tape().parameter(weight)) + apply<Swish>(x.tape().parameter(weight));
  }
};

}  // namespace

TEST_CASE("apply: a function over variables has derivatives of every order") {
  check_derivatives([](const Variables& v) { return apply<Swish>(v[0]); }, {numbers({3, 4}, 1)});
  check_derivatives([](const Variables& v) { return apply(MulAdd{0.5}, v[0], v[1], v[2]); },
                    {numbers({3, 4}, 1), numbers({3, 4}, 2), numbers({4}, 3)});
  // The same variable twice, and the result used twice.
  check_derivatives(
      [](const Variables& v) {
        const auto y = apply(MulAdd{0.5}, v[0], v[0], v[1]);
        return y * tanh(y);
      },
      {numbers({3, 4}, 1), numbers({3, 1}, 3)});
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({20}, 4), true);
  const auto y = apply<Swish>(tanh(x));
  const auto expected = tanh(x) * sigmoid(tanh(x));
  const auto third = [&](const Var<double>& f) {
    const auto first = grad(sum(f), x, {.create_graph = true});
    const auto second = grad(sum(first * first), x, {.create_graph = true});
    return grad(sum(second), x, {.retain_graph = true});
  };
  CHECK(all_close(third(y).tensor(), third(expected).tensor(), 1e-9));
  CHECK(y.tensor() == expected.tensor());
}

TEST_CASE("apply: what was saved beside inputs and result has no derivative") {
  const auto f = [](const Variables& v) { return apply<SavingSwish>(v[0]); };
  CHECK(gradcheck(f, {numbers({3, 4}, 1)}));
  CHECK(contains(message_of<Error>([&] {
                   gradgradcheck(f, {numbers({3, 4}, 1)});
                 }),
                 "SavingSwish: trying to differentiate twice a function that saved what is neither"));
}

TEST_CASE("apply: a function over tensors has a first derivative") {
  const auto f = [](const Variables& v) { return apply<LoopSwish>(v[0] * 2.0); };
  CHECK(gradcheck(f, {numbers({3, 4}, 1)}));
  CHECK(message_of<Error>([&] {
          gradgradcheck(f, {numbers({3, 4}, 1)});
        }) ==
        "LoopSwish: trying to differentiate twice a function whose backward() computes tensors, of which "
        "nothing is recorded; write it over variables");
  // What does not go through its derivative can be derived again.
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({5}, 1), true);
  const auto z = recorder->input(numbers({5}, 2), true);
  const auto slope = grad(sum(square(x) + apply<LoopSwish>(z)), x, {.create_graph = true});
  CHECK(grad(sum(slope), x).tensor().at(3) == 2);
}

TEST_CASE("apply: members, and gradients that are others than the true ones or none") {
  Recorder<double> recorder;
  const auto a = recorder->input(numbers({5}, 1), true);
  const auto b = recorder->constant(numbers({5}, 2), true);
  sum(apply(Reversal{0.5}, square(a))).backward();
  for (Index i = 0; i < 5; ++i) CHECK(a.grad().at(i) == -a.value().at(i));

  const auto slopes = grad<double>({sum(apply<FirstOnly>(a, b))}, {a, b}, {}, {.allow_unused = true});
  CHECK(slopes[0].tensor() == b.tensor());
  CHECK(slopes[1].empty());
  const auto others = grad<double>({sum(apply<TensorFirstOnly>(a, b))}, {a, b}, {}, {.allow_unused = true});
  CHECK(others[0].tensor() == Tensor<double>::ones({5}));
  CHECK(others[1].empty());
  CHECK(!apply<Swish>(a.detach()).requires_grad());
}

TEST_CASE("apply: in models, with parameters, allocating nothing") {
  Generator g(0);
  Model<Net, double> net(g);
  const auto x = numbers({6, 3}, 1);
  const auto step = [&] {
    net.parameters()->zero_grad();
    sum(square(net(x))).backward();
  };
  step();
  const double before = std::as_const(*net.parameters()).grad("a.weight").at(2, 1);
  CHECK(allocations_in(step) == 0);
  auto weight = net.parameters()->value("a.weight");
  const auto loss = [&] { return sum(square(net(x))).item(); };
  weight.at(2, 1) += 1e-6;
  const double up = loss();
  weight.at(2, 1) -= 2e-6;
  CHECK(before == doctest::Approx((up - loss()) / 2e-6).epsilon(1e-6));

  Model<Scaled, double> scaled(g);
  sum(scaled(x)).backward();
  const double s = 1 / (1 + std::exp(-1.0));
  CHECK(std::as_const(*scaled.parameters()).grad("weight").at(1) == doctest::Approx(6 + 6 * s * (1 + 1 - s)));
  const auto y = sum(scaled(x));
  scaled.parameters()->value("weight").fill(2);
  CHECK(contains(message_of<Error>([&] { y.backward(); }),
                 "has been modified by an inplace operation: weight, which "));
}

TEST_CASE("apply: gradients of wrong shapes and NaN are told of by the function's name") {
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({3}, 1), true);
  CHECK(message_of<ShapeError>([&] { sum(apply<WrongShape>(x)).backward(); }) ==
        "WrongShape: backward() returned an invalid gradient at index 0 - got [] but expected shape "
        "compatible with [3]");
  CHECK(message_of<ShapeError>([&] { sum(apply<WrongTensor>(x)).backward(); }) ==
        "WrongTensor: backward() returned an invalid gradient at index 0 - got [7] but expected shape "
        "compatible with [3]");
  const DetectAnomaly detect;
  CHECK(contains(message_of<Error>([&] { static_cast<void>(apply<NoNumber>(x - 5.0)); }), "anomaly: log"));
}

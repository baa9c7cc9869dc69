// An activation with a derivative of its own, which keeps x alone where autograd would keep sigmoid(x) too.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

struct Swish {
  static auto forward(const auto& x) { return x * sigmoid(x); }

  static auto backward(const auto& dy, const auto& y, const auto& x) {
    const auto s = sigmoid(x);
    return dy * (s + y * (1 - s));
  }
};

struct Net {
  wick::Linear<double> first, second, last;

  Net(const wick::Scope<double>& scope, wick::Index hidden)
      : first(scope / "first", 2, hidden),
        second(scope / "second", hidden, hidden),
        last(scope / "last", hidden, 1) {}

  auto operator()(auto x) const {
    x = wick::apply<Swish>(first(x));
    x = wick::apply<Swish>(second(x));
    return last(x);
  }
};

int main() {
  wick::manual_seed(0);
  const auto x = wick::randn<double>({128, 2});
  const auto y = prod(x, 1, true);
  wick::Model<Net, double> model(24);
  wick::Adam optimizer(model.parameters(), {.lr = 0.01});

  const auto swish = [](const auto& inputs) { return wick::apply<Swish>(inputs[0]); };
  std::printf("gradcheck %s\n", wick::gradcheck(swish, {wick::randn<double>({5})}) ? "True" : "False");
  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    const auto loss = mse_loss(model(x), y);
    loss.backward();
    optimizer.step();
    if (step % 50 == 49) std::printf("step %d: loss %.8f\n", step + 1, loss.item());
  }
}

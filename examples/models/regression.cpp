// A noisy curve, fitted by a small network in batches.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

struct Net {
  wick::Linear<double> first, second, last;

  Net(const wick::Scope<double>& scope, wick::Index hidden)
      : first(scope / "first", 1, hidden),
        second(scope / "second", hidden, hidden),
        last(scope / "last", hidden, 1) {}

  auto operator()(auto x) const {
    x = tanh(first(x));
    x = tanh(second(x));
    return last(x);
  }
};

int main() {
  wick::manual_seed(0);
  const auto x = 6 * wick::rand<double>({256, 1}) - 3;
  const auto y = sin(2 * x) + 0.1 * wick::randn<double>({256, 1});
  wick::Model<Net, double> model(32);
  wick::Adam optimizer(model.parameters(), {.lr = 0.01});

  for (int epoch = 0; epoch < 20; ++epoch) {
    const auto order = wick::randperm(256);
    double total = 0;
    for (wick::Index i = 0; i < 256; i += 32) {
      const auto rows = order.rows(i, i + 32);
      optimizer.zero_grad();
      const auto loss = mse_loss(model(index_select(x, 0, rows)), index_select(y, 0, rows));
      loss.backward();
      optimizer.step();
      total += loss.item();
    }
    if (epoch % 5 == 4) std::printf("epoch %d: loss %.6f\n", epoch + 1, total / 8);
  }

  for (const double at : {-2.0, 0.0, 1.0}) {
    std::printf("f(%.1f) = %.5f\n", at, model.predict(wick::Tensor<double>::full({1, 1}, at)).item());
  }
}

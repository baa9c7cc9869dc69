// A loss of one's own: quantiles, by the pinball loss.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

auto pinball_loss(const auto& prediction, const auto& target, double quantile) {
  const auto error = target - prediction;
  return mean(maximum(quantile * error, (quantile - 1) * error));
}

struct Net {
  wick::Linear<double> first, last;

  Net(const wick::Scope<double>& scope, wick::Index hidden)
      : first(scope / "first", 1, hidden), last(scope / "last", hidden, 1) {}

  auto operator()(const auto& x) const { return last(tanh(first(x))); }
};

int main() {
  wick::manual_seed(0);
  const auto x = 2 * wick::rand<double>({400, 1});
  const auto y = x + x * wick::randn<double>({400, 1});

  for (const double quantile : {0.1, 0.5, 0.9}) {
    wick::Model<Net, double> model(16);
    wick::Adam optimizer(model.parameters(), {.lr = 0.02});
    double last = 0;
    for (int step = 0; step < 150; ++step) {
      optimizer.zero_grad();
      const auto loss = pinball_loss(model(x), y, quantile);
      loss.backward();
      optimizer.step();
      last = loss.item();
    }
    const auto below = sum(lt(y, model.predict(x)));
    std::printf("quantile %.1f: loss %.6f, %d of 400 below it\n", quantile, last,
                static_cast<int>(below.item()));
  }
}

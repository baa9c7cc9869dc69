// Values of states, learned from those that a second network gives to the states after them. The second
// network follows the first one slowly.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

struct Net {
  wick::Linear<double> first, last;

  Net(const wick::Scope<double>& scope, wick::Index states, wick::Index hidden)
      : first(scope / "first", states, hidden), last(scope / "last", hidden, 1) {}

  auto operator()(const auto& x) const { return last(tanh(first(x))); }
};

int main() {
  wick::manual_seed(0);
  wick::Model<Net, double> online(4, 32);
  wick::Model<Net, double> target = online;
  wick::Adam optimizer(online.parameters(), {.lr = 0.01});

  for (int step = 0; step < 300; ++step) {
    const auto state = wick::randn<double>({64, 4});
    const auto following = 0.8 * state + 0.2 * wick::randn<double>({64, 4});
    const auto reward = mean(state, 1, true);
    const auto goal = reward + 0.9 * target.predict(following);
    optimizer.zero_grad();
    const auto loss = mse_loss(online(state), goal);
    loss.backward();
    optimizer.step();
    target.parameters()->lerp(*online.parameters(), 0.05);
    if (step % 60 == 59) std::printf("step %d: loss %.6f\n", step + 1, loss.item());
  }

  const auto ones = wick::Tensor<double>::ones({1, 4});
  std::printf("online %.5f, target %.5f\n", online.predict(ones).item(), target.predict(ones).item());
}

// A critic that tells two clouds of points apart, its slope held near 1 by a penalty on the gradient by the
// points.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

struct Critic {
  wick::Linear<double> first, second, last;

  Critic(const wick::Scope<double>& scope, wick::Index hidden)
      : first(scope / "first", 2, hidden),
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
  wick::Model<Critic, double> critic(32);
  wick::Adam optimizer(critic.parameters(), {.lr = 0.01});

  for (int step = 0; step < 100; ++step) {
    const auto real = 0.5 * wick::randn<double>({64, 2}) + 1;
    const auto fake = wick::randn<double>({64, 2});
    const auto t = wick::rand<double>({64, 1});
    const auto between = requires_grad(t * real + (1 - t) * fake);
    const auto slope = grad(sum(critic(between)), between, {.create_graph = true});
    const auto norm = sqrt(sum(square(slope), 1));
    const auto penalty = mean(square(norm - 1));
    const auto distance = mean(critic(real)) - mean(critic(fake));
    const auto loss = 10 * penalty - distance;
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    if (step % 20 == 19)
      std::printf("step %d: distance %.6f, penalty %.6f\n", step + 1, distance.item(), penalty.item());
  }
}

// A network that is the solution of u'' = -u, u(0) = 1, u'(0) = 0: nobody tells it the cosine.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>

#include <cstdio>

struct Net {
  wick::Linear<double> first, second, last;

  Net(const wick::Scope<double>& scope, wick::Index hidden)
      : first(scope / "first", 1, hidden),
        second(scope / "second", hidden, hidden),
        last(scope / "last", hidden, 1) {}

  auto operator()(auto t) const {
    t = tanh(first(t));
    t = tanh(second(t));
    return last(t);
  }
};

int main() {
  wick::manual_seed(0);
  const auto times = wick::linspace<double>(0, 3, 31).reshape({31, 1});
  wick::Model<Net, double> model(16);
  wick::Adam optimizer(model.parameters(), {.lr = 0.01});

  for (int step = 0; step < 600; ++step) {
    const auto t = requires_grad(times);
    const auto u = model(t);
    const auto du = grad(sum(u), t, {.create_graph = true});
    const auto d2u = grad(sum(du), t, {.create_graph = true});
    const auto start = square(narrow(u, 0, 0, 1) - 1) + square(narrow(du, 0, 0, 1));
    const auto loss = mean(square(d2u + u)) + sum(start);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    if (step % 150 == 149) std::printf("step %d: loss %.9f\n", step + 1, loss.item());
  }

  for (const double at : {0.0, 1.0, 2.0, 3.0}) {
    std::printf("u(%.1f) = %.4f\n", at, model.predict(wick::Tensor<double>::full({1, 1}, at)).item());
  }
}

// One body, two heads: a value and a class, trained together.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>
#include <utility>

struct Net {
  wick::Linear<double> body, value, kind;

  Net(const wick::Scope<double>& scope, wick::Index inputs, wick::Index hidden, wick::Index classes)
      : body(scope / "body", inputs, hidden),
        value(scope / "value", hidden, 1),
        kind(scope / "kind", hidden, classes) {}

  auto operator()(auto x) const {
    x = relu(body(x));
    return std::pair{value(x), kind(x)};
  }
};

int main() {
  wick::manual_seed(0);
  const auto x = wick::randn<double>({200, 6});
  const auto values = sum(x * x, 1, true) / 6;
  const auto kinds = argmax(matmul(x, wick::randn<double>({6, 3})), 1);
  wick::Model<Net, double> model(6, 32, 3);
  wick::Adam optimizer(model.parameters(), {.lr = 0.01});

  for (int step = 0; step < 150; ++step) {
    optimizer.zero_grad();
    const auto [value, kind] = model(x);
    const auto value_loss = mse_loss(value, values);
    const auto kind_loss = cross_entropy(kind, kinds);
    const auto loss = value_loss + 0.5 * kind_loss;
    loss.backward();
    optimizer.step();
    if (step % 50 == 49)
      std::printf("step %d: value %.6f, class %.6f\n", step + 1, value_loss.item(), kind_loss.item());
  }

  const wick::NoGrad no_grad;
  const auto [value, kind] = model(x);
  const auto right = sum(eq(argmax(kind.value(), 1), kinds));
  std::printf("value %.4f for %.4f\n", value.value().at(0, 0), values.at(0, 0));
  std::printf("%d of 200 right\n", static_cast<int>(right.item()));
}

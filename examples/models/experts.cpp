// A mixture of experts: each row goes through the one expert that the gate chooses for it.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>
#include <vector>

struct Mixture {
  wick::Linear<double> gate;
  std::vector<wick::Linear<double>> up, down;

  Mixture(const wick::Scope<double>& scope, wick::Index inputs, wick::Index outputs, wick::Index experts)
      : gate(scope / "gate", inputs, experts) {
    for (wick::Index i = 0; i < experts; ++i) up.emplace_back(scope / "up" / i, inputs, 16);
    for (wick::Index i = 0; i < experts; ++i) down.emplace_back(scope / "down" / i, 16, outputs);
  }

  auto operator()(const auto& x) const {
    const auto probability = softmax(gate(x));
    const auto choice = argmax(probability.value(), 1);
    auto y = x.tape().constant(wick::Tensor<double>::zeros({x.size(0), down[0].out_features()}));
    for (std::size_t i = 0; i < up.size(); ++i) {
      const auto rows = flatten(nonzero(eq(choice, static_cast<wick::Index>(i))));
      if (rows.numel() == 0) continue;
      const auto part = down[i](tanh(up[i](index_select(x, 0, rows))));
      const auto weight = narrow(index_select(probability, 0, rows), 1, static_cast<wick::Index>(i), 1);
      y = index_add(y, 0, rows, part * weight);
    }
    return y;
  }
};

int main() {
  wick::manual_seed(0);
  const auto x = wick::randn<double>({128, 3});
  const auto y = abs(matmul(x, wick::randn<double>({3, 2})));
  wick::Model<Mixture, double> model(3, 2, 4);
  wick::Adam optimizer(model.parameters(), {.lr = 0.01});

  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    const auto loss = mse_loss(model(x), y);
    loss.backward();
    optimizer.step();
    if (step % 40 == 39) std::printf("step %d: loss %.6f\n", step + 1, loss.item());
  }
}

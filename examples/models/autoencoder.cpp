// An autoencoder whose decoder has the weight of the encoder, transposed.
#include <wick/autograd.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

struct Autoencoder {
  wick::Slot bias;
  wick::Linear<double> encoder;

  Autoencoder(const wick::Scope<double>& scope, wick::Index n, wick::Index code)
      : bias(scope.add("bias", {n})), encoder(scope / "encoder", n, code) {}

  auto operator()(const auto& x) const {
    const auto code = tanh(encoder(x));
    return sigmoid(matmul(code, encoder.weight()) + bias);
  }
};

int main() {
  wick::manual_seed(0);
  const auto code = wick::randn<double>({256, 3});
  const auto x = sigmoid(matmul(code, wick::randn<double>({3, 12})));
  wick::Model<Autoencoder, double> model(12, 4);
  wick::Adam optimizer(model.parameters(), {.lr = 0.02});

  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    const auto loss = mse_loss(model(x), x);
    loss.backward();
    optimizer.step();
    if (step % 50 == 49) std::printf("step %d: loss %.7f\n", step + 1, loss.item());
  }

  const auto y = model.predict(x);
  std::printf("%.4f became %.4f\n", x.at(0, 0), y.at(0, 0));
  std::printf("%.4f became %.4f\n", x.at(0, 1), y.at(0, 1));
}

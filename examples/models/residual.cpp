// Blocks with a residual, normalised, as a classifier.
#include <wick/autograd.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

struct Block {
  wick::LayerNorm<float> norm;
  wick::Linear<float> up, down;

  Block(const wick::Scope<float>& scope, wick::Index n)
      : norm(scope / "norm", n), up(scope / "up", n, 4 * n), down(scope / "down", 4 * n, n) {}

  auto operator()(const auto& x) const { return x + down(gelu_tanh(up(norm(x)))); }
};

struct Net {
  wick::Linear<float> first;
  wick::Sequential<Block, Block> blocks;
  wick::Linear<float> last;

  Net(const wick::Scope<float>& scope, wick::Index n, wick::Index classes)
      : first(scope / "first", 8, n),
        blocks(scope / "blocks", wick::args(n), wick::args(n)),
        last(scope / "last", n, classes) {}

  auto operator()(const auto& x) const { return last(blocks(first(x))); }
};

int main() {
  wick::manual_seed(0);
  const auto x = wick::rand<float>({512, 8}) - 0.5;
  const auto y = argmax(matmul(x, wick::rand<float>({8, 4}) - 0.5), 1);
  const wick::TensorDataset data(x, y);
  wick::DataLoader loader(data, {.batch_size = 64, .shuffle = true});
  wick::Model<Net> model(16, 4);
  wick::Adam optimizer(model.parameters(), {.lr = 0.003});

  for (int epoch = 0; epoch < 8; ++epoch) {
    double total = 0;
    for (const auto& [inputs, targets] : loader) {
      optimizer.zero_grad();
      const auto loss = cross_entropy(model(inputs), targets);
      loss.backward();
      optimizer.step();
      total += loss.item();
    }
    std::printf("epoch %d: loss %.4f\n", epoch + 1, total / static_cast<double>(loader.size()));
  }

  const auto right = sum(eq(argmax(model.predict(x), 1), y));
  std::printf("%d of 512 right\n", static_cast<int>(right.item()));
}

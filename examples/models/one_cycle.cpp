// Batch normalisation, AdamW and one cycle of learning rates.
//
//   model_one_cycle                     a small network, on numbers that it draws
//   model_one_cycle EPOCHS [FOLDER]     a larger one, on Fashion-MNIST; also prints what each epoch took
#include <wick/autograd.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/data/fashion_mnist.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/optim/cyclic_schedulers.hpp>
#include <wick/random/distributions.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

struct Net {
  wick::Linear<float> first, second, last;
  wick::BatchNorm1d<float> first_norm, second_norm;
  wick::Dropout dropout;

  Net(const wick::Scope<float>& scope, wick::Index inputs, wick::Index hidden, wick::Index classes)
      : first(scope / "first", inputs, hidden, {.bias = false}),
        second(scope / "second", hidden, hidden / 2, {.bias = false}),
        last(scope / "last", hidden / 2, classes),
        first_norm(scope / "first_norm", hidden),
        second_norm(scope / "second_norm", hidden / 2),
        dropout(scope / "dropout", 0.2) {}

  auto operator()(auto x) const {
    x = dropout(relu(first_norm(first(flatten(x, 1)))));
    x = dropout(relu(second_norm(second(x))));
    return last(x);
  }
};

template <class Loader, class TestLoader>
void run(wick::Model<Net>& model, Loader& loader, TestLoader& test_loader, int epochs, bool timed) {
  wick::AdamW optimizer(model.parameters(), {.lr = 0.001, .weight_decay = 0.05});
  wick::OneCycleLR scheduler(optimizer,
                             {.max_lr = 0.004, .epochs = epochs, .steps_per_epoch = loader.size()});
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t first_clock = std::clock();
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double total = 0;
    for (const auto& [inputs, targets] : loader) {
      optimizer.zero_grad();
      const auto loss = cross_entropy(model(inputs), targets);
      loss.backward();
      optimizer.step();
      scheduler.step(optimizer);
      total += loss.item();
    }
    std::int64_t right = 0;
    std::int64_t count = 0;
    for (const auto& [inputs, targets] : test_loader) {
      right += sum(eq(argmax(model.predict(inputs), 1), targets)).item();
      count += targets.numel();
    }
    std::printf("epoch %d: loss %.4f, accuracy %.4f", epoch, total / static_cast<double>(loader.size()),
                static_cast<double>(right) / static_cast<double>(count));
    if (timed) {
      const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
      std::printf(", %.2f s, processor %.2f s", wall.count(),
                  static_cast<double>(std::clock() - first_clock) / static_cast<double>(CLOCKS_PER_SEC));
    }
    std::printf("\n");
    std::fflush(stdout);
  }
}

int main(int argc, char** argv) try {
  wick::manual_seed(0);
  if (argc > 1) {
    const char* const folder = argc > 2 ? argv[2] : "";
    const wick::FashionMNIST train_set(folder);
    const wick::FashionMNIST test_set(folder, false);
    wick::DataLoader loader(train_set, {.batch_size = 128, .shuffle = true});
    wick::DataLoader test_loader(test_set, {.batch_size = 1000});
    wick::Model<Net> model(784, 512, 10);
    run(model, loader, test_loader, std::atoi(argv[1]), true);
    return 0;
  }
  const auto x = wick::rand<float>({512, 8}) - 0.5;
  const auto y = argmax(matmul(x, wick::rand<float>({8, 4}) - 0.5), 1);
  const wick::TensorDataset data(x, y);
  wick::DataLoader loader(data, {.batch_size = 64, .shuffle = true});
  wick::DataLoader test_loader(data, {.batch_size = 128});
  wick::Model<Net> model(8, 32, 4);
  run(model, loader, test_loader, 8, false);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return 1;
}

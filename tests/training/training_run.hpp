#pragma once

// A small training run, complete, for the tests of saving and going on.

#include <wick/data/data_loader.hpp>
#include <wick/data/dataset.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>
#include <wick/training/train.hpp>

#include <cstdint>
#include <stop_token>
#include <utility>

namespace wick_tests {

/// Three clouds of `n` points in six dimensions, and their labels.
[[nodiscard]] inline wick::TensorDataset<float> clouds(wick::Index n) {
  wick::Generator g(9);
  auto x = wick::randn<float>({n, 6}, g);
  wick::Tensor<std::int64_t> y(wick::Shape{n});
  for (wick::Index i = 0; i < n; ++i) {
    y.data()[i] = i % 3;
    x.at(i, i % 3) += 2;
  }
  return {std::move(x), std::move(y)};
}

/// Data, loaders, model and optimizer; seven steps of eight samples make an epoch of 50.
struct SmallRun {
  explicit SmallRun(wick::Index samples = 50, std::uint64_t seed = 1,
                    const wick::AdamOptions& adam_options = {.lr = 0.01})
      : data(clouds(samples)),
        train_loader(data, {.batch_size = 8, .shuffle = true}),
        test_loader(data, {.batch_size = 16, .shuffle = true}),
        run(start(seed, adam_options)) {
    options.epochs = 2;
    options.print_every = 3;
  }
  /// The same with the run in a file.
  SmallRun(wick::Index samples, wick::TrainingRun<> loaded)
      : data(clouds(samples)),
        train_loader(data, {.batch_size = 8, .shuffle = true}),
        test_loader(data, {.batch_size = 16, .shuffle = true}),
        run(std::move(loaded)) {
    options.epochs = 2;
    options.print_every = 3;
    options.resume = run.state;
  }

  wick::TrainResult train() {
    return wick::train(run.model, train_loader, test_loader, criterion, run.optimizer, options);
  }
  /// Stops after `steps` steps.
  wick::TrainResult train_for(std::int64_t steps) {
    std::stop_source stop;
    options.stop = stop.get_token();
    std::int64_t done = 0;
    options.on_step = [&](const auto&) {
      if (++done == steps) stop.request_stop();
    };
    auto result = train();
    options.on_step = {};
    options.stop = {};
    return result;
  }

  wick::TensorDataset<float> data;
  wick::DataLoader<wick::TensorDataset<float>> train_loader;
  wick::DataLoader<wick::TensorDataset<float>> test_loader;
  wick::TrainingRun<> run;
  wick::NLLLoss<float> criterion;
  wick::TrainOptions options;

 private:
  static wick::TrainingRun<> start(std::uint64_t seed, const wick::AdamOptions& options) {
    wick::manual_seed(seed);
    wick::Network<float> model(6, 3, {8, 5}, {.dropout = 0.5});
    wick::Adam<float> adam(model.parameters(), options);
    return {std::move(model), std::move(adam), {}, {}};
  }
};

}  // namespace wick_tests

// train FILE [STEPS]: trains the lesson's network on Fashion-MNIST and saves it to FILE. Includes everything.
#include <wick/wick.hpp>

#include <wick/data/fashion_mnist.hpp>

#include <cstdlib>
#include <iostream>
#include <stop_token>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  wick::manual_seed(0);
  const wick::FashionMNIST train_set;
  const wick::FashionMNIST test_set({}, false);
  wick::DataLoader train_loader(train_set, {.batch_size = 64, .shuffle = true});
  wick::DataLoader test_loader(test_set, {.batch_size = 64, .shuffle = true});
  wick::Network<float> model(784, 10, {512, 256, 128});
  const wick::NLLLoss<float> criterion;
  wick::Adam<float> optimizer(model.parameters());
  const std::int64_t steps = argc > 2 ? std::atoll(argv[2]) : 200;
  std::stop_source stop;
  wick::train(model, train_loader, test_loader, criterion, optimizer,
              {.epochs = 1,
               .out = &std::cout,
               .on_report =
                   [&](const wick::TrainReport& r) {
                     if (r.step >= steps) stop.request_stop();
                   },
               .stop = stop.get_token()});
  wick::save_checkpoint(model, argv[1]);
  return 0;
}

// Trains for three steps, by itself and in two halves with a file between them, and saves the network in
// every format.
#include "variants.hpp"

#include <wick/wick.hpp>

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Trained {
  wick::Network<float> model;
  std::string log;
};

constexpr wick::Index samples = 24;

wick::TensorDataset<float> some_data() {
  auto features = wick::randn<float>({samples, 3, 5});
  wick::Tensor<std::int64_t> labels(wick::Shape{samples});
  for (wick::Index i = 0; i < samples; ++i) labels.data()[i] = i % 4;
  return {std::move(features), std::move(labels)};
}

// `stop_after` steps of three, then those that are left with what the file says.
Trained train(const std::filesystem::path& file, int stop_after) {
  wick::manual_seed(7);
  const auto data = some_data();
  wick::DataLoader loader(data, {.batch_size = 8, .shuffle = true});
  wick::DataLoader test_loader(data, {.batch_size = 10});
  wick::ThreadPool pool(2);
  wick::Network<float> model(15, 4, {17, 9}, {.dropout = 0.25});
  const wick::NLLLoss criterion;
  wick::Adam optimizer(model.parameters(), {.lr = 0.01}, &pool);
  std::ostringstream log;
  std::stop_source stop;
  int steps = 0;
  const auto result = wick::train(model, loader, test_loader, criterion, optimizer,
                                  {.epochs = 1,
                                   .print_every = 3,
                                   .out = &log,
                                   .on_step =
                                       [&](const auto&) {
                                         if (++steps == stop_after) stop.request_stop();
                                       },
                                   .stop = stop.get_token(),
                                   .pool = &pool,
                                   .checkpoint = {.path = file, .metadata = {{"classes", class_names()}}}});
  if (!result.stopped) return {std::move(model), log.str()};
  auto run = wick::load_training_checkpoint(file, &pool);
  wick::train(run.model, loader, test_loader, criterion, run.optimizer,
              {.epochs = 1,
               .print_every = 3,
               .out = &log,
               .pool = &pool,
               .resume = run.state,
               .checkpoint = {.path = file, .metadata = run.metadata}});
  return {std::move(run.model), log.str()};
}

}  // namespace

int main(int argc, char** argv) try {
  const std::filesystem::path folder = argc > 1 ? argv[1] : "variants_files";
  std::filesystem::create_directories(folder);
  const auto whole = train(folder / "run.wick", 1000);
  const auto halves = train(folder / "run.pth", 2);
  std::cout << whole.log;
  if (whole.log.empty() || whole.log != halves.log) {
    std::cout << "in two halves: " << halves.log << '\n';
    return 1;
  }
  const std::vector<std::string> files{"model.wick", "model.pth", "model.safetensors"};
  for (const auto& file : files) {
    wick::save_checkpoint(whole.model, folder / file, {.metadata = {{"classes", class_names()}}});
  }
  if (differing(folder / "run.wick", folder / "run.pth") != 0) return 1;
  for (const auto& file : files) {
    if (differing(folder / "run.wick", folder / file) != 0) return 1;
    if (!predicts_as(whole.model, folder / file)) return 1;
  }
  // What is wrong has to throw what it should, whatever becomes of the branches that check it.
  try {
    static_cast<void>(wick::load(folder / "no such file.wick"));
    return 1;
  } catch (const wick::FileError& error) {
    std::cout << error.what() << '\n';
  }
} catch (const wick::Error& error) {
  std::cout << error.what() << '\n';
  return 1;
}

// Trains the network that the tests of the desktop program use, or tells what it says.
//
//   wick_desktop_model MODEL               trains and saves
//   wick_desktop_model MODEL INDEX PNG     prints name and probability of the best class for that test image,
//                                          and the true class, and saves the image

#include "data.hpp"

#include <wick/image/image.hpp>
#include <wick/wick.hpp>

#include <cmath>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

namespace {

void train(const char* path) {
  wick::manual_seed(0);
  const wick::FashionMNIST images({}, true);
  wick::DataLoader loader(images, {.batch_size = 64, .shuffle = true});
  wick::Network model(784, 10, {128, 64}, {.dropout = 0.1});
  const wick::NLLLoss criterion;
  wick::Adam optimizer(model.parameters(), {.lr = 0.001});
  for (const wick::Batch<float>& batch : loader) {
    optimizer.zero_grad();
    const auto loss = criterion(model(wick::flatten(batch.inputs.view())), batch.targets);
    loss.backward();
    optimizer.step();
  }
  wick::CheckpointExtras extras;
  extras.metadata = wick::metadata_of(images);
  wick::save_checkpoint(model, path, extras);
}

void predict(const char* path, wick::Index index, const char* png) {
  const wick::Network<float> model = wick::load_checkpoint(path);
  const wick::FashionMNIST images({}, false);
  wick::Batch<float> batch;
  images.collate(std::span(&index, 1), batch);
  wick::Workspace<float> workspace;
  const auto output = model.predict(wick::flatten(batch.inputs.view()), workspace);
  wick::Index best = 0;
  for (wick::Index i = 1; i < 10; ++i) {
    if (output.data()[i] > output.data()[best]) best = i;
  }
  wick::save_png(images.image(index), png);
  std::printf("%s - %.0f %%\n", images.classes().at(static_cast<std::size_t>(best)).c_str(),
              100 * std::exp(static_cast<double>(output.data()[best])));
  std::printf("%s\n", images.classes().at(static_cast<std::size_t>(images.label(index))).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (!has_fashion_mnist()) return 77;
    if (argc == 2) {
      train(argv[1]);
    } else {
      predict(argv[1], std::stol(argv[2]), argv[3]);
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}

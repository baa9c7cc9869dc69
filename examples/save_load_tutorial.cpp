// The PyTorch lesson "Saving and Loading Models", step by step, printing what the
// lesson prints. docs/tutorial.md explains each step.

#include "utf8_main.hpp"

#include <wick/data/fashion_mnist.hpp>
#include <wick/image/image.hpp>
#include <wick/image/show.hpp>
#include <wick/wick.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace {

void run(const std::filesystem::path& data, const std::filesystem::path& folder, wick::Index epochs) {
  // The data, normalised to [-1, 1].
  const wick::FashionMNIST trainset(data, true);
  const wick::FashionMNIST testset(data, false);
  wick::DataLoader trainloader(trainset, {.batch_size = 64, .shuffle = true});
  wick::DataLoader testloader(testset, {.batch_size = 64, .shuffle = true});

  // One of the images.
  for (const auto& [images, labels] : trainloader) {
    wick::show(std::cout, wick::to_image(images[0]), {.color = wick::detect_color_mode()});
    std::cout << trainset.classes()[static_cast<std::size_t>(labels.at(0))] << "\n\n";
    break;
  }

  // The network, the loss and the optimizer; then training.
  wick::Network model(784, 10, {512, 256, 128});
  wick::NLLLoss criterion;
  wick::Adam optimizer(model.parameters(), {.lr = 0.001});
  wick::train(model, trainloader, testloader, criterion, optimizer, {.epochs = epochs, .out = &std::cout});

  // What there is to save.
  std::cout << "\nOur model: \n\n " << model << " \n\n";
  std::cout << "The state dict keys: \n\n " << model.state_dict().keys() << "\n\n";

  // Saving and loading the state dict.
  const auto path = folder / "checkpoint.wick";
  wick::save(model.state_dict(), path);
  const wick::StateDict state_dict = wick::load(path);
  std::cout << state_dict.keys() << "\n\n";
  std::cout << model.load_state_dict(state_dict) << "\n\n";

  // A network of other sizes does not fit, and says everything that is wrong.
  try {
    wick::Network other(784, 10, {400, 200, 100});
    other.load_state_dict(state_dict);
  } catch (const wick::StateDictError& error) {
    std::cout << "RuntimeError: " << error.what() << "\n\n";
  }

  // A checkpoint with the sizes in it rebuilds the network by itself.
  wick::save_checkpoint(model, path);
  const wick::Network loaded = wick::load_checkpoint(path);
  std::cout << loaded << "\n";
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  std::string data;
  std::string folder = ".";
  wick::Index epochs = 2;
  std::uint64_t seed = wick::Generator::default_seed;
  CLI::App app{"Saving and loading models, the lesson in C++", "save_load_tutorial"};
  app.add_option("--data", data, "Folder with the four IDX files; searched for when not given");
  app.add_option("--folder", folder, "Where checkpoint.wick is written")->capture_default_str();
  app.add_option("--epochs", epochs, "Passes over the training data")->capture_default_str();
  app.add_option("--seed", seed, "Seed, as for torch.manual_seed")->capture_default_str();
  app.allow_windows_style_options(false);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // it takes them from the end
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  wick::manual_seed(seed);
  const auto path = [](const std::string& text) {
    return std::filesystem::path(std::u8string(text.begin(), text.end()));
  };
  try {
    run(path(data), path(folder), epochs);
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "save_load_tutorial: " << e.what() << "\n";
    return 1;
  }
}

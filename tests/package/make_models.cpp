// Writes the model of the tests in every format: checkpoint.wick, .pth and .safetensors in the folder named.
#include <wick/checkpoint/checkpoint.hpp>

#include <filesystem>
#include <string>
#include <vector>

int main(int /*argc*/, char** argv) {
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  wick::manual_seed(0);
  const wick::Network model(784, 10, {16});
  const std::vector<std::string> names{"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
                                       "Sandal",  "Shirt",   "Sneaker",  "Bag",   "Boot"};
  for (const char* name : {"checkpoint.wick", "checkpoint.pth", "checkpoint.safetensors"}) {
    wick::save_checkpoint(model, folder / name, {.metadata = {{"classes", names}}});
  }
}

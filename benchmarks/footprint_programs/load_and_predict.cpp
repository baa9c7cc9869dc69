// load_and_predict FILE: one prediction with the network in FILE.
#include <wick/checkpoint/load_checkpoint.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto model = wick::load_checkpoint(argv[1]);
  const auto image = wick::Tensor<float>::full({1, model.input_size()}, 0.5F);
  const auto log_probs = model.predict(image);
  std::printf("%g\n", static_cast<double>(log_probs.at(0, 0)));
  return 0;
}

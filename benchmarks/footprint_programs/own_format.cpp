// own_format FILE: one prediction with the network in FILE, which is one of wick's own; other formats are not
// linked.
#include <wick/checkpoint/frozen_network.hpp>
#include <wick/io/wick/reader.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const wick::FrozenNetwork<float> model(wick::read_archive(argv[1]), argv[1]);
  const auto image = wick::Tensor<float>::full({1, model.input_size()}, 0.5F);
  const auto log_probs = model.predict(image);
  std::printf("%g\n", static_cast<double>(log_probs.at(0, 0)));
  return 0;
}

// predictor FILE: one prediction with the network in FILE, by the interface for applications.
#include <wick/inference/predictor.hpp>

#include <cstddef>
#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto predictor = wick::load_predictor(argv[1]);
  auto workspace = predictor.workspace();
  const std::vector<unsigned char> image(static_cast<std::size_t>(predictor.input_size()), 100);
  wick::Prediction best;
  predictor.predict(wick::Pixels::bytes(image.data(), predictor.input_size(), 1), {&best, 1}, workspace);
  std::printf("%td\n", best.label);
  return 0;
}

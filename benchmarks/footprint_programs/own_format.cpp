// own_format FILE: one prediction with the network in FILE, which is one of wick's own; other formats are not
// linked.
#include <wick/inference/own_format.hpp>

#include <cstddef>
#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto predictor = wick::load_own_predictor(argv[1]);
  auto workspace = predictor.workspace();
  const std::vector<float> image(static_cast<std::size_t>(predictor.input_size()), 0.5F);
  const auto log_probs = predictor.outputs(image, workspace);
  std::printf("%g\n", static_cast<double>(log_probs[0]));
  return 0;
}
